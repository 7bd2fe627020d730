import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Detection } from '../detector/detections';
import type { Network } from '../detector/network';
import { postprocess } from '../detector/postprocess';
import type { Postprocessing } from './graph';
import { exportOnnx } from './onnx';
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

/** A Python that has the package `onnx`, for the checker; without one that test is skipped. */
const python = process.env['LINESIDE_PYTHON'] ?? 'python3';
const hasPythonOnnx = spawnSync(python, ['-c', 'import onnx']).status === 0;

const network = testNetwork();
const parameters = testParameters(network);
const samples = ['first', 'second'].map((name) => referenceForward(network, parameters, name, testPixels(name)));
const area = testSize.height * testSize.width;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-onnx-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The test pictures as one batch [2, 3, height, width]. */
function batch(count: number): Tensor {
  const values = new Float32Array(count * area * 3);
  samples.slice(0, count).forEach(({ pixels }, picture) => {
    pixels.forEach((value, index) => {
      values[(picture * 3 + (index % 3)) * area + Math.floor(index / 3)] = value;
    });
  });
  return new Tensor('float32', values, [count, 3, testSize.height, testSize.width]);
}

async function run(
  model: Uint8Array,
  images: Tensor,
): Promise<Record<string, { dims: readonly number[]; data: number[] }>> {
  const session = await InferenceSession.create(model);
  const results = await session.run({ images });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { dims, data: Array.from(data as Float32Array, Number) },
    ]),
  );
}

function expectClose(actual: readonly number[] | undefined, expected: readonly number[], tolerance = 1e-4): void {
  expect(actual?.length).toBe(expected.length);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (actual?.[index] ?? NaN))), 0);
  expect(worst).toBeLessThan(tolerance);
}

describe('export as ONNX', () => {
  test('raw outputs agree with a forward pass in plain loops, picture by picture', async () => {
    const path = join(folder, 'raw.onnx');
    await writeFile(path, exportOnnx(network, parameters, { outputs: 'raw' }));
    const { maxAbsError, detections } = await checkParity('onnx', path, network, samples);
    expect(maxAbsError).toBeLessThan(1e-4);
    const limits = { threshold: 0.01, iouThreshold: 0.45, maxDetections: 100 };
    for (const [index, sample] of samples.entries()) {
      const expected = trainerDetections(network, sample, limits);
      expectClose(
        detections[index]?.map(({ score }) => score),
        expected.map(({ score }) => score),
      );
    }
  });

  test('a batch of two gives boxes and scores worked out by hand', async () => {
    const results = await run(exportOnnx(network, parameters), batch(2));
    expect(Object.keys(results)).toEqual(['boxes', 'scores', 'boxEncodings', 'classLogits']);
    expect(results['boxes']?.dims).toEqual([2, 570, 4]);
    expect(results['scores']?.dims).toEqual([2, 570, 3]);
    expectClose(
      results['boxes']?.data,
      samples.flatMap((sample) => referenceBoxes(network, sample.boxEncodings)),
    );
    expectClose(
      results['scores']?.data,
      samples.flatMap((sample) => referenceScores(network, sample.classLogits)),
    );
  });

  test('detections are those of the trainer, best first', async () => {
    const postprocessing = { threshold: 0.6, iouThreshold: 0.5, maxDetections: 20 };
    const results = await run(exportOnnx(network, parameters, { outputs: 'detections', postprocessing }), batch(1));
    const expected = trainerDetections(network, samples[0], postprocessing);
    expect(expected.length).toBe(20);
    expectClose(
      results['detectionScores']?.data,
      expected.map(({ score }) => score),
    );
    expect(results['detectionClasses']?.data).toEqual(expected.map(({ classIndex }) => classIndex));
    expectClose(
      results['detectionBoxes']?.data,
      expected.flatMap(({ box: [y1, x1, y2, x2] }) => [x1, y1, x2, y2]),
    );
  });

  test('boxes that lie outside the picture are not detected', async () => {
    const outside = {
      ...network,
      priors: network.priors.map((value, index) => (index % 4 < 2 ? value + 0.6 : value / 2)),
    };
    const postprocessing = { threshold: 0.3, iouThreshold: 0.5, maxDetections: 100 };
    const results = await run(exportOnnx(outside, parameters, { outputs: 'detections', postprocessing }), batch(1));
    const expected = trainerDetections(outside, samples[0], postprocessing);
    expect(expected.length).toBeGreaterThan(5);
    expectClose(
      results['detectionBoxes']?.data,
      expected.flatMap(({ box: [y1, x1, y2, x2] }) => [x1, y1, x2, y2]),
    );
  });

  test('a size that grows without end is limited as in the trainer', async () => {
    const { grown, tiny } = growingBoxes();
    const sample = referenceForward(tiny, grown, 'first', samples[0]?.pixels ?? new Uint8Array());
    const results = await run(exportOnnx(tiny, grown), batch(1));
    expectClose(results['boxes']?.data, referenceBoxes(tiny, sample.boxEncodings));
  });

  test('nothing found gives empty detections', async () => {
    const postprocessing = { threshold: 1, iouThreshold: 0.5, maxDetections: 20 };
    const results = await run(exportOnnx(network, parameters, { outputs: 'detections', postprocessing }), batch(1));
    expect(results['detectionBoxes']?.dims).toEqual([0, 4]);
    expect(results['detectionScores']?.data).toEqual([]);
  });

  test('the same model gives the same bytes, and other weights give others', () => {
    const first = exportOnnx(network, parameters, { labels: testLabels });
    expect(Buffer.compare(first, exportOnnx(testNetwork(), testParameters(network), { labels: testLabels }))).toBe(0);
    const [name, weights] = [...parameters][0] ?? [];
    const changed = new Map(parameters).set(name ?? '', {
      shape: weights?.shape ?? [],
      values: new Float32Array(8 * 27),
    });
    expect(Buffer.compare(first, exportOnnx(network, changed, { labels: testLabels }))).not.toBe(0);
  });

  test('weights that are missing, misshapen or not numbers are refused by name', () => {
    const without = new Map(parameters);
    without.delete('extra/bias');
    expect(() => exportOnnx(network, without)).toThrow('weights extra/bias are missing, expected [16]');
    const misshapen = new Map(parameters).set('extra/bias', { shape: [4, 4], values: new Float32Array(16) });
    expect(() => exportOnnx(network, misshapen)).toThrow('weights extra/bias are [4, 4], expected [16]');
    const broken = new Map(parameters).set('extra/bias', { shape: [16], values: new Float32Array(16).fill(NaN, 3) });
    expect(() => exportOnnx(network, broken)).toThrow('weight 3 of extra/bias is NaN');
  });

  test.skipIf(!hasPythonOnnx)(
    'onnx.checker of Python finds nothing to complain of',
    async () => {
      for (const outputs of ['raw', 'decoded', 'detections'] as const) {
        const path = join(folder, `${outputs}.checked.onnx`);
        await writeFile(path, exportOnnx(network, parameters, { outputs, labels: testLabels }));
        execFileSync(python, ['-c', 'import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)', path]);
      }
    },
    20_000,
  );
});

function trainerDetections(of: Network, sample: ParitySample | undefined, limits: Postprocessing): Detection[] {
  const { boxEncodings, classLogits } = sample ?? { boxEncodings: new Float32Array(), classLogits: new Float32Array() };
  return postprocess(boxEncodings, classLogits, of.priors, {
    scoreThreshold: limits.threshold,
    nmsThreshold: limits.iouThreshold,
    maxDetections: limits.maxDetections,
    scores: 'softmax',
  });
}
