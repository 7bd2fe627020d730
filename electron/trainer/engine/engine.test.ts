import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openEngine } from './engine';
import { expectedEngine } from './expected';
import { tellsOutOfMemory } from './memory';

beforeAll(async () => {
  process.env['LINESIDE_ENGINE'] = 'wasm';
  await openEngine();
});

test('the WebAssembly engine says when its heap of 4 GB is full, in words that are known as that', () => {
  expect(expectedEngine()).toBe('wasm');
  type Module = Readonly<Record<'_malloc' | '_free', (value: number) => number>>;
  const { wasm } = tf.backend() as unknown as { readonly wasm: Module };
  const taken: number[] = [];
  let told = '';
  try {
    for (let gigabytes = 0; gigabytes < 5; gigabytes++) taken.push(wasm._malloc(1e9));
  } catch (error) {
    told = String(error);
  }
  for (const address of taken) wasm._free(address);
  expect(taken).toHaveLength(4);
  expect(told).toContain('out of memory: no room for 1000000000 bytes in the WebAssembly heap');
  expect(tellsOutOfMemory(told)).toBe(true);
  expect(Array.from(tf.tensor1d([1, 2, 3]).dataSync())).toEqual([1, 2, 3]);
});

test.each([
  'OOM when allocating tensor with shape[16,300,300,32]',
  'Array buffer allocation failed',
  'std::bad_alloc',
  'Unhandled TF_Status: 8',
  'Could not create a primitive, Status: 1, message: could not create a memory object',
])('%s: no memory', (text) => expect(tellsOutOfMemory(text)).toBe(true));

test.each(['Unhandled TF_Status: 3', 'no room on the disk', 'Status: 10'])('%s: another thing', (text) =>
  expect(tellsOutOfMemory(text)).toBe(false),
);
