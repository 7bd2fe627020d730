import { describe, expect, test } from 'vitest';
import { createRandom } from '../random';
import { activationQuantization, chooseRange, quantizeConv } from './quantize';

describe('int8 steps of a layer’s output', () => {
  test('reach over the range, and zero is one of them', () => {
    expect(activationQuantization({ low: 0, high: 6 })).toEqual({ scale: [Math.fround(6 / 255)], zeroPoint: [-128] });
    // 0.8 is 102 of 255 steps of 2 / 255.
    expect(activationQuantization({ low: -0.8, high: 1.2 })).toEqual({
      scale: [Math.fround(2 / 255)],
      zeroPoint: [-128 + 102],
    });
  });

  test('a range beside zero is widened to it, one without extent has a scale', () => {
    expect(activationQuantization({ low: 2, high: 4 })).toEqual({ scale: [Math.fround(4 / 255)], zeroPoint: [-128] });
    expect(activationQuantization({ low: 0, high: 0 })).toEqual({ scale: [1], zeroPoint: [-128] });
  });
});

describe('the chosen range', () => {
  const random = createRandom('range');
  const even = Float32Array.from({ length: 4000 }, () => random.range(-1, 1));

  test('is the whole one where values lie evenly', () => {
    const { low, high, noise } = chooseRange(even, { low: -1, high: 1 });
    expect([low, high]).toEqual([-1, 1]);
    // The mean square of an even spread over −1…1 is 1/3, that of rounding to steps of 2 / 255 is step² / 12.
    expect(noise).toBeCloseTo((2 / 255) ** 2 / 12 / (1 / 3), 5);
  });

  test('leaves out a value so rare that the sample has none like it, at its end only, for finer steps', () => {
    const { low, high } = chooseRange(even, { low: -1, high: 2 });
    expect(low).toBe(-1);
    expect(high).toBeLessThan(2);
    expect(high).toBeGreaterThanOrEqual(1);
  });
});

describe('a convolution in int8', () => {
  test('has a scale for each filter: the largest weight is 127 steps', () => {
    const weights = Float32Array.of(1.27, -0.632, 0.02, -0.0127);
    const { weights: stored, weightQuantization, bias } = quantizeConv(weights, Float32Array.of(0.5, -0.1), 0.1, 0);
    expect([...stored]).toEqual([127, -63, 127, -81]);
    expect(weightQuantization.scale[0]).toBeCloseTo(1.27 / 127, 8);
    expect(weightQuantization.scale[1]).toBeCloseTo(0.02 / 127, 8);
    expect(weightQuantization).toMatchObject({ zeroPoint: [0, 0], dimension: 0 });
    expect([...bias]).toEqual([Math.round(0.5 / 0.1 / 0.01), Math.round(-0.1 / 0.1 / (0.02 / 127))]);
  });

  test('depthwise weights lie filters last', () => {
    const weights = Float32Array.of(1, 0.1, -0.495, 0.051);
    const { weights: stored } = quantizeConv(weights, Float32Array.of(0, 0), 1, 3);
    expect([...stored]).toEqual([127, 127, -63, 65]);
  });

  test('a filter of zeros keeps its bias within 32 bits', () => {
    const { bias, biasQuantization } = quantizeConv(Float32Array.of(0, 0), Float32Array.of(3), 0.01, 0);
    expect((bias[0] ?? NaN) * (biasQuantization.scale[0] ?? NaN)).toBeCloseTo(3, 5);
    expect(Math.abs(bias[0] ?? NaN)).toBeLessThanOrEqual(2 ** 30);
  });
});
