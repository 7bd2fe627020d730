import { expect, test } from 'vitest';
import type { ParameterSlot } from '../detector/weights';
import { clipScale, defaultOptimizer, moveAverage, sgdStep } from './optimizer';

const slot = (
  name: string,
  offset: number,
  isBias: boolean,
  group: ParameterSlot['group'] = 'head',
): ParameterSlot => ({
  name,
  shape: [1],
  offset,
  length: 1,
  group,
  isBias,
});

test('three steps of momentum and weight decay, worked by hand as torch.optim.SGD does them', () => {
  const values = Float32Array.of(1);
  const velocity = Float32Array.of(0);
  const options = { ...defaultOptimizer, momentum: 0.9, weightDecay: 0.1 };
  const expected = [
    [0.6, 0.94], // v = 0.5 + 0.1 · 1
    [1.134, 0.8266], // v = 0.9 · 0.6 + 0.5 + 0.1 · 0.94
    [1.60326, 0.666274], // v = 0.9 · 1.134 + 0.5 + 0.1 · 0.8266
  ] as const;
  for (const [moved, value] of expected) {
    sgdStep(values, velocity, Float32Array.of(0.5), [slot('w', 0, false)], 0.1, 1, options);
    expect(velocity[0]).toBeCloseTo(moved, 5);
    expect(values[0]).toBeCloseTo(value, 5);
  }
});

test('biases do not decay, other slots stay, groups have their own rate', () => {
  const values = Float32Array.of(1, 1, 1);
  const options = {
    ...defaultOptimizer,
    weightDecay: 0.5,
    groupRates: { backbone: 0.1, extra: 1, head: 1 },
  };
  const slots = [slot('bias', 0, true), slot('w', 1, false, 'backbone')];
  sgdStep(values, new Float32Array(3), Float32Array.of(1, 1, 1), slots, 0.1, 1, options);
  expect([...values]).toEqual([expect.closeTo(0.9), expect.closeTo(0.985), 1]);
});

test('gradients are scaled to the norm that is allowed, and NaN is told', () => {
  expect(clipScale(Float32Array.of(3, 4), 10)).toBe(1);
  expect(clipScale(Float32Array.of(30, 40), 10)).toBeCloseTo(0.2);
  expect(clipScale(Float32Array.of(1, NaN), 10)).toBeNaN();
  expect(clipScale(Float32Array.of(1, Infinity), 10)).toBeNaN();
});

test('the average moves its share towards the values', () => {
  const average = Float32Array.of(1, 2);
  moveAverage(average, Float32Array.of(2, 0), 0.75);
  expect([...average]).toEqual([1.25, 1.5]);
});
