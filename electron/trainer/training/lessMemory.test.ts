import { describe, expect, test } from 'vitest';
import type { RunProgress } from './checkpoint';
import { withLessMemory } from './lessMemory';
import { carryOver } from './resume';
import { peakRate, planSchedule, rateAt, scaleSchedule } from './schedule';
import { freshWatch } from './watch';

const settings = {
  batchSize: 16,
  accumulate: 1,
  learningRate: 0.004,
  epochs: 10,
  schedule: planSchedule('cosine', 0.004, 40),
};

/** Another rate than the training's: that was chosen by hand. */
const found = { learningRate: 0.001, batchSize: 8 };

test('half the batch, the rate in proportion, the schedule over twice the steps; down to 4, then in parts, then no more', () => {
  const half = withLessMemory(settings, 64, found)?.settings;
  expect(half).toMatchObject({ batchSize: 8, accumulate: 1, learningRate: 0.002, epochs: 10 });
  expect(half?.schedule).toEqual(planSchedule('cosine', 0.002, 80));
  const steps = [];
  for (let now: Parameters<typeof withLessMemory>[0] | undefined = settings; now !== undefined;) {
    steps.push([now.batchSize, now.accumulate, now.learningRate]);
    now = withLessMemory(now, 64, found)?.settings;
  }
  expect(steps).toEqual([
    [16, 1, 0.004],
    [8, 1, 0.002],
    [4, 1, 0.001],
    [4, 2, 0.001],
    [4, 4, 0.001],
  ]);
});

test('a triangular schedule keeps its shape', () => {
  const schedule = planSchedule('triangular', 0.004, 40, 0.0012);
  const half = withLessMemory({ ...settings, schedule }, 64, found)?.settings.schedule;
  expect(half).toMatchObject({ kind: 'triangular', base: 0.0006, top: 0.002, steps: 80 });
});

test('a checkpoint is carried over: the same rounds done, the rate as often halved', () => {
  const done: RunProgress = {
    ...{ step: 14, batchSize: 16, watch: freshWatch(3), best: null, seconds: 5 },
    sums: { total: 2, regression: 1, classification: 1 },
    schedule: scaleSchedule(settings.schedule, 0.25),
  };
  const schedule = planSchedule('cosine', 0.002, 80);
  const config = { ...settings, batchSize: 8, schedule };
  const carried = carryOver(done, config, 8);
  // 14 of 40 steps are three and a half of ten rounds: 28 of 80.
  expect(carried).toMatchObject({ step: 28, batchSize: 8, sums: { total: 4, regression: 2, classification: 2 } });
  expect(peakRate(carried.schedule)).toBe(0.0005);
  expect(rateAt(carried.schedule, 28)).toBe(rateAt(planSchedule('cosine', 0.0005, 80), 28));
  expect(carryOver(done, { ...config, batchSize: 16 }, 4)).toBe(done);
});

describe('a rate that was planned from the found one', () => {
  // In proportion 64 would get 0.048, beyond 0.6 of the turn: it has 0.024 by the square root. 32 has that in proportion.
  const sweep = { learningRate: 0.012, batchSize: 16, divergence: 0.05 };
  const planned = {
    ...{ batchSize: 64, accumulate: 1, learningRate: 0.024, epochs: 10 },
    schedule: planSchedule('cosine', 0.024, 40),
  };

  test('goes to what would have been planned for half the batch, not to half of it', () => {
    const less = withLessMemory(planned, 256, sweep);
    expect(less?.settings).toMatchObject({ batchSize: 32, learningRate: 0.024 });
    expect(less?.settings.schedule).toEqual(planSchedule('cosine', 0.024, 80));
    expect(less?.text).toContain('It goes on with 32, and with the rate 0.024 as before.');
    expect(withLessMemory({ ...planned, learningRate: 0.02 }, 256, sweep)?.settings.learningRate).toBe(0.01);
  });

  test('a checkpoint is carried over as often halved as before, whichever batch it is of', () => {
    const once = withLessMemory(planned, 256, sweep)?.settings ?? planned;
    const twice = withLessMemory(once, 256, sweep)?.settings ?? planned;
    const at = (batchSize: number, peak: number): RunProgress => ({
      ...{ step: 4, batchSize, watch: freshWatch(3), best: null, seconds: 5 },
      sums: { total: 2, regression: 1, classification: 1 },
      schedule: planSchedule('cosine', peak, 40),
    });
    expect(peakRate(carryOver(at(64, 0.024), once, 8).schedule)).toBe(0.024);
    expect(peakRate(carryOver(at(64, 0.012), once, 8).schedule)).toBe(0.012);
    expect(twice).toMatchObject({ batchSize: 16, learningRate: 0.012 });
    expect(peakRate(carryOver(at(64, 0.024), twice, 16).schedule)).toBe(0.012);
    expect(peakRate(carryOver(at(32, 0.012), twice, 16).schedule)).toBe(0.006);
  });
});
