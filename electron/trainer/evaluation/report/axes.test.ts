import { describe, expect, test } from 'vitest';
import { fromZero, linearTicks, logTicks, place } from './axes';

test('place on a linear and a logarithmic axis', () => {
  expect(place({ label: '', scale: 'linear', from: 10, to: 30 }, 15)).toBe(0.25);
  expect(place({ label: '', scale: 'log', from: 0.001, to: 10 }, 0.1)).toBeCloseTo(0.5, 12);
});

describe('ticks', () => {
  test.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 24, 5, [0, 5, 10, 15, 20]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [0, 520, 5, [0, 200, 400]],
  ])('from %f to %f, about %i', (from, to, about, expected) => {
    expect(linearTicks(from, to, about)).toEqual(expected);
  });

  test('powers of ten over decades, more of them within a few', () => {
    expect(logTicks(1e-5, 0.2)).toEqual([0.00001, 0.0001, 0.001, 0.01, 0.1]);
    expect(logTicks(0.001, 0.01)).toEqual([0.001, 0.002, 0.005, 0.01]);
  });
});

test('fromZero ends on a tick, survives nothing but zeros and values that are not finite', () => {
  expect(fromZero([3, 8.7, NaN, Infinity])).toEqual({ from: 0, to: 10 });
  expect(fromZero([0, 0])).toEqual({ from: 0, to: 1 });
  expect(fromZero([])).toEqual({ from: 0, to: 1 });
});
