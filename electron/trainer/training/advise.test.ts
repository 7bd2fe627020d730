import { describe, expect, test } from 'vitest';
import { advise, type FinishedRun } from './advise';
import type { EpochSeen } from './watch';

const losses = (total: number) => ({ total, regression: total / 3, classification: (2 * total) / 3 });
const rounds = (
  mAP50s: readonly number[],
  train: (epoch: number) => number,
  validation: (epoch: number) => number,
): EpochSeen[] =>
  mAP50s.map((mAP50, index) => ({
    epoch: index + 1,
    mAP50,
    learningRate: 0.001,
    train: losses(train(index + 1)),
    validation: losses(validation(index + 1)),
  }));

const level = [0.4, 0.6, 0.7, 0.74, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75];
const falling = (epoch: number): number => 1 + 5 / epoch;
/** The seed's worked case: 0.001 and 16. */
const seed: FinishedRun = {
  epochs: rounds(level, falling, falling),
  plannedEpochs: 10,
  stoppedBy: 'finished',
  rollBacks: 0,
  learningRate: 0.001,
  batchSize: 16,
  plan: { smallestPixels: 30, inputWidth: 512, inputHeight: 512 },
  classes: { bolt: { AP50: 0.75, trainBoxes: 900 }, nut: { AP50: 0.75, trainBoxes: 900 } },
};

describe('training advise', () => {
  test('a run that levelled off, with nothing that stands out: no suggestion', () => {
    expect(advise(seed)).toBeUndefined();
  });

  test('underperforming, as in the seed: 0.002', () => {
    const little = {
      ...seed,
      epochs: rounds(
        [0.1, 0.2, 0.25, 0.25, 0.25, 0.25],
        (epoch) => 6 - 0.2 * epoch,
        (epoch) => 6.1 - 0.2 * epoch,
      ),
    };
    const advice = advise(little);
    expect(advice).toMatchObject({
      kind: 'faster',
      change: { learningRate: 0.002 },
      text: 'Train again at twice the rate, 0.002.',
    });
    expect(advice?.reason).toContain('fell by only 17 %');
  });

  test('underperforming where twice the rate would run away: 32 at a time, or longer where they do not fit', () => {
    const little = {
      ...seed,
      divergence: 0.005,
      epochs: rounds(
        [0.1, 0.2, 0.25, 0.25, 0.25, 0.25],
        () => 6,
        () => 6,
      ),
    };
    expect(advise(little)).toMatchObject({ kind: 'faster', change: { batchSize: 32 } });
    expect(advise({ ...little, largestBatch: 16 })).toMatchObject({ kind: 'longer', change: { epochs: 20 } });
  });

  test('overfitting, as in the seed: 0.0005 and 8', () => {
    const byHeart = { ...seed, epochs: rounds(level, falling, (epoch) => 2 + 0.2 * Math.abs(epoch - 4)) };
    const advice = advise(byHeart);
    expect(advice).toMatchObject({ kind: 'gentler', change: { learningRate: 0.0005, batchSize: 8 } });
    expect(advice?.text).toContain('0.0005 and with 8 pictures at a time');
    expect(advise({ ...byHeart, batchSize: 8 })?.change).toEqual({ learningRate: 0.0005 });
  });

  test('diverged, or rolled back twice: half the rate, before all else', () => {
    const broken: FinishedRun = {
      ...seed,
      stoppedBy: 'diverged',
      rollBacks: 4,
      plan: { ...seed.plan, smallestPixels: 2 },
    };
    expect(advise(broken)).toMatchObject({
      kind: 'slower',
      change: { learningRate: 0.0005 },
      reason: 'At 0.001 the loss ran away 4 times.',
    });
    expect(advise({ ...seed, rollBacks: 2 })?.kind).toBe('slower');
    expect(advise({ ...seed, rollBacks: 1 })).toBeUndefined();
  });

  test('parts of 2.7 px: tiling, unless they are found all the same', () => {
    const small = { ...seed, plan: { ...seed.plan, smallestPixels: 2.7 } };
    expect(advise(small)).toMatchObject({ kind: 'tiling', change: { tiling: true } });
    expect(advise(small)?.reason).toContain('2.7 px at 512×512');
    expect(advise({ ...small, epochs: rounds([0.5, 0.8, 0.9, 0.93, 0.93, 0.93], falling, falling) })).toBeUndefined();
  });

  test('cut off while it still rose: twice as long; not when it stopped by itself', () => {
    const rising = {
      ...seed,
      epochs: rounds([0.1, 0.3, 0.45, 0.55, 0.62, 0.68, 0.72, 0.76, 0.8, 0.83], falling, falling),
    };
    expect(advise(rising)).toMatchObject({
      kind: 'longer',
      change: { epochs: 20 },
      reason: 'In the last 2 rounds it still got better, by 7.0 points.',
    });
    expect(advise({ ...rising, stoppedBy: 'earlyStopping' })).toBeUndefined();
  });

  test('one class behind with few examples: more pictures of it', () => {
    const classes = {
      bolt: { AP50: 0.95, trainBoxes: 900 },
      washer: { AP50: 0.5, trainBoxes: 30 },
      pin: { AP50: 0.6, trainBoxes: 20 },
      clip: { AP50: null, trainBoxes: 0 },
    };
    expect(advise({ ...seed, classes })).toMatchObject({
      kind: 'morePictures',
      change: { picturesOf: 'washer' },
      text: 'Add pictures with "washer", until it is shown about 100 times.',
      reason: 'It is found worst (50 of 100) and was shown only 30 times.',
    });
  });

  test('a good run needs no advice', () => {
    const good = rounds([0.8, 0.9, 0.93, 0.96, 0.97, 0.98], falling, (epoch) => 2 + 0.3 * epoch);
    expect(advise({ ...seed, epochs: good, classes: { bolt: { AP50: 0.98, trainBoxes: 20 } } })).toBeUndefined();
  });

  test('a run that ended before its first round gives none', () => {
    expect(advise({ ...seed, epochs: [], classes: {} })).toBeUndefined();
  });
});
