/** Largest finite float16. */
const largest = 65504;

/**
 * IEEE 754 binary16, round half to even, as 16-bit patterns. Values past the largest finite one become that one: a weight
 * that is not finite would spoil every output.
 */
export function toHalfFloats(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, toHalfFloat);
}

function toHalfFloat(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.min(Math.abs(value), largest);
  // Below 2^-14 all values have the exponent of the smallest normal one.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundHalfToEven(size / 2 ** (exponent - 10));
  // 10 bits of fraction. Steps count from 1024 in normal values: the leading bit adds the 15th to the exponent's 14.
  return sign | (((exponent + 14) << 10) + steps);
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
