import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine';
import { composedKernels, type Kernels } from '../engine/kernels';
import { createRandom } from '../random';
import { initialParameters } from './baseModel';
import { Runner } from './forward';
import type { Network } from './network';
import { baseModelShapes } from './priorBoxes';
import { buildSsd } from './ssd';
import { Weights } from './weights';

const network = buildSsd({
  input: { width: 160, height: 128 },
  classes: 2,
  fineMap: true,
  priorShapes: [[[0.05, 0.05]], ...baseModelShapes],
});
const parameters = initialParameters(network, createRandom('forward test'));

/** Gradients of a fixed random linear loss of the raw outputs, by parameter name. */
function gradients(kernels: Kernels, frozenLayers: number): Map<string, Float32Array> {
  const weights = new Weights(network, parameters);
  const random = createRandom('pixels');
  const pixels = Float32Array.from({ length: 2 * 128 * 160 * 3 }, () => random.int(256));
  const images = tf.tensor4d(pixels, [2, 128, 160, 3]);
  const found = new Map<string, Float32Array>();
  const draw = (like: Float32Array): Float32Array => Float32Array.from(like, () => random.normal() / 100);
  new Runner(network, weights, kernels).train(
    images,
    frozenLayers,
    (boxEncodings, classLogits) => ({ boxEncodings: draw(boxEncodings), classLogits: draw(classLogits) }),
    (name, gradient) => found.set(name, gradient.slice()),
  );
  images.dispose();
  weights.dispose();
  return found;
}

const length = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe('detector', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => tf.setBackend(engine.name));

  test('all gradients agree between TensorFlow and wasm', async () => {
    await tf.setBackend(engine.name);
    const native = gradients(engine.kernels, 0);
    await tf.setBackend('wasm');
    const composed = gradients(composedKernels, 0);
    expect([...composed.keys()]).toEqual([...native.keys()]);
    expect(native.size).toBe(network.layers.filter(({ kind }) => kind !== 'add').length * 2);
    for (const [name, expected] of native) {
      const actual = composed.get(name) as Float32Array;
      const difference = length(actual.map((value, at) => value - (expected[at] as number)));
      const norm = length(expected) + 1e-6;
      // A value that lies at 0 or 6 within rounding falls on either side of relu6.
      expect(difference / norm, name).toBeLessThan(1e-2);
    }
  }, 60_000);

  test('gradients are those of finite differences', async () => {
    await tf.setBackend(engine.name);
    const random = createRandom('direction');
    const weights = new Weights(network, parameters);
    const images = tf.tensor4d(
      Float32Array.from({ length: 128 * 160 * 3 }, () => random.int(256)),
      [1, 128, 160, 3],
    );
    const runner = new Runner(network, weights, engine.kernels);
    let [weightsOfBoxes, weightsOfLogits] = [new Float32Array(), new Float32Array()];
    const byName = new Map<string, Float32Array>();
    runner.train(
      images,
      0,
      (boxEncodings, classLogits) => {
        weightsOfBoxes = Float32Array.from(boxEncodings, () => random.normal() / 30);
        weightsOfLogits = Float32Array.from(classLogits, () => random.normal() / 30);
        return { boxEncodings: weightsOfBoxes, classLogits: weightsOfLogits };
      },
      (name, gradient) => byName.set(name, gradient.slice()),
    );
    const loss = (): number => {
      weights.upload();
      const { boxEncodings, classLogits } = runner.infer(images);
      const sum = (values: Float32Array, factors: Float32Array): number =>
        values.reduce((total, value, at) => total + value * (factors[at] as number), 0);
      const result =
        sum(boxEncodings.dataSync<'float32'>(), weightsOfBoxes) +
        sum(classLogits.dataSync<'float32'>(), weightsOfLogits);
      boxEncodings.dispose();
      classLogits.dispose();
      return result;
    };
    // One bias in the head, one deep in the backbone: a step too small for relu6 to change sides.
    for (const [name, step] of [
      ['heads/1/box/predict/bias', 0.5],
      ['expanded_conv_13/project/bias', 0.01],
    ] as const) {
      const slot = weights.slots.find((candidate) => candidate.name === name) as (typeof weights.slots)[number];
      const original = weights.values[slot.offset] as number;
      weights.values[slot.offset] = original + step;
      const above = loss();
      weights.values[slot.offset] = original - step;
      const below = loss();
      weights.values[slot.offset] = original;
      const expected = (above - below) / (2 * step);
      const actual = byName.get(name)?.[0] as number;
      expect(Math.abs(actual - expected), `${name}: ${actual} for ${expected}`).toBeLessThan(
        0.03 * Math.abs(expected) + 0.02,
      );
    }
    images.dispose();
    weights.dispose();
  });

  test('frozen layers get no gradient, the others the same one', async () => {
    await tf.setBackend(engine.name);
    const all = gradients(engine.kernels, 0);
    const some = gradients(engine.kernels, layersBefore(network, 'expanded_conv_6/expand'));
    expect(some.has('expanded_conv_5/project/weights')).toBe(false);
    expect(some.has('expanded_conv_6/expand/weights')).toBe(true);
    for (const [name, gradient] of some) {
      const expected = all.get(name) as Float32Array;
      const largest = gradient.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (expected[at] as number))),
        0,
      );
      expect(largest, name).toBeLessThan(1e-4);
    }
  });

  test('nothing is left behind', async () => {
    await tf.setBackend(engine.name);
    const before = tf.memory().numTensors;
    gradients(engine.kernels, 0);
    gradients(engine.kernels, layersBefore(network, 'Conv_1'));
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** How many leading layers lie before the named one: what to freeze so that training begins there. */
function layersBefore({ layers }: Network, name: string): number {
  const index = layers.findIndex((layer) => layer.name === name);
  if (index < 0) throw new Error(`no layer ${name}`);
  return index;
}
