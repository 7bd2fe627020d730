import { describe, expect, test } from 'vitest';
import { history, losses, recorded, recordedAt, recordedTrouble, roundsOf, type RecordedRun } from './recorded.testing';
import {
  isForgetting,
  isOverfitting,
  isPlateau,
  isUnderfitting,
  learnsPlacesOnly,
  lossFell,
  roundsWithoutGain,
  type EpochSeen,
} from './signs';

describe('signs of a training', () => {
  test('rounds without gain: steps below 0.003 do not add up to one, unless they do over time', () => {
    expect(roundsWithoutGain(history([0.5, 0.501, 0.502]))).toBe(2);
    expect(roundsWithoutGain(history([0.5, 0.502, 0.504]))).toBe(0);
    expect(roundsWithoutGain(history([0.5, 0.6, null, null]))).toBe(2);
    expect(roundsWithoutGain([])).toBe(0);
  });

  test('plateau: neither result nor training loss moves', () => {
    const still = [0.5, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8];
    expect(isPlateau(history(still, { train: () => 2 }))).toBe(true);
    expect(isPlateau(history(still, { train: (epoch) => 3 - 0.2 * epoch }))).toBe(false);
    expect(isPlateau(history([0.5, 0.6, 0.7, 0.8, 0.81, 0.82, 0.83], { train: () => 2 }))).toBe(false);
  });

  test('overfitting: validation up, training down, no gain', () => {
    const still = [0.5, 0.8, 0.82, 0.82, 0.81, 0.82, 0.81, 0.81];
    const rising = (epoch: number): number => 2 + 0.15 * Math.abs(epoch - 3);
    const falling = (epoch: number): number => 3 - 0.25 * epoch;
    expect(isOverfitting(history(still, { train: falling, validation: rising }))).toBe(true);
    expect(isOverfitting(history(still, { train: falling, validation: () => 2 }))).toBe(false);
    expect(isOverfitting(history(still, { train: () => 2, validation: rising }))).toBe(false);
    expect(
      isOverfitting(history([0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.87, 0.9], { train: falling, validation: rising })),
    ).toBe(false);
    expect(isOverfitting([])).toBe(false);
  });

  test('one bad round is no reason, nor is a small fall; after halving it waits for two new results', () => {
    expect(isForgetting(history([0.8, 0.7]), 0)).toBe(false);
    expect(isForgetting(history([0.8, 0.7, 0.79]), 0)).toBe(false);
    expect(isForgetting(history([0.8, 0.77, 0.77]), 0)).toBe(false);
    expect(isForgetting(history([0.8, 0.7, 0.7]), 0)).toBe(true);
    expect(isForgetting(history([0.8, 0.7, 0.7, 0.7]), 3)).toBe(false);
    expect(isForgetting(history([0.8, 0.7, 0.7, 0.7, 0.7]), 3)).toBe(true);
  });

  test('how far the loss has fallen: the mean of the last three rounds against the first', () => {
    const [six, five, four, three] = [6, 5, 4, 3];
    const falling = history([0.1, 0.2, 0.3, 0.4], { train: (epoch) => [six, five, four, three][epoch - 1] ?? NaN });
    expect(lossFell(falling)).toBeCloseTo(1 - 4 / 6, 12);
    expect(lossFell(history([0.1, 0.1], { train: (epoch) => epoch }))).toBe(0);
    expect(lossFell([])).toBe(0);
  });
});

describe('a plateau in recorded trainings', () => {
  const standsStillAt = (rate: number, rounds: number): boolean =>
    isPlateau(roundsOf(recordedAt(rate)).slice(0, rounds));

  test('told at the end of one that levelled off, not on its way', () => {
    expect(standsStillAt(0.009, 50)).toBe(true);
    for (let rounds = 1; rounds <= 14; rounds++) expect(standsStillAt(0.009, rounds), `${rounds}`).toBe(false);
  });
});

describe('underfitting in recorded trainings', () => {
  /** Rounds after which the training would have been called one that hardly learns. */
  const toldAfter = (run: RecordedRun): number[] => {
    const rounds = roundsOf(run);
    const ahead = { epochs: run.plannedEpochs, stepsPerEpoch: 7 };
    return rounds.flatMap(({ epoch }, at) => (isUnderfitting(rounds.slice(0, at + 1), ahead) ? [epoch] : []));
  };

  test('a 28th and a 50th of the found rate: told after a third of the rounds', () => {
    expect(recorded.found.learningRate / 28).toBeCloseTo(0.00095, 4);
    expect(toldAfter(recordedAt(0.00095))[0]).toBe(23);
    expect(toldAfter(recordedAt(0.00053))[0]).toBe(23);
  });

  test.each([0.009, 0.0053, 0.003, 0.0017])('%f, which ended well: never', (rate) => {
    expect(toldAfter(recordedAt(rate))).toEqual([]);
  });

  test('far too fast is another thing, although its loss fell as little', () => {
    const fast = recordedAt(0.081);
    expect(lossFell(roundsOf(fast).slice(0, 24))).toBeLessThan(0.15);
    expect(toldAfter(fast)).toEqual([]);
  });

  test('not before it can be told: few rounds, few steps, nothing judged', () => {
    const rounds = roundsOf(recordedAt(0.00053)).slice(0, 24);
    expect(isUnderfitting(rounds, { epochs: 69, stepsPerEpoch: 7 })).toBe(true);
    expect(isUnderfitting(rounds, { epochs: 80, stepsPerEpoch: 7 })).toBe(false);
    expect(isUnderfitting(rounds, { epochs: 69, stepsPerEpoch: 4 })).toBe(false);
    const unseen = rounds.map((round) => ({ ...round, validation: null, mAP50: null }));
    expect(isUnderfitting(unseen, { epochs: 69, stepsPerEpoch: 7 })).toBe(false);
    expect(isUnderfitting([], { epochs: 69, stepsPerEpoch: 7 })).toBe(false);
  });
});

describe('names that cannot be learned, in recorded trainings', () => {
  test('told of names drawn by lot, from the middle of the training on', () => {
    const { epochs } = recordedTrouble('wrong names');
    expect(learnsPlacesOnly(epochs)).toBe(true);
    expect(learnsPlacesOnly(epochs.slice(0, 60))).toBe(true);
    expect(learnsPlacesOnly(epochs.slice(0, 10))).toBe(false);
  });

  test.each(['too fast', 'too slow', 'few pictures'] as const)('never told of one that was %s', (name) => {
    const { epochs } = recordedTrouble(name);
    for (let rounds = 1; rounds <= epochs.length; rounds++)
      expect(learnsPlacesOnly(epochs.slice(0, rounds)), `${rounds}`).toBe(false);
  });

  /** Rounds whose losses fall to these shares of the first. */
  const fallen = (by: { regression: number; classification: number }, gap: number, mAP50: number): EpochSeen[] =>
    [0, 1, 1, 1].map((done, index) => {
      const [regression, classification] = [1.8 * (1 - done * by.regression), 3.6 * (1 - done * by.classification)];
      const total = regression + classification;
      const train = { total, regression, classification };
      return { epoch: index + 1, learningRate: 0.001, mAP50, train, validation: losses(gap * total) };
    });

  test.each([
    ['BCCD at 0.00095, a slow one', { regression: 0.59, classification: 0.43 }, 0.87, 0.736, false],
    [
      'a rate that is too high, as the practice project at 0.081, but with its places learned',
      { regression: 0.55, classification: 0 },
      0.6,
      0.72,
      false,
    ],
    ['names drawn by lot', { regression: 0.62, classification: 0.24 }, 1.1, 0.35, true],
    ['the same, but it finds nearly all', { regression: 0.62, classification: 0.24 }, 1.1, 0.85, false],
  ])('%s', (_, by, gap, mAP50, isTold) => {
    expect(learnsPlacesOnly(fallen(by, gap, mAP50))).toBe(isTold);
  });
});
