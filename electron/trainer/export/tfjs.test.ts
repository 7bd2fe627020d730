import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkParity } from './parity';
import {
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

describe('export as TF.js', () => {
  test('raw outputs agree with a forward pass in plain loops, and no tensor is left behind', async () => {
    const path = await write();
    const before = tf.memory().numTensors;
    const { maxAbsError, rawOutputs } = await checkParity('tfjs', path, samples);
    expect(maxAbsError).toBeLessThan(1e-4);
    expect(rawOutputs.map(({ classLogits }) => classLogits.length)).toEqual([570 * 3, 570 * 3]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('predict gives boxes and scores worked out by hand, by name, for a batch', async () => {
    const { modelJson, weights } = exportTfjs(network, parameters);
    const json = JSON.parse(modelJson) as tf.io.ModelJSON;
    const bytes = Uint8Array.from(Buffer.concat(weights)).buffer;
    const specs = json.weightsManifest.flatMap((group) => group.weights);
    const artifacts = tf.io.getModelArtifactsForJSONSync(json, specs, bytes);
    const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
    expect(model.inputs.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'images', shape: [-1, 46, 65, 3] },
    ]);

    const pixels = Uint8Array.from(samples.flatMap((sample) => [...sample.pixels]));
    const images = tf.tensor4d(pixels, [2, testSize.height, testSize.width, 3], 'float32');
    const [boxes, scores] = model.execute(images, ['boxes', 'scores']) as [tf.Tensor, tf.Tensor];
    expect(boxes.shape).toEqual([2, 570, 4]);
    const expectedBoxes = samples.flatMap((sample) => referenceBoxes(network, sample.boxEncodings));
    const expectedScores = samples.flatMap((sample) => referenceScores(network, sample.classLogits));
    tf.test_util.expectArraysClose(await boxes.data(), expectedBoxes, 1e-4);
    tf.test_util.expectArraysClose(await scores.data(), expectedScores, 1e-4);
    tf.dispose([images, boxes, scores]);
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
    const wrong = checkParity('tfjs', path, [first, { ...second, classLogits }]);
    await expect(wrong).rejects.toThrow(/on second, classLogits differ by 0\.0100/);
    const broken = checkParity('tfjs', path, [{ ...first, boxEncodings: first.boxEncodings.slice(4) }]);
    await expect(broken).rejects.toThrow(/on first, boxEncodings differ by Infinity/);
  });

  test('detections are refused in words', () => {
    expect(() => exportTfjs(network, parameters, { outputs: 'detections' })).toThrow("'raw' or 'decoded'");
  });
});
