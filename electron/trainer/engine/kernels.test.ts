import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from './engine';
import { composedKernels, samePadding, type Convolution, type Kernels } from './kernels';

const cases: readonly (Convolution & { readonly inChannels: number; readonly outChannels: number })[] = [
  { kind: 'conv2d', kernel: 3, stride: 2, activation: 'relu6', inChannels: 3, outChannels: 5 },
  { kind: 'conv2d', kernel: 1, stride: 1, activation: 'relu6', inChannels: 6, outChannels: 4 },
  { kind: 'conv2d', kernel: 1, stride: 1, activation: 'linear', inChannels: 4, outChannels: 7 },
  { kind: 'depthwiseConv2d', kernel: 3, stride: 1, activation: 'relu6', inChannels: 5, outChannels: 5 },
  { kind: 'depthwiseConv2d', kernel: 3, stride: 2, activation: 'relu6', inChannels: 4, outChannels: 4 },
];
const sizes = [
  [8, 8],
  [7, 10],
  [1, 3],
] as const;

/** Forward and all gradients of one convolution, on the current backend. */
function everything(kernels: Kernels, convolution: (typeof cases)[number], [height, width]: readonly [number, number]) {
  const { kernel, kind, inChannels, outChannels, stride } = convolution;
  const draw = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
    tf.randomNormal(shape, 0, 2, 'float32', seed);
  const x = draw([2, height, width, inChannels], 1);
  const weights = draw([kernel, kernel, inChannels, kind === 'conv2d' ? outChannels : 1], 2);
  const bias = tf.randomNormal<tf.Rank.R1>([outChannels], 1, 2, 'float32', 3);
  const dy = draw([2, Math.ceil(height / stride), Math.ceil(width / stride), outChannels], 4);
  const y = kernels.convolve(x, weights, bias, convolution);
  const before = convolution.activation === 'relu6' ? kernels.relu6Gradient(dy, y) : dy;
  return {
    y,
    x: kernels.inputGradient(before, weights, x.shape, convolution),
    weights: kernels.weightGradient(x, before, convolution),
    bias: kernels.biasGradient(before),
  };
}

/** The same by tfjs's own ops and its tape, on the backend that has all of them. */
function byTape(convolution: (typeof cases)[number], [height, width]: readonly [number, number]) {
  const { kernel, kind, inChannels, outChannels, stride, activation } = convolution;
  const draw = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
    tf.randomNormal(shape, 0, 2, 'float32', seed);
  const x = draw([2, height, width, inChannels], 1);
  const weights = draw([kernel, kernel, inChannels, kind === 'conv2d' ? outChannels : 1], 2);
  const bias = tf.randomNormal<tf.Rank.R1>([outChannels], 1, 2, 'float32', 3);
  const dy = draw([2, Math.ceil(height / stride), Math.ceil(width / stride), outChannels], 4);
  const run = (x_: tf.Tensor, w_: tf.Tensor, b_: tf.Tensor): tf.Tensor => {
    const linear =
      kind === 'conv2d'
        ? tf.conv2d(x_ as tf.Tensor4D, w_ as tf.Tensor4D, stride, 'same')
        : tf.depthwiseConv2d(x_ as tf.Tensor4D, w_ as tf.Tensor4D, stride, 'same');
    const biased = tf.add(linear, b_);
    return activation === 'relu6' ? tf.relu6(biased) : biased;
  };
  const [dx, dw, db] = tf.grads(run)([x, weights, bias], dy) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { y: run(x, weights, bias), x: dx, weights: dw, bias: db };
}

function close(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  actual.dataSync().forEach((value, at) => expect(Math.abs(value - (wanted[at] as number))).toBeLessThan(2e-4));
}

describe('kernels', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => tf.setBackend(engine.name));

  test.each(cases)(
    "native $kind $kernel×$kernel, stride $stride, $activation: forward and gradients as tfjs's tape",
    async (convolution) => {
      await tf.setBackend(engine.name);
      for (const size of sizes) {
        const expected = byTape(convolution, size);
        const actual = everything(engine.kernels, convolution, size);
        for (const name of ['y', 'x', 'weights', 'bias'] as const) close(actual[name], expected[name]);
      }
    },
  );

  test.each(cases)(
    'wasm $kind $kernel×$kernel, stride $stride, $activation: the same as native',
    async (convolution) => {
      for (const size of sizes) {
        await tf.setBackend(engine.name);
        const expected = everything(engine.kernels, convolution, size);
        const wanted = Object.values(expected).map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync() }));
        await tf.setBackend('wasm');
        const actual = Object.values(everything(composedKernels, convolution, size));
        actual.forEach((tensor, index) => {
          const { shape, values } = wanted[index] as (typeof wanted)[number];
          expect(tensor.shape).toEqual(shape);
          tensor.dataSync().forEach((value, at) => expect(Math.abs(value - (values[at] as number))).toBeLessThan(2e-4));
        });
      }
    },
  );

  test('no kernel leaves a tensor behind', async () => {
    await tf.setBackend(engine.name);
    for (const convolution of cases) {
      const before = tf.memory().numTensors;
      for (const kernels of [engine.kernels, composedKernels]) {
        tf.tidy(() => void everything(kernels, convolution, [7, 10]));
      }
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

test("SAME padding is TensorFlow's: more after than before", () => {
  expect(samePadding(300, 3, 2)).toEqual([0, 1]);
  expect(samePadding(75, 3, 2)).toEqual([1, 1]);
  expect(samePadding(19, 3, 1)).toEqual([1, 1]);
  expect(samePadding(1, 1, 1)).toEqual([0, 0]);
});
