import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network, Parameters } from '../detector/network';
import { checkParity, type ParitySample } from './parity';
import {
  growingBoxes,
  referenceBoxes,
  referenceForward,
  referenceScores,
  testLabels,
  testNetwork,
  testParameters,
  testPixels,
  testSize,
} from './testNetwork';
import { exportTfjs } from './tfjs';
import { shardName } from './tfjsGraph';

const network = testNetwork();
const parameters = testParameters(network);
const samples = ['first', 'second'].map((name) => referenceForward(network, parameters, name, testPixels(name)));

let folder = '';
beforeAll(async () => {
  await tf.setBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'lineside-tfjs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(): Promise<string> {
  const { modelJson, weights } = exportTfjs(network, parameters, { labels: testLabels });
  await Promise.all(weights.map((shard, index) => writeFile(join(folder, shardName(index, weights.length)), shard)));
  const path = join(folder, 'model.json');
  await writeFile(path, modelJson);
  return path;
}

async function load(of: Network, values: Parameters): Promise<GraphModel> {
  const { modelJson, weights } = exportTfjs(of, values);
  const json = JSON.parse(modelJson) as tf.io.ModelJSON;
  const specs = json.weightsManifest.flatMap((group) => group.weights);
  const artifacts = tf.io.getModelArtifactsForJSONSync(json, specs, Uint8Array.from(Buffer.concat(weights)).buffer);
  return loadGraphModel({ load: () => Promise.resolve(artifacts) });
}

function run(model: GraphModel, pictures: readonly ParitySample[]): Record<'boxes' | 'scores' | 'shape', number[]> {
  return tf.tidy(() => {
    const pixels = Uint8Array.from(pictures.flatMap((sample) => [...sample.pixels]));
    const images = tf.tensor4d(pixels, [pictures.length, testSize.height, testSize.width, 3], 'float32');
    const [boxes, scores] = model.execute(images, ['boxes', 'scores']) as [tf.Tensor, tf.Tensor];
    return { boxes: [...boxes.dataSync()], scores: [...scores.dataSync()], shape: [...boxes.shape] };
  });
}

describe('export as TF.js', () => {
  test('raw outputs agree with a forward pass in plain loops, and no tensor is left behind', async () => {
    const path = await write();
    const before = tf.memory().numTensors;
    const { maxAbsError, detections } = await checkParity('tfjs', path, network, samples);
    expect(maxAbsError).toBeLessThan(1e-4);
    expect(detections.map((found) => found.length)).toEqual([100, 100]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('gives boxes and scores worked out by hand, by name, for a batch', async () => {
    const model = await load(network, parameters);
    expect(model.inputs.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'images', shape: [-1, 46, 65, 3] },
    ]);
    const { boxes, scores, shape } = run(model, samples);
    expect(shape).toEqual([2, 570, 4]);
    const expectedBoxes = samples.flatMap((sample) => referenceBoxes(network, sample.boxEncodings));
    const expectedScores = samples.flatMap((sample) => referenceScores(network, sample.classLogits));
    tf.test_util.expectArraysClose(boxes, expectedBoxes, 1e-4);
    tf.test_util.expectArraysClose(scores, expectedScores, 1e-4);
    model.dispose();
  });

  test('a size that grows without end is limited as in the trainer', async () => {
    const { grown, tiny } = growingBoxes();
    const sample = referenceForward(tiny, grown, 'first', testPixels('first'));
    const model = await load(tiny, grown);
    tf.test_util.expectArraysClose(run(model, [sample]).boxes, referenceBoxes(tiny, sample.boxEncodings), 1e-4);
    model.dispose();
  });

  test('the same model gives the same bytes', () => {
    const first = exportTfjs(network, parameters);
    const second = exportTfjs(testNetwork(), testParameters(network));
    expect(second.modelJson).toBe(first.modelJson);
    expect(Buffer.compare(Buffer.concat(first.weights), Buffer.concat(second.weights))).toBe(0);
  });

  test('a difference above the tolerance names the picture and the output', async () => {
    const path = await write();
    const [first, second] = samples as [(typeof samples)[0], (typeof samples)[0]];
    const classLogits = Float32Array.from(second.classLogits);
    classLogits[7] = (classLogits[7] ?? 0) + 0.01;
    const wrong = checkParity('tfjs', path, network, [first, { ...second, classLogits }]);
    await expect(wrong).rejects.toThrow(/on second, classLogits differ by 0\.0100/);
    const broken = checkParity('tfjs', path, network, [{ ...first, boxEncodings: first.boxEncodings.slice(4) }]);
    await expect(broken).rejects.toThrow(/on first, boxEncodings differ by Infinity/);
  });

  test('detections are refused in words', () => {
    expect(() => exportTfjs(network, parameters, { outputs: 'detections' })).toThrow("'raw' or 'decoded'");
  });
});
