import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BatchRow } from '../../../shared/contract';
import { batchSizesFor, feasibleBatches, largestBatchFor, recommend, scaleRate } from './recommend';

const gigabyte = 2 ** 30;
const row = (batchSize: number, gigabytes: number, imagesPerSecond: number | null): BatchRow => ({
  batchSize,
  predictedBytes: gigabytes * gigabyte,
  measuredBytes: imagesPerSecond === null ? null : gigabytes * gigabyte,
  imagesPerSecond,
  fits: true,
});
const flat = [1, 2, 4, 8, 16, 32].map((size) => row(size, 0.5 + size * 0.1, 11));
const found = { learningRate: 0.004, batchSize: 16 };

describe('batchSize recommend', () => {
  test.each([
    [20, 4],
    [56, 8],
    [100, 8],
    [205, 16],
    [292, 32],
    [400, 32],
    [5000, 32],
  ])('%i pictures: at most %i at a time, 7 steps in a round', (pictures, most) => {
    expect(largestBatchFor(pictures)).toBe(most);
  });

  test('sizes to measure go up to the largest useful one', () => {
    expect(batchSizesFor(205)).toEqual([1, 2, 4, 8, 16]);
  });

  test('plenty of memory, the same speed: 16, and says why not more', () => {
    const { batchSize, learningRate, reason, scaling } = recommend({
      rows: flat,
      budgetBytes: 8 * gigabyte,
      pictures: 5000,
      found,
    });
    expect(batchSize).toBe(16);
    expect(learningRate).toBe(0.004);
    expect(scaling.chosen).toBe('measured');
    expect(reason).toMatch(
      /^16 pictures at a time: 2\.1 GB of the 8\.0 GB .* 313 steps in a round .*more at a time would not be faster\. The rate 0\.004/,
    );
  });

  test('goes beyond 16 only for 5 % more pictures a second', () => {
    const rows = (at32: number): BatchRow[] => [row(16, 2, 100), row(32, 4, at32)];
    expect(recommend({ rows: rows(104), budgetBytes: 8 * gigabyte, pictures: 5000, found }).batchSize).toBe(16);
    expect(recommend({ rows: rows(106), budgetBytes: 8 * gigabyte, pictures: 5000, found }).batchSize).toBe(32);
  });

  test('memory decides: 8 where 16 does not fit, with the figures in the reason, and the rate goes with it', () => {
    const { batchSize, learningRate, reason } = recommend({
      rows: flat,
      budgetBytes: 1.5 * gigabyte,
      pictures: 5000,
      found,
    });
    expect(batchSize).toBe(8);
    expect(learningRate).toBe(0.002);
    expect(reason).toContain('16 would need 2.1 GB');
  });

  test('the next size took too long: that is told, and not a lack of memory', () => {
    const slow = { ...row(16, 1, null), fits: false, limit: 'time' as const };
    const { batchSize, reason, reasonSaid } = recommend({
      ...{ rows: [row(4, 1, 10), row(8, 1, 10), slow], budgetBytes: 8 * gigabyte, pictures: 5000, found },
    });
    expect(batchSize).toBe(8);
    expect(reason).toContain('16 took too long to be measured');
    expect(reason).not.toContain('would need');
    expect(reasonSaid?.map(({ code }) => code)).toEqual(['batchFits', 'batchWhyTime', 'rateInProportion']);
  });

  test('the next size fits, but could not be tried beside the app: that is told, and nothing of its speed', () => {
    const rows = [row(8, 1, 10), row(16, 2, 10), row(32, 4, null)];
    const { batchSize, reason, reasonSaid } = recommend({ rows, budgetBytes: 8 * gigabyte, pictures: 5000, found });
    expect(batchSize).toBe(16);
    expect(reason).toContain('beside this app there is not enough memory to try 32.');
    expect(reason).not.toContain('faster');
    expect(reasonSaid?.[1]).toEqual({ code: 'batchWhyUntried', values: { count: 32 } });
  });

  test('each reason is told in codes with its values', () => {
    const told = recommend({ rows: flat, budgetBytes: 1.5 * gigabyte, pictures: 5000, found }).reasonSaid;
    expect(told).toEqual([
      { code: 'batchFits', values: { count: 8, used: '1.3', budget: '1.5', steps: 625 } },
      { code: 'batchWhyMemory', values: { count: 16, needed: '2.1' } },
      { code: 'rateInProportion', values: { before: 0.004, rate: 0.002, squareRoot: 0.0028 } },
    ]);
    const rows = flat.map((one) => ({ ...one, fits: one.batchSize <= 2 }));
    expect(recommend({ rows, budgetBytes: 0.75 * gigabyte, pictures: 300, found }).reasonSaid?.[0]).toEqual({
      code: 'batchInParts',
      values: { count: 8, parts: 4, atOnce: 2, used: '0.7', budget: '0.8' },
    });
  });

  test('a measurement counts more than the prediction, and fits: false is believed', () => {
    const rows = [
      row(8, 1, 10),
      { ...row(16, 1, 10), measuredBytes: 9 * gigabyte },
      { ...row(32, 1, null), fits: false },
    ];
    expect(recommend({ rows, budgetBytes: 8 * gigabyte, pictures: 5000, found }).batchSize).toBe(8);
  });

  test('a smaller batch only where the larger ones run at half the speed: another program at work is no reason', () => {
    const rows = (at8: number): BatchRow[] => [row(4, 1, 10), row(8, 1, at8), row(16, 2, 10)];
    const batchFor = (at8: number): number =>
      recommend({ rows: rows(at8), budgetBytes: 8 * gigabyte, pictures: 5000, found }).batchSize;
    expect([batchFor(19), batchFor(21)]).toEqual([16, 8]);
  });

  test('few pictures: few at a time, however large the memory', () => {
    const { batchSize, reason } = recommend({ rows: flat, budgetBytes: 1e12, pictures: 56, found });
    expect(batchSize).toBe(8);
    expect(reason).toContain('too few steps in a round');
  });

  test('nothing fits: there is nothing to recommend, and no falling back', () => {
    expect(() => recommend({ rows: flat, budgetBytes: 0.3 * gigabyte, pictures: 300, found })).toThrow(RangeError);
  });

  test('only two fit: eight in four parts, at the rate for eight; larger ones may be chosen in parts too', () => {
    const rows = flat.map((one) => ({ ...one, fits: one.batchSize <= 2 }));
    const { batchSize, accumulate, learningRate, reason } = recommend({
      rows,
      budgetBytes: 0.75 * gigabyte,
      pictures: 300,
      found,
    });
    expect([batchSize, accumulate, learningRate]).toEqual([8, 4, 0.002]);
    expect(reason).toMatch(
      /^8 pictures at a time, in 4 parts: only 2 pictures at once \(0\.7 GB\) fit into the 0\.8 GB/,
    );
    expect(feasibleBatches(rows, 300)).toEqual([
      { batchSize: 1, accumulate: 1 },
      { batchSize: 2, accumulate: 1 },
      { batchSize: 4, accumulate: 2 },
      { batchSize: 8, accumulate: 4 },
      { batchSize: 16, accumulate: 8 },
    ]);
    // A small set has too few steps in a round for more than 4.
    expect(recommend({ rows, budgetBytes: 0.75 * gigabyte, pictures: 30, found })).toMatchObject({
      batchSize: 4,
      accumulate: 2,
    });
  });

  test('four fit: nothing is worked in parts', () => {
    const rows = flat.map((one) => ({ ...one, fits: one.batchSize <= 4 }));
    expect(feasibleBatches(rows, 300).map(({ accumulate }) => accumulate)).toEqual([1, 1, 1]);
    expect(recommend({ rows, budgetBytes: 0.95 * gigabyte, pictures: 300, found })).toMatchObject({
      batchSize: 4,
      accumulate: 1,
    });
  });

  test('whatever is measured, what goes through the engine at once is one of the rows, fits, and is within the steps rule unless nothing smaller was there', () => {
    const rows = fc.uniqueArray(
      fc.record({
        batchSize: fc.constantFrom(1, 2, 4, 8, 16, 32),
        gigabytes: fc.double({ min: 0.1, max: 10, noNaN: true }),
        speed: fc.option(fc.double({ min: 0.1, max: 100, noNaN: true })),
      }),
      { selector: ({ batchSize }) => batchSize, minLength: 1 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20000 }), (list, pictures) => {
        const table = list.map(({ batchSize, gigabytes, speed }) => row(batchSize, gigabytes, speed));
        const fitting = table.filter(({ predictedBytes }) => predictedBytes <= 5 * gigabyte);
        if (fitting.length === 0) return;
        const { batchSize, accumulate } = recommend({ rows: table, budgetBytes: 5 * gigabyte, pictures, found });
        expect(fitting.map((each) => each.batchSize)).toContain(batchSize / accumulate);
        expect(batchSize).toBeLessThanOrEqual(
          Math.max(largestBatchFor(pictures), Math.min(...fitting.map((each) => each.batchSize))),
        );
      }),
    );
  });
});

describe('batchSize scaleRate', () => {
  test('linear and square root side by side; linear with warm-up', () => {
    expect(scaleRate({ learningRate: 0.001, batchSize: 16 }, 32)).toMatchObject({
      linear: 0.002,
      squareRoot: 0.0014,
      chosen: 'linear',
      learningRate: 0.002,
    });
    expect(scaleRate({ learningRate: 0.001, batchSize: 16 }, 8)).toMatchObject({
      linear: 0.0005,
      squareRoot: 0.00071,
      chosen: 'linear',
    });
  });

  test('square root where linear comes near the rate at which the loss turned up', () => {
    const scaled = scaleRate({ learningRate: 0.01, batchSize: 8, divergence: 0.025 }, 16);
    expect(scaled).toMatchObject({ linear: 0.02, squareRoot: 0.014, chosen: 'squareRoot', learningRate: 0.014 });
    expect(scaled.reason).toContain('too near 0.025');
  });

  test('never beyond 0.6 of that rate, rounded down, but no lower than what was found', () => {
    // The square root would give 0.02, of a turn at 0.0259: 0.6 of that is 0.01554.
    const capped = scaleRate({ learningRate: 0.01, batchSize: 8, divergence: 0.0259 }, 32);
    expect(capped).toMatchObject({ linear: 0.04, squareRoot: 0.02, chosen: 'capped', learningRate: 0.015 });
    expect(capped.reason).toContain('to 0.015 and no further');
    expect(capped.said).toEqual({
      code: 'rateCapped',
      values: { before: 0.01, rate: 0.015, squareRoot: 0.02, turn: 0.026 },
    });
    expect(scaleRate({ learningRate: 0.01, batchSize: 8, divergence: 0.012 }, 16).learningRate).toBe(0.01);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 0.05, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
        fc.constantFrom(1, 2, 4, 8, 16, 32, 64),
        (rate, divergence, batchSize) => {
          const learningRate = Number(rate.toPrecision(2));
          const scaled = scaleRate({ learningRate, batchSize: 8, divergence }, batchSize);
          expect(scaled.learningRate).toBeLessThanOrEqual(Math.max(learningRate, 0.6 * divergence));
        },
      ),
    );
  });

  test('a rate of recipes is called that, and not found', () => {
    const recipe = { learningRate: 0.001, batchSize: 16, isRecipe: true } as const;
    for (const batchSize of [8, 16, 32]) {
      const { reason, said, learningRate } = scaleRate(recipe, batchSize);
      expect(learningRate).toBe(batchSize * 6.25e-5);
      expect(said.code).toBe('rateAsRecipe');
      expect(reason).not.toContain('found');
    }
    expect(scaleRate({ learningRate: 0.001, batchSize: 16 }, 16).reason).toContain('was found with this batch size');
  });
});
