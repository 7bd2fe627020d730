import { describe, expect, test } from 'vitest';
import { toHalfFloats } from './halfFloat';

/** A 16-bit pattern as a number, by the definition: sign, 5 bits of exponent, 10 of fraction. */
function value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** Infinity or not a number. */
function isInfinite(bits: number): boolean {
  return ((bits >> 10) & 31) === 31;
}

const finite = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => !isInfinite(bits));

describe('float16', () => {
  test('every finite float16 keeps its bits', () => {
    expect([...toHalfFloats(Float32Array.from(finite, value))]).toEqual(finite);
  });

  test('between two neighbours the nearer one is taken, in the middle the even one', () => {
    for (const bits of finite) {
      const next = bits + 1;
      if (bits % 97 !== 0 || isInfinite(next)) continue;
      const [low, high] = [value(bits), value(next)];
      const at = (share: number): number => toHalfFloats(Float32Array.of(low + (high - low) * share))[0] ?? NaN;
      expect([at(0.25), at(0.5), at(0.75)], `${low}`).toEqual([bits, bits % 2 === 0 ? bits : next, next]);
    }
  });

  test('what is past the largest finite value becomes that value', () => {
    expect([...toHalfFloats(Float32Array.of(1e6, -1e6))]).toEqual([0x7bff, 0xfbff]);
  });
});
