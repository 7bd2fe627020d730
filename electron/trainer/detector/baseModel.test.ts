import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine';
import { createRandom } from '../random';
import { baseModelFolder, baseNetwork, initialParameters } from './baseModel';
import { decode } from './boxCoder';
import { Runner } from './forward';
import { Weights } from './weights';

/** The base model as it was published, run by tfjs's own graph executor: the oracle. */
async function graphModel() {
  const folder = baseModelFolder();
  const json = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  const manifest = json.weightsManifest;
  const bytes = Buffer.concat(
    manifest.flatMap(({ paths }) => paths.map((file) => readFileSync(path.join(folder, file)))),
  );
  return loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: manifest.flatMap(({ weights }) => weights),
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    }),
  });
}

describe('base model', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  test('our network gives the raw outputs and boxes of the published graph', async () => {
    const network = baseNetwork();
    const weights = new Weights(network, initialParameters(network, createRandom(1)));
    const random = createRandom('base model test');
    const pixels = Float32Array.from(
      { length: 300 * 300 * 3 },
      (_, index) => 128 + 100 * Math.sin(index / 5000) + 20 * random.next(),
    );
    const images = tf.tensor4d(pixels, [1, 300, 300, 3]);
    const ours = new Runner(network, weights, engine.kernels).infer(images);
    const graph = await graphModel();
    const [encodings, logits, scores, boxes] = (await graph.executeAsync({ image_tensor: tf.cast(images, 'int32') }, [
      'Squeeze',
      'concat_1',
      'Postprocessor/Slice',
      'Postprocessor/ExpandDims_1',
    ])) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const whole = new Float32Array(images.dataSync().map(Math.trunc));
    const truncated = new Runner(network, weights, engine.kernels).infer(tf.tensor4d(whole, [1, 300, 300, 3]));
    const difference = (a: tf.Tensor, b: tf.Tensor): number =>
      tf.max(tf.abs(tf.sub(tf.reshape(a, [-1]), tf.reshape(b, [-1])))).dataSync()[0] as number;
    expect(ours.boxEncodings.shape).toEqual([1, 1917, 4]);
    expect(difference(truncated.boxEncodings, encodings)).toBeLessThan(1e-4);
    expect(difference(truncated.classLogits, logits)).toBeLessThan(1e-4);
    expect(scores.shape).toEqual([1, 1917, 90]);
    const flat = truncated.boxEncodings.dataSync<'float32'>();
    const expected = boxes.dataSync();
    for (let prior = 0; prior < 1917; prior++) {
      decode(flat, prior * 4, network.priors, prior).forEach((corner, index) =>
        expect(Math.abs(corner - (expected[prior * 4 + index] as number))).toBeLessThan(2e-4),
      );
    }
    weights.dispose();
  });
});
