import { describe, expect, test } from 'vitest';
import type { CurvePoint, Losses } from '../../../shared/contract';
import { findLearningRate } from './find';
import { defaultSweep, ratesOf, sweep, sweepSteps, type SweepTrainable } from './sweep';
import { noisyBowl } from './synthetic.testing';

const calm = new AbortController().signal;
const ignore = (): void => undefined;
const losses = (total: number): Losses => ({ total, regression: total / 4, classification: (3 * total) / 4 });

/** One weight that every step changes, so that a missing restore shows. */
function counter(lossOf: (rate: number, index: number) => number) {
  const seen: { readonly rate: number; readonly index: number }[] = [];
  let weight = 0;
  let alive = 0;
  const trainable: SweepTrainable<{ readonly weight: number }> = {
    snapshot: () => ({ weight: (alive++, weight) }),
    restore: (state) => {
      weight = state.weight;
    },
    dispose: () => {
      alive--;
    },
    step: (rate, index) => {
      weight++;
      seen.push({ rate, index });
      return Promise.resolve(losses(lossOf(rate, index)));
    },
  };
  return { trainable, seen, weight: () => weight, alive: () => alive };
}

describe('lrFinder sweep', () => {
  test('exponential rates: a constant factor from the lowest to the highest', () => {
    const rates = ratesOf('exponential', { ...defaultSweep, exponential: { lowest: 1e-4, highest: 1, steps: 5 } });
    [1e-4, 1e-3, 1e-2, 1e-1, 1].forEach((rate, index) => expect(rates[index]).toBeCloseTo(rate, 12));
    expect(() => ratesOf('exponential', { ...defaultSweep, exponential: { lowest: 1, highest: 1, steps: 5 } })).toThrow(
      '1 to 1',
    );
    expect(() => ratesOf('linear', { ...defaultSweep, linear: { ...defaultSweep.linear, base: 0 } })).toThrow(
      '0, 0.002, 14',
    );
  });

  test('a rate gets the losses of the step after it', async () => {
    const { trainable } = counter((_, index) => 10 - index * 0.1);
    const options = { ...defaultSweep, exponential: { lowest: 0.001, highest: 0.1, steps: 3 } };
    const points: CurvePoint[] = [];
    const result = await sweep('exponential', options, trainable, calm, (point) => point && points.push(point));
    expect(result.steps).toBe(sweepSteps('exponential', options));
    expect(result.stoppedBy).toBe('end');
    expect(points).toEqual(result.curve);
    expect(points.map(({ total }) => total)).toEqual([9.9, 9.8, 9.7]);
  });

  test('stops soon after the loss exceeds 4× its best', async () => {
    const { trainable, seen } = counter((rate) => (rate < 0.05 ? 5 : 5 + rate * 2000));
    const result = await sweep('exponential', defaultSweep, trainable, calm, ignore);
    expect(result.stoppedBy).toBe('rise');
    expect(seen.at(-1)?.rate).toBeLessThan(0.15);
  });

  test('linear: base, increments, stops at the rise, backs off, and tries around it from the same start on the same pictures', async () => {
    const { trainable, seen } = counter((rate) => (rate < 0.0152 ? 6 - rate * 100 : 40));
    const result = await sweep('linear', defaultSweep, trainable, calm, ignore);
    expect(result.stoppedBy).toBe('rise');
    expect(result.curve.slice(0, 3).map(({ learningRate }) => learningRate)).toEqual([0.001, 0.003, 0.005]);
    expect(result.fine).toHaveLength(5);
    const factors = result.fine.map(({ learningRate }) => learningRate / (result.fine[2]?.learningRate ?? 1));
    [0.6, 0.8, 1, 1.25, 1.6].forEach((factor, index) => expect(factors[index]).toBeCloseTo(factor, 9));
    const fineSteps = seen.slice(-5 * (defaultSweep.linear.fineSteps + 1));
    expect(fineSteps.filter(({ index }) => index === 0)).toHaveLength(5);
    expect(result.steps).toBeLessThanOrEqual(sweepSteps('linear', defaultSweep));
  });

  test.each(['exponential', 'linear'] as const)(
    '%s: restores after the end, a NaN, a throw and a cancel',
    async (kind) => {
      const ends = counter(() => 5);
      await sweep(kind, defaultSweep, ends.trainable, calm, ignore);
      const bad = counter((_, index) => (index > 9 ? NaN : 5));
      const stopped = await sweep(kind, defaultSweep, bad.trainable, calm, ignore);
      expect(stopped.stoppedBy).toBe('notFinite');
      const throws = counter((_, index) => {
        if (index === 7) throw new Error('engine failed');
        return 5;
      });
      await expect(sweep(kind, defaultSweep, throws.trainable, calm, ignore)).rejects.toThrow('engine failed');
      const controller = new AbortController();
      const cancelled = counter((_, index) => (index === 7 && controller.abort(), 5));
      await expect(sweep(kind, defaultSweep, cancelled.trainable, controller.signal, ignore)).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(cancelled.seen).toHaveLength(8);
      for (const each of [ends, bad, throws, cancelled]) expect([each.weight(), each.alive()]).toEqual([0, 0]);
    },
  );

  test('disposes even when the restore fails', async () => {
    const { trainable, alive } = counter(() => 5);
    const broken = {
      ...trainable,
      restore: () => {
        throw new Error('no memory');
      },
    };
    await expect(sweep('exponential', defaultSweep, broken, calm, ignore)).rejects.toThrow('no memory');
    expect(alive()).toBe(0);
  });
});

describe('findLearningRate', () => {
  const fallback = { lowest: 6.4e-4, usual: 1e-3, highest: 2.56e-3 };
  const clock = (perCall: number) => {
    let seconds = 0;
    return () => (seconds += perCall);
  };

  test('repeats on other pictures only while another sweep fits', async () => {
    const repeats = async (budgetSeconds: number): Promise<number> => {
      const { trainable, seen } = counter((_, index) => 5 + (index % 3) * 0.1);
      await findLearningRate({
        kind: 'exponential',
        options: defaultSweep,
        trainable,
        batchSize: 8,
        fallback,
        budgetSeconds,
        now: clock(10),
        signal: calm,
        onPoint: ignore,
        onProgress: ignore,
      });
      expect(new Set(seen.map(({ index }) => index)).size).toBe(seen.length);
      return seen.length / sweepSteps('exponential', defaultSweep);
    };
    expect(await repeats(0)).toBe(1);
    expect(await repeats(45)).toBe(2);
    expect(await repeats(1e6)).toBe(3);
  });

  test('a finite result for a loss that is never a number', async () => {
    const { trainable } = counter(() => NaN);
    const found = await findLearningRate({
      kind: 'exponential',
      options: defaultSweep,
      trainable,
      batchSize: 8,
      fallback,
      budgetSeconds: 0,
      now: clock(1),
      signal: calm,
      onPoint: ignore,
      onProgress: ignore,
    });
    expect(found).toMatchObject({ confidence: 'notReliable', curve: [] });
    expect(found.learningRate).toBeGreaterThan(0);
  });

  // The oracle: train to the end at each rate of a grid. A range test sees only a few steps and is known to pick low.
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'the pick trains a noisy bowl %i most of the way that the best of a grid does',
    async (seed) => {
      const bowl = noisyBowl(seed);
      const start = bowl.snapshot();
      const trained = async (peak: number): Promise<number> => {
        bowl.restore(start);
        for (let index = 0; index < 300; index++) {
          const shape = Math.min(1, (index + 1) / 30) * 0.5 * (1 + Math.cos((Math.PI * index) / 300));
          await bowl.step(peak * shape, 10_000 + index);
        }
        return bowl.loss();
      };
      const found = await findLearningRate({
        kind: 'exponential',
        options: defaultSweep,
        trainable: bowl,
        batchSize: 8,
        fallback,
        budgetSeconds: 100,
        now: clock(10),
        signal: calm,
        onPoint: ignore,
        onProgress: ignore,
      });
      const before = bowl.loss();
      const grid: number[] = [];
      for (const rate of [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]) grid.push(await trained(rate));
      const gained = (before - (await trained(found.learningRate))) / (before - Math.min(...grid));
      expect(gained).toBeGreaterThan(0.75);
    },
  );
});
