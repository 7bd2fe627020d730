import { describe, expect, test } from 'vitest';
import type { Advice } from '../../../shared/advice';
import { advise, type FinishedRun, type OtherRun } from './advise';
import { adviceText } from './adviceText';
import { losses, recorded, recordedAt, recordedTrouble, roundsOf } from './recorded.testing';
import type { EpochSeen } from './signs';

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
  schedule: 'cosine',
  trainPictures: 3000,
  plan: { smallestPixels: 30, inputWidth: 512, inputHeight: 512 },
  classes: { bolt: { AP50: 0.75, trainBoxes: 900 }, nut: { AP50: 0.75, trainBoxes: 900 } },
  canGoOn: true,
  others: [],
};
const missing = { precision: 0.95, recall: 0.6, falseAlarms: 4 };
const little: FinishedRun = {
  ...seed,
  epochs: rounds(
    [0.1, 0.2, 0.25, 0.25, 0.25, 0.25],
    (epoch) => 6 - 0.2 * epoch,
    (epoch) => 6.1 - 0.2 * epoch,
  ),
};
const said = (advice: Advice | undefined): string => {
  if (advice === undefined) throw new Error('no advice');
  const { text, reason } = adviceText(advice);
  return `${text} ${reason}`;
};

describe('training advise', () => {
  test('a run that levelled off, with nothing that stands out: no suggestion', () => {
    expect(advise(seed)).toBeUndefined();
  });

  test('underperforming, as in the seed: 0.002', () => {
    const advice = advise(little);
    expect(advice).toMatchObject({
      kind: 'faster',
      from: 0.001,
      settings: { learningRate: 0.002, batchSize: 16, epochs: 10 },
    });
    expect(said(advice)).toMatch(/^Train again at twice the rate, 0.002. The training loss fell by only 14 %/);
  });

  test('underperforming where twice the rate would run away: 32 at a time, or longer where they do not fit', () => {
    const near = { ...little, divergence: 0.003 };
    expect(advise(near)).toMatchObject({
      ...{ kind: 'largerBatch', from: 16, divergence: 0.003 },
      settings: { learningRate: 0.001, batchSize: 32, epochs: 10 },
    });
    expect(said(advise(near))).toContain('Twice the rate would come too near 0.003, where the loss turned up.');
    expect(advise({ ...near, largestBatch: 16 })).toMatchObject({ kind: 'longer', from: 10, settings: { epochs: 20 } });
  });

  test('twice the rate up to 0.6 of where the loss turned up, as the chain takes itself: no talk of running away', () => {
    expect(advise({ ...little, divergence: 0.0034 })).toMatchObject({
      kind: 'faster',
      settings: { learningRate: 0.002 },
    });
    expect(advise({ ...little, divergence: 0.0033 })?.kind).toBe('largerBatch');
    const tried: OtherRun = {
      ...{ run: 'runs/a', mAP50: 0.2, learningRate: 0.002, batchSize: 16, epochs: 10, schedule: 'cosine', ended: true },
    };
    const larger = advise({ ...little, others: [tried] });
    expect(larger?.kind).toBe('largerBatch');
    expect(larger).not.toHaveProperty('divergence');
    expect(said(larger)).not.toMatch(/near|ran? away/);
  });

  test('twice the batch makes half the steps of a round: with few pictures the rounds are planned anew', () => {
    const few = { ...little, divergence: 0.003, trainPictures: 200 };
    // 480 steps at 7 a round
    expect(advise(few)).toMatchObject({ kind: 'largerBatch', settings: { epochs: 69 } });
  });

  test('overfitting, as in the seed: 0.0005 and 8', () => {
    const byHeart = { ...seed, epochs: rounds(level, falling, (epoch) => 2 + 0.2 * Math.abs(epoch - 4)) };
    const advice = advise(byHeart);
    expect(advice).toMatchObject({
      kind: 'gentler',
      from: 0.001,
      fromBatch: 16,
      settings: { learningRate: 0.0005, batchSize: 8, epochs: 10 },
    });
    expect(said(advice)).toContain('0.0005 and with 8 pictures at a time');
    expect(advise({ ...byHeart, batchSize: 8 })).toMatchObject({ settings: { learningRate: 0.0005, batchSize: 8 } });
  });

  test('diverged, or rolled back twice: half the rate, before all else', () => {
    const broken: FinishedRun = {
      ...seed,
      stoppedBy: 'diverged',
      rollBacks: 4,
      plan: { ...seed.plan, smallestPixels: 2 },
    };
    expect(advise(broken)).toMatchObject({ kind: 'slower', settings: { learningRate: 0.0005 } });
    expect(said(advise(broken))).toContain('At 0.001 the loss ran away 4 times.');
    expect(advise({ ...seed, rollBacks: 2 })?.kind).toBe('slower');
    expect(advise({ ...seed, rollBacks: 1 })).toBeUndefined();
  });

  test('half the rate was tried: a quarter; a run that broke is never told to go faster', () => {
    const broken: FinishedRun = { ...little, stoppedBy: 'diverged', rollBacks: 4 };
    const half: OtherRun = {
      run: 'runs/a',
      mAP50: 0.2,
      learningRate: 0.0005,
      batchSize: 16,
      epochs: 10,
      schedule: 'cosine',
      ended: true,
    };
    expect(advise({ ...broken, others: [half] })).toMatchObject({
      kind: 'slower',
      settings: { learningRate: 0.00025 },
    });
    const found = { learningRate: 0.0001, batchSize: 16 };
    expect(advise({ ...broken, found })).toMatchObject({ kind: 'slower', settings: { learningRate: 0.0001 } });
    expect(advise({ ...broken, found: { ...found, learningRate: 0.0009 } })).toMatchObject({
      settings: { learningRate: 0.0005 },
    });
    const tried = [0.0005, 0.00025, 0.00013].map((learningRate) => ({ ...half, learningRate }));
    expect(advise({ ...broken, others: tried })).toBeUndefined();
  });

  test('parts of 2.7 px: tiles or a nearer camera, unless they are found all the same', () => {
    const small = { ...seed, plan: { ...seed.plan, smallestPixels: 2.7 } };
    expect(advise(small)).toEqual({ kind: 'smallParts', pixels: 2.7, inputWidth: 512, inputHeight: 512 });
    expect(said(advise(small))).toContain('2.7 px at 512×512');
    const cut = { ...small, plan: { ...small.plan, tilingOffer: { smallestPixels: 10, views: 15 } } };
    expect(advise(cut)).toEqual({ kind: 'tiling', pixels: 2.7, tiledPixels: 10, views: 15 });
    expect(advise({ ...small, epochs: rounds([0.5, 0.8, 0.9, 0.93, 0.93, 0.93], falling, falling) })).toBeUndefined();
  });

  test('cut off while it still rose: twice as long; not when it stopped by itself', () => {
    const rising = {
      ...seed,
      epochs: rounds([0.1, 0.3, 0.45, 0.55, 0.62, 0.68, 0.72, 0.76, 0.8, 0.83], falling, falling),
    };
    expect(advise(rising)).toMatchObject({ kind: 'stillRising', from: 10, settings: { epochs: 20 } });
    expect(said(advise(rising))).toContain('In the last 2 rounds its mAP50 still rose, by 0.070.');
    expect(advise({ ...rising, stoppedBy: 'earlyStopping' })).toBeUndefined();
  });

  test('one class behind with few examples: more pictures of it', () => {
    const classes = {
      bolt: { AP50: 0.95, trainBoxes: 900 },
      washer: { AP50: 0.5, trainBoxes: 30 },
      pin: { AP50: 0.6, trainBoxes: 20 },
      clip: { AP50: null, trainBoxes: 0 },
    };
    expect(advise({ ...seed, classes })).toEqual({
      ...{ kind: 'morePictures', label: 'washer', found: 0.5, shown: 30, wanted: 100 },
    });
    expect(said(advise({ ...seed, classes }))).toBe(
      'Add pictures with "washer", until it is shown about 100 times. It is found worst (AP50 0.500) and was shown only 30 times.',
    );
  });

  test('a good run needs no advice', () => {
    const good = rounds([0.8, 0.9, 0.93, 0.96, 0.97, 0.98], falling, (epoch) => 2 + 0.3 * epoch);
    expect(advise({ ...seed, epochs: good, classes: { bolt: { AP50: 0.98, trainBoxes: 20 } } })).toBeUndefined();
  });

  test('what was tried is not suggested again; what helped more is suggested to be used', () => {
    const other = (settings: Partial<OtherRun>): OtherRun => ({
      ...{
        run: 'runs/other',
        learningRate: 0.002,
        batchSize: 16,
        epochs: 10,
        schedule: 'cosine',
        mAP50: 0.25,
        ended: true,
      },
      ...settings,
    });
    expect(advise({ ...little, others: [other({})] })).toMatchObject({ kind: 'largerBatch' });
    expect(advise({ ...little, others: [other({ epochs: 5 })] })).toMatchObject({ kind: 'faster' });
    const all = [other({}), other({ learningRate: 0.001, batchSize: 32 }), other({ learningRate: 0.001, epochs: 20 })];
    expect(advise({ ...little, others: all })).toBeUndefined();
    expect(advise({ ...little, others: [other({ mAP50: 0.255 })] })?.kind).toBe('largerBatch');
    expect(advise({ ...little, others: [other({ mAP50: 0.3 }), other({ run: 'runs/best', mAP50: 0.4 })] })).toEqual({
      ...{ kind: 'earlierRun', run: 'runs/best', mAP50: 0.4, than: 0.25 },
    });
  });

  test.each(['operator', null] as const)(
    '%s: it has not ended, so nothing is said of its end but to go on',
    (stoppedBy) => {
      const paused: FinishedRun = { ...little, stoppedBy, epochs: little.epochs.slice(0, 4), tested: missing };
      expect(advise(paused)).toEqual({ kind: 'goOn', done: 4, planned: 10 });
      expect(said(advise(paused))).toContain('stopped after 4 of 10 rounds');
      expect(advise({ ...paused, canGoOn: false })).toBeUndefined();
      const better: OtherRun = {
        ...{
          run: 'runs/best',
          mAP50: 0.9,
          learningRate: 0.01,
          batchSize: 16,
          epochs: 10,
          schedule: 'cosine',
          ended: true,
        },
      };
      expect(advise({ ...paused, others: [better] })?.kind).toBe('goOn');
      expect(advise({ ...paused, plan: { ...seed.plan, smallestPixels: 2 } })?.kind).toBe('smallParts');
      expect(advise({ ...paused, rollBacks: 2 })?.kind).toBe('slower');
    },
  );

  test('what a run that was paused was told has not been tried', () => {
    const paused: OtherRun = {
      ...{
        run: 'runs/a',
        mAP50: 0.2,
        learningRate: 0.002,
        batchSize: 16,
        epochs: 10,
        schedule: 'cosine',
        ended: false,
      },
    };
    expect(advise({ ...little, others: [paused] })).toMatchObject({ kind: 'faster' });
    expect(advise({ ...little, others: [{ ...paused, ended: true }] })?.kind).toBe('largerBatch');
  });

  test('nothing in the curves: what the test pictures lack', () => {
    const wrong = { precision: 0.6, recall: 0.95, falseAlarms: 40 };
    const older = advise({ ...seed, tested: wrong });
    expect(older).toEqual({ kind: 'falseAlarms', precision: 0.6 });
    expect(said(older)).toContain('60 of 100 of its reports are right; most of the others are where no part is');
    expect(advise({ ...seed, tested: missing })).toEqual({ kind: 'missed', recall: 0.6 });
    const good = { precision: 0.86, recall: 0.91, falseAlarms: 20 };
    expect(advise({ ...seed, tested: good })).toBeUndefined();
    expect(advise({ ...seed, tested: { ...good, falseAlarms: 21 } })?.kind).toBe('falseAlarms');
    const names = { ...good, falseAlarms: 0, wrongParts: 21, mixedUp: { label: 'bolt', taken: 'nut' } };
    expect(advise({ ...seed, tested: names })?.kind).toBe('wrongNames');
  });

  test('wrong reports: what most of them have in common', () => {
    const tested = { precision: 0.6, recall: 0.95, falseAlarms: 10, wrongParts: 30, badBoxes: 20 };
    const mixedUp = { label: 'bolt', taken: 'nut' };
    const names = advise({ ...seed, tested: { ...tested, mixedUp } });
    expect(names).toEqual({ kind: 'wrongNames', precision: 0.6, ...mixedUp });
    expect(said(names)).toContain('it takes "bolt" for "nut"');
    expect(advise({ ...seed, tested: { ...tested, wrongParts: 20, badBoxes: 30, mixedUp } })?.kind).toBe('badBoxes');
    expect(advise({ ...seed, tested: { ...tested, falseAlarms: 31, mixedUp } })?.kind).toBe('falseAlarms');
  });

  test('a run that ended before its first round gives none', () => {
    expect(advise({ ...seed, epochs: [], classes: {} })).toBeUndefined();
  });
});

describe('advice on recorded trainings that went wrong', () => {
  const tried = (run: FinishedRun, ...advices: (Advice | undefined)[]): FinishedRun => ({
    ...run,
    others: advices.flatMap((advice, index) =>
      advice && 'settings' in advice ? [{ run: `runs/${index}`, mAP50: 0, ended: true, ...advice.settings }] : [],
    ),
  });

  test('at a rate of 1 it ran away: the rate that was found', () => {
    const run = recordedTrouble('too fast');
    expect(run).toMatchObject({ stoppedBy: 'diverged', learningRate: 1, found: { learningRate: 0.027 } });
    const first = advise(run);
    expect(first).toMatchObject({ kind: 'slower', settings: { learningRate: 0.027 }, from: 1, rollBacks: 4 });
    expect(advise(tried(run, first))).toMatchObject({ kind: 'slower', settings: { learningRate: 0.013 } });
    const { found: _found, ...blind } = run;
    expect(advise(blind)).toMatchObject({ kind: 'slower', settings: { learningRate: 0.5 } });
  });

  test('at a 270th of the found rate it learned too little: one thing after the other', () => {
    const run = recordedTrouble('too slow');
    const first = advise(run);
    expect(first).toMatchObject({ kind: 'foundRate', settings: { learningRate: 0.027 } });
    const { found: _found, ...blind } = run;
    const longer = advise(blind);
    expect(longer).toMatchObject({ kind: 'stillRising', settings: { epochs: 80 } });
    const faster = advise(tried(blind, longer));
    expect(faster).toMatchObject({ kind: 'faster', settings: { learningRate: 0.0002 } });
    const roomy = { ...blind, largestBatch: 64 };
    expect(advise(tried(roomy, longer, faster))).toMatchObject({ kind: 'largerBatch', settings: { batchSize: 16 } });
    // More than 8 at a time were not measured, as there are few pictures: then it is what its test says.
    expect(advise(tried(blind, longer, faster))).toMatchObject({
      ...{ kind: 'wrongNames', label: 'hex nut', taken: 'washer' },
    });
    const at27: OtherRun = { ...blind, ...recorded.found, run: 'runs/a', mAP50: 0.9942, epochs: 69, ended: true };
    expect(advise({ ...blind, others: [at27] })).toMatchObject({ kind: 'earlierRun', run: 'runs/a' });
  });

  test('of few pictures it learned all that is in them: more pictures', () => {
    const run = recordedTrouble('few pictures');
    expect(run).toMatchObject({ stoppedBy: 'earlyStopping', trainPictures: 12 });
    expect(advise(run)).toMatchObject({ kind: 'missed', recall: expect.closeTo(0.81, 2) as number });
    const [name] = Object.keys(run.classes);
    const weak = { ...run, classes: { ...run.classes, [name ?? '']: { AP50: 0.7, trainBoxes: 13 } } };
    expect(advise(weak)).toMatchObject({ kind: 'morePictures', label: name, wanted: 100 });
  });
});

describe('names that were drawn by lot', () => {
  const run = recordedTrouble('wrong names');
  const { tested: _tested, ...untested } = run;

  test('no rate is advised: the boxes are to be checked', () => {
    expect(run).toMatchObject({ stoppedBy: 'earlyStopping', learningRate: 0.03 });
    const advice = advise(untested);
    expect(advice).toEqual({
      kind: 'unclearNames',
      placed: expect.closeTo(0.733, 3) as number,
      named: expect.closeTo(0.335, 3) as number,
    });
    expect(said(advice)).toContain('the same parts must always have the same name');
  });

  test('once it was tested: the names that it mixes up most; or the boxes that are missing', () => {
    expect(advise(run)).toMatchObject({ kind: 'wrongNames', label: 'two', taken: 'one' });
    expect(advise({ ...run, tested: { ...run.tested!, falseAlarms: 3000 } })).toMatchObject({ kind: 'falseAlarms' });
  });

  test('but not where names were learned with the places', () => {
    const epochs = run.epochs.map(({ train, ...rest }) => ({
      ...rest,
      train: { ...train, classification: 2 * train.regression, total: 3 * train.regression },
    }));
    expect(advise({ ...untested, epochs })?.kind).not.toBe('unclearNames');
  });
});

describe('advice on recorded trainings', () => {
  const at = (rate: number): FinishedRun => {
    const run = recordedAt(rate);
    const { learningRate, batchSize, plannedEpochs } = run;
    const { found, divergence } = recorded;
    const measured = { learningRate, batchSize, plannedEpochs, found, divergence, trainPictures: 56 };
    return { ...seed, ...measured, epochs: roundsOf(run), classes: {} };
  };

  test.each([0.081, 0.00095, 0.00053])('%f, far too high or too low: the rate that was found', (rate) => {
    const advice = advise(at(rate));
    expect(advice).toMatchObject({ kind: 'foundRate', from: rate, settings: { learningRate: 0.027, batchSize: 8 } });
    expect(said(advice)).toContain('at the rate that was found on these pictures, 0.027');
  });

  test('without a sweep, or once the found rate was tried, the curves alone speak', () => {
    const { found: _found, ...blind } = at(0.00095);
    expect(advise(blind)).toMatchObject({ kind: 'stillRising' });
    const tried: OtherRun = {
      ...{ run: 'runs/a', mAP50: 0.88, learningRate: 0.027, batchSize: 8, epochs: 69, schedule: 'cosine', ended: true },
    };
    expect(advise({ ...at(0.00095), others: [tried] })?.kind).not.toBe('foundRate');
  });

  test.each([0.009, 0.0053, 0.003, 0.0017])('%f, which ended well: nothing', (rate) => {
    expect(advise(at(rate))).toBeUndefined();
  });

  test('at another batch size: far from the rate that the chain takes there', () => {
    const run = { ...at(0.00095), batchSize: 32, learningRate: 0.023 };
    expect(advise(run)?.kind).not.toBe('foundRate');
    const found = { learningRate: 0.001, batchSize: 8 };
    expect(advise({ ...run, found, batchSize: 64, learningRate: 0.008 })?.kind).not.toBe('foundRate');
    expect(advise({ ...run, learningRate: 0.15 })).toMatchObject({ kind: 'foundRate', settings: { batchSize: 8 } });
  });
});
