import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors';

const file = {
  tensors: new Map([
    ['a/weights', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, NaN, 1e-30) }],
    ['a/bias', { shape: [1], values: Float32Array.of(7) }],
  ]),
  metadata: { note: 'äöü, 日本' },
};

test('what is written is read back', () => {
  expect(decodeSafetensors(encodeSafetensors(file))).toEqual(file);
});

test('the bytes are those of the format: header length, JSON, values in order', () => {
  const bytes = encodeSafetensors(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  expect(headerLength % 8).toBe(0);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>;
  expect(header['a/bias']).toEqual({ dtype: 'F32', shape: [1], data_offsets: [24, 28] });
  expect(bytes.readFloatLE(8 + headerLength + 24)).toBe(7);
  expect(bytes.length).toBe(8 + headerLength + 28);
});

test('a file that is cut short is told', () => {
  const bytes = encodeSafetensors(file);
  expect(() => decodeSafetensors(bytes.subarray(0, bytes.length - 1))).toThrow('cut short');
  expect(() => decodeSafetensors(bytes.subarray(0, 20))).toThrow('cut short');
  expect(() => decodeSafetensors(bytes.subarray(0, 3))).toThrow('cut short');
});
