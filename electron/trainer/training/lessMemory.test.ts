import { expect, test } from 'vitest';
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

test('half the batch, the rate in proportion, the schedule over twice the steps; down to 4, then in parts, then no more', () => {
  const half = withLessMemory(settings, 64)?.settings;
  expect(half).toMatchObject({ batchSize: 8, accumulate: 1, learningRate: 0.002, epochs: 10 });
  expect(half?.schedule).toEqual(planSchedule('cosine', 0.002, 80));
  const steps = [];
  for (let now: typeof settings | undefined = settings; now !== undefined;) {
    steps.push([now.batchSize, now.accumulate, now.learningRate]);
    now = withLessMemory(now, 64)?.settings;
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
  const half = withLessMemory({ ...settings, schedule }, 64)?.settings.schedule;
  expect(half).toMatchObject({ kind: 'triangular', base: 0.0006, top: 0.002, steps: 80 });
});

test('a checkpoint is carried over: the same rounds done, the rate as often halved', () => {
  const done: RunProgress = {
    ...{ step: 14, batchSize: 16, watch: freshWatch, best: null, seconds: 5 },
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
