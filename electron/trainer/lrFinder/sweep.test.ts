import { describe, expect, test } from 'vitest';
import type { CurvePoint, Losses } from '../../../shared/contract';
import { planSweeps, thoroughSweeps } from './cost';
import { findLearningRate, type FindRequest } from './find';
import { fineTune, ratesOf, sweep, sweepSteps, type SweepTrainable } from './sweep';
import { noisyBowl } from './synthetic.testing';

const calm = new AbortController().signal;
const ignore = (): void => undefined;
const fallback = { lowest: 6.4e-4, usual: 1e-3, highest: 2.56e-3 };
const { options: defaultSweep } = planSweeps('exponential', 480, fallback);
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
    const inTens = { ...defaultSweep.exponential, lowest: 1e-4, highest: 1, growth: 10 };
    const rates = ratesOf('exponential', { ...defaultSweep, exponential: inTens });
    expect(rates).toHaveLength(5);
    [1e-4, 1e-3, 1e-2, 1e-1, 1].forEach((rate, index) => expect(rates[index]).toBeCloseTo(rate, 12));
    const still = { ...inTens, growth: 1 };
    expect(() => ratesOf('exponential', { ...defaultSweep, exponential: still })).toThrow('0.0001 to 1 by 1');
    expect(() => ratesOf('linear', { ...defaultSweep, linear: { ...defaultSweep.linear, base: 0 } })).toThrow(
      '0, 0.0025, 35',
    );
  });

  test('a rate gets the losses of the step after it', async () => {
    const { trainable } = counter((_, index) => 10 - index * 0.1);
    const options = {
      ...defaultSweep,
      exponential: { ...defaultSweep.exponential, lowest: 0.001, highest: 0.1, growth: 10 },
    };
    const points: CurvePoint[] = [];
    const result = await sweep('exponential', options, trainable, calm, (point) => points.push(point));
    expect(result.steps).toBe(sweepSteps('exponential', options));
    expect(result.stoppedBy).toBe('end');
    expect(points).toEqual(result.curve);
    expect(points.map(({ total }) => total)).toEqual([9.9, 9.8, 9.7]);
  });

  test.each([
    ['half as high again as', planSweeps('exponential', 480, fallback), 0.09],
    ['4×', thoroughSweeps('exponential', fallback), 0.3],
  ] as const)('stops soon after the loss is %s its best', async (_, { options }, before) => {
    const { trainable, seen } = counter((rate) => (rate < 0.05 ? 5 : 5 + rate * 200));
    const result = await sweep('exponential', options, trainable, calm, ignore);
    expect(result.stoppedBy).toBe('rise');
    expect(result.curve.at(-1)?.total).toBeGreaterThan(options.exponential.riseThatStops * 5);
    expect(seen.at(-1)?.rate).toBeLessThan(before);
  });

  test('linear: base, increments, stops at the rise', async () => {
    const { trainable } = counter((rate) => (rate < 0.0152 ? 6 - rate * 100 : 40));
    const result = await sweep('linear', defaultSweep, trainable, calm, ignore);
    expect(result.stoppedBy).toBe('rise');
    const rates = result.curve.map(({ learningRate }) => learningRate);
    [0.00064, 0.00314, 0.00564, 0.00814, 0.01064, 0.01314].forEach((rate, index) =>
      expect(rates[index]).toBeCloseTo(rate, 12),
    );
    // Two rates beyond the rise: one alone may be bad luck.
    expect(rates).toHaveLength(7);
    const unlucky = counter((rate, index) => (index === 4 ? 40 : 6 - rate));
    expect((await sweep('linear', defaultSweep, unlucky.trainable, calm, ignore)).stoppedBy).toBe('end');
  });

  test('fine-tuning: rates around the pick, all from the same start on the same pictures', async () => {
    const { trainable, seen, weight, alive } = counter((rate) => (rate > 0.0135 ? NaN : 5 - 100 * rate));
    const { curve, steps } = await fineTune(0.01, defaultSweep, trainable, calm, ignore);
    [0.007, 0.01, 0.014].forEach((rate, index) => expect(curve[index]?.learningRate).toBeCloseTo(rate, 12));
    [4.3, 4].forEach((total, index) => expect(curve[index]?.total).toBeCloseTo(total, 12));
    expect(curve[2]?.total).toBeNaN();
    expect(steps).toBe(seen.length);
    expect(seen.filter(({ index }) => index === 0)).toHaveLength(3);
    expect([weight(), alive()]).toEqual([0, 0]);
    const controller = new AbortController();
    const cancelled = counter(() => (controller.abort(), 5));
    await expect(fineTune(0.01, defaultSweep, cancelled.trainable, controller.signal, ignore)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect([cancelled.weight(), cancelled.alive()]).toEqual([0, 0]);
  });

  test('a word from outside stops it, though no step waits for anything', async () => {
    const controller = new AbortController();
    const { trainable, seen } = counter(() => 5);
    setImmediate(() => setImmediate(() => controller.abort()));
    await expect(sweep('linear', defaultSweep, trainable, controller.signal, ignore)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(seen.length).toBeLessThan(5);
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
  const find = <State>(
    trainableOf: FindRequest<State>['trainableOf'],
    more: Partial<FindRequest<State>> = {},
  ): ReturnType<typeof findLearningRate> => {
    let seconds = 0;
    return findLearningRate({
      kind: 'exponential',
      plan: planSweeps('exponential', 480, fallback),
      trainableOf,
      batchSize: 8,
      trainingSteps: () => 480,
      fallback,
      now: () => (seconds += 10),
      signal: calm,
      onPoint: ignore,
      onProgress: ignore,
      ...more,
    });
  };

  /** Falls to a half around 0.002 and turns up at 0.04, but for a little noise. */
  const lossAt = (rate: number, index: number): number =>
    3 + 3 / (1 + (rate / 0.002) ** 2) + (rate / 0.04) ** 3 + 0.05 * Math.sin(index * 7);

  test('repeats: other detectors, other pictures, rates between, and only where something happens', async () => {
    const made = Array.from({ length: 3 }, () => counter(lossAt));
    const points: number[] = [];
    const progress: (readonly [done: number, total: number])[] = [];
    const found = await find((repeat) => made[repeat]?.trainable as SweepTrainable, {
      plan: { ...planSweeps('exponential', 480, fallback), share: 200 / 480 },
      onPoint: (_, repeat) => points.push(repeat),
      onProgress: (done, total) => progress.push([done, total]),
    });
    const seen = made.map((one) => one.seen);
    const indices = seen.flat().map(({ index }) => index);
    expect(new Set(indices).size).toBe(indices.length);
    const lowest = seen.map((steps) => steps[0]?.rate ?? 0);
    expect(lowest[0]).toBeCloseTo(3.2e-4, 12);
    expect(lowest[1]).toBeGreaterThan(3.2e-4);
    expect(lowest[1]).toBeLessThan(0.002);
    const rates = seen.flatMap((steps) => steps.slice(0, -1).map(({ rate }) => rate.toPrecision(6)));
    expect(new Set(rates).size).toBeGreaterThan(0.9 * rates.length);
    expect(found.cost).toEqual({ steps: indices.length, trainingSteps: 480 });
    expect(found.sweeps.map((curve) => curve.length)).toEqual(
      [0, 1, 2].map((at) => points.filter((repeat) => repeat === at).length),
    );
    expect(found.repeats).toHaveLength(3);
    expect(Math.max(...found.repeats) / Math.min(...found.repeats)).toBeLessThan(1.5);
    expect(progress.every(([done, total]) => done <= total)).toBe(true);
    const drawn = found.curve.map(({ learningRate }) => learningRate);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
    for (const { weight, alive } of made) expect([weight(), alive()]).toEqual([0, 0]);
  });

  test.each(['exponential', 'linear'] as const)('%s: costs a tenth of the training at most', async (kind) => {
    for (const trainingSteps of [480, 481, 600, 1000, 5000]) {
      const { trainable } = counter(lossAt);
      const plan = planSweeps(kind, trainingSteps, fallback);
      const { cost, sweeps } = await find(() => trainable, { kind, plan, trainingSteps: () => trainingSteps });
      expect((cost?.steps ?? Infinity) / trainingSteps).toBeLessThanOrEqual(0.1);
      if (kind === 'exponential') expect(sweeps).toHaveLength(trainingSteps < 700 ? 2 : 3);
    }
  });

  test('where steps are slow and the training is cut short for it, a repeat costs too much, and the share says so', async () => {
    const { trainable, seen } = counter(lossAt);
    let seconds = 0;
    const slow = {
      ...trainable,
      // The first step warms the engine up.
      step: (...of: Parameters<typeof trainable.step>) => ((seconds += seconds === 0 ? 90 : 4), trainable.step(...of)),
    };
    const within = (budget: number) => (secondsPerStep: number) => Math.min(480, Math.floor(budget / secondsPerStep));
    const found = await find(() => slow, { trainingSteps: within(900), now: () => seconds });
    expect(found.sweeps).toHaveLength(1);
    expect(found.cost).toEqual({ steps: seen.length, trainingSteps: 225 });
    const unhurried = await find(() => slow, { trainingSteps: within(4 * 480), now: () => seconds });
    expect(unhurried.sweeps).toHaveLength(2);
  });

  test('linear: the fine-tuning pass settles the pick', async () => {
    const { trainable, weight } = counter(
      (rate, index) => (rate < 0.02 ? 6 - rate * 80 : 4.4 + (rate - 0.02) * 300) - index * 0.01,
    );
    const found = await find(() => trainable, { kind: 'linear', plan: thoroughSweeps('linear', fallback) });
    expect(found.sweep).toBe('linear');
    expect(found.fine.length).toBeGreaterThan(1);
    expect(found.reason).toContain('Fine-tuning');
    expect(found.fine.map(({ learningRate }) => Number(learningRate.toPrecision(2)))).toContain(found.learningRate);
    expect(weight()).toBe(0);
  });

  test('a rise among the first rates: once more from much lower, and only once', async () => {
    const early = counter(
      (rate, index) => 3 + 3 / (1 + (rate / 2e-5) ** 2) + (rate / 4e-4) ** 3 + 0.01 * Math.sin(index),
    );
    const found = await find(() => early.trainable);
    expect(found.sweeps[0]?.[0]?.learningRate).toBeCloseTo(1e-5, 9);
    expect(found.confidence).not.toBe('notReliable');
    expect(found.learningRate).toBeLessThan(4e-4);
    expect(found.learningRate).toBeGreaterThan(4e-5);
    const hopeless = counter((rate) => 5 + 1e9 * rate);
    for (const kind of ['exponential', 'linear'] as const) {
      const nothing = await find(() => hopeless.trainable, { kind });
      expect(nothing).toMatchObject({ confidence: 'notReliable', doubt: 'tooShort', suggestions: [] });
      expect(nothing.reason).not.toMatch(/Infinity|NaN/);
    }
  });

  test('a finite result for a loss that is never a number', async () => {
    const { trainable } = counter(() => NaN);
    const found = await find(() => trainable);
    expect(found).toMatchObject({ confidence: 'notReliable', doubt: 'notFinite', curve: [] });
    expect(found.learningRate).toBeGreaterThan(0);
  });

  // The oracle: train to the end at each rate of a grid. A range test sees only a few steps and is known to pick low.
  test.each(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => [
      { seed, kind: 'exponential' as const },
      { seed, kind: 'linear' as const },
    ]),
  )(
    'the pick of an $kind sweep trains noisy bowl $seed most of the way that the best of a grid does',
    async ({ seed, kind }) => {
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
      const found = await find(() => bowl, { kind });
      const before = bowl.loss();
      const grid: number[] = [];
      for (const rate of [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]) grid.push(await trained(rate));
      const gained = (before - (await trained(found.learningRate))) / (before - Math.min(...grid));
      expect(gained).toBeGreaterThan(kind === 'linear' ? 0.7 : 0.75);
    },
  );
});
