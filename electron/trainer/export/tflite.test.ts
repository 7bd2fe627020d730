import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network, Parameters } from '../detector/network';
import {
  growingBoxes,
  referenceBoxes,
  referenceForward,
  referenceScores,
  testNetwork,
  testParameters,
  testPixels,
} from './testNetwork';
import { exportTflite } from './tflite';

/** A Python that has the package `ai-edge-litert`, the runtime of these models; without one its tests are skipped. */
const python = process.env['LINESIDE_PYTHON'] ?? 'python3';
const hasPythonLiteRt = spawnSync(python, ['-c', 'import ai_edge_litert, numpy']).status === 0;

/** Runs a model on raw pixels and writes the outputs, by the names of the signature, as float32 one after the other. */
const runner = `
import sys, numpy
from ai_edge_litert.interpreter import Interpreter
model, pixels, result, *names = sys.argv[1:]
signature = Interpreter(model).get_signature_runner('serving_default')
shape = signature.get_input_details()['images']['shape']
images = numpy.fromfile(pixels, numpy.uint8).reshape(shape).astype(numpy.float32)
outputs = signature(images=images)
assert sorted(outputs) == sorted(names), sorted(outputs)
numpy.concatenate([outputs[name].ravel() for name in names]).tofile(result)
`;

const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('tflite');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-tflite-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(
  of: Network,
  values: Parameters,
  outputs: 'raw' | 'decoded',
  names: readonly string[],
): Promise<Float32Array> {
  const [model, input, result] = ['model.tflite', 'pixels', 'result'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(model, exportTflite(of, values, { outputs }));
  await writeFile(input, pixels);
  execFileSync(python, ['-c', runner, model, input, result, ...names], { stdio: 'pipe' });
  const bytes = await readFile(result);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (actual[index] ?? NaN))), 0);
  expect(worst).toBeLessThan(1e-4);
}

describe('export as TFLite', () => {
  test.skipIf(!hasPythonLiteRt)('raw outputs agree with a forward pass in plain loops', async () => {
    const expected = referenceForward(network, parameters, 'picture', pixels);
    const outputs = await run(network, parameters, 'raw', ['boxEncodings', 'classLogits']);
    expectClose(outputs, [...expected.boxEncodings, ...expected.classLogits]);
  });

  test.skipIf(!hasPythonLiteRt)('boxes and scores are those worked out by hand', async () => {
    const { boxEncodings, classLogits } = referenceForward(network, parameters, 'picture', pixels);
    const outputs = await run(network, parameters, 'decoded', ['boxes', 'scores', 'boxEncodings', 'classLogits']);
    const boxes = referenceBoxes(network, boxEncodings);
    expectClose(outputs, [...boxes, ...referenceScores(network, classLogits), ...boxEncodings, ...classLogits]);
  });

  test.skipIf(!hasPythonLiteRt)('a size that grows without end is limited as in the trainer', async () => {
    const { grown, tiny } = growingBoxes();
    const { boxEncodings } = referenceForward(tiny, grown, 'picture', pixels);
    const outputs = await run(tiny, grown, 'decoded', ['boxes', 'scores', 'boxEncodings', 'classLogits']);
    expectClose(outputs.subarray(0, boxEncodings.length), referenceBoxes(tiny, boxEncodings));
  });

  test('the file names its format, and the same model gives the same bytes', () => {
    const first = exportTflite(network, parameters);
    expect(Buffer.from(first.subarray(4, 8)).toString()).toBe('TFL3');
    expect(Buffer.compare(first, exportTflite(testNetwork(), testParameters(network)))).toBe(0);
  });

  test('weights lie at multiples of 16 bytes, for runtimes that map the file', () => {
    const bytes = Buffer.from(exportTflite(network, parameters));
    for (const layer of ['stem', 'block/depthwise', 'map0/class']) {
      const bias = parameters.get(`${layer}/bias`)?.values ?? new Float32Array();
      const at = bytes.indexOf(new Uint8Array(bias.buffer));
      expect(at).toBeGreaterThan(0);
      expect(at % 16).toBe(0);
    }
  });

  test('detections are refused in words', () => {
    expect(() => exportTflite(network, parameters, { outputs: 'detections' })).toThrow("'raw' or 'decoded'");
  });
});
