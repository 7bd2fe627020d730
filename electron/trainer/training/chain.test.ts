import { describe, expect, test } from 'vitest';
import { budgetSeconds, planChain, secondsOf } from './chain';

const found = { learningRate: 0.012, batchSize: 16, divergence: 0.05 };

describe('training chain', () => {
  test('BCCD at the batch the rate was found with: the rate as it is, 37 rounds of 13 steps', () => {
    expect(planChain({ found, batchSize: 16, trainPictures: 205, secondsPerStep: 1.5 })).toEqual({
      ...{
        batchSize: 16,
        accumulate: 1,
        learningRate: 0.012,
        scaling: { linear: 0.012, squareRoot: 0.012, chosen: 'measured' },
      },
      ...{ foundWith: 16, divergence: 0.05, epochs: 37, steps: 481, warmUpSteps: 24, seconds: 721.5 },
    });
  });

  test('half the batch: half the rate, twice the steps in a round, so half the rounds', () => {
    expect(planChain({ found, batchSize: 8, trainPictures: 205 })).toMatchObject({
      ...{ learningRate: 0.006, scaling: { linear: 0.006, squareRoot: 0.0085, chosen: 'linear' } },
      ...{ epochs: 19, steps: 494, seconds: null },
    });
  });

  test('twice the batch: linear would be 0.024, under 0.6 of where it turned up; four times would not', () => {
    expect(planChain({ found, batchSize: 32, trainPictures: 205 })).toMatchObject({ learningRate: 0.024 });
    expect(planChain({ found, batchSize: 64, trainPictures: 205 })).toMatchObject({
      ...{ learningRate: 0.024, scaling: { linear: 0.048, squareRoot: 0.024, chosen: 'squareRoot' } },
    });
  });

  test('a slow computer makes fewer rounds in its quarter of an hour, and never under 100 steps', () => {
    const slow = planChain({ found, batchSize: 16, trainPictures: 205, secondsPerStep: 5 });
    expect(slow).toMatchObject({ epochs: 13, steps: 169, seconds: 845 });
    expect(planChain({ found, batchSize: 16, trainPictures: 205, secondsPerStep: 60 }).steps).toBe(91);
  });

  test('the person in charge may give it other minutes', () => {
    expect(['5', '0.5', undefined, '', 'soon', '-1', '0', 'Infinity'].map((wish) => budgetSeconds(wish))).toEqual([
      ...[300, 30, 900, 900, 900, 900, 900, 900],
    ]);
  });
});

test('the time holds the judging: a third of a step for each validation picture, after each round that is judged', () => {
  // 205 pictures at 16: 13 steps a round, each round judged.
  const time = { steps: 130, epochs: 10, batchSize: 16, secondsPerStep: 1.6, validationLooks: 87 };
  expect(secondsOf(time)).toBeCloseTo(130 * 1.6 + (10 * 87 * 0.1) / 3, 9);
  // 14 pictures at 4: 4 steps a round, every third round judged, and the last.
  expect(secondsOf({ ...time, steps: 40, batchSize: 4 })).toBeCloseTo(40 * 1.6 + (4 * 87 * 0.4) / 3, 9);
});
