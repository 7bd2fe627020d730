import { describe, expect, test } from 'vitest';
import type { Network, Parameters } from '../detector/network';
import { hasPythonLiteRt, runInPython } from './liteRt.testing';
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

const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('tflite');

function run(of: Network, values: Parameters, outputs: 'raw' | 'decoded', names: readonly string[]): Float32Array {
  const ran = runInPython(exportTflite(of, values, { outputs }), pixels);
  expect(Object.keys(ran.outputs).sort()).toEqual([...names].sort());
  return Float32Array.from(names.flatMap((name) => ran.outputs[name] ?? []));
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (actual[index] ?? NaN))), 0);
  expect(worst).toBeLessThan(1e-4);
}

describe('export as TFLite', () => {
  test.skipIf(!hasPythonLiteRt)('raw outputs agree with a forward pass in plain loops', () => {
    const expected = referenceForward(network, parameters, 'picture', pixels);
    const outputs = run(network, parameters, 'raw', ['boxEncodings', 'classLogits']);
    expectClose(outputs, [...expected.boxEncodings, ...expected.classLogits]);
  });

  test.skipIf(!hasPythonLiteRt)(
    'with weights in float16 they agree to a hundredth, and the file has no other weights',
    () => {
      const model = exportTflite(network, parameters, { outputs: 'raw' }, 'float16');
      const { outputs, operators } = runInPython(model, pixels);
      const { boxEncodings } = referenceForward(network, parameters, 'picture', pixels);
      const actual = outputs['boxEncodings'] ?? [];
      const worst = boxEncodings.reduce((most, value, at) => Math.max(most, Math.abs(value - (actual[at] ?? NaN))), 0);
      expect(worst).toBeLessThan(0.01);
      expect(worst).toBeGreaterThan(1e-5);
      const convolutions = network.layers.filter(({ kind }) => kind !== 'add');
      expect(operators.filter(([name, types]) => name === 'DEQUANTIZE' && types[0] === 'float16')).toHaveLength(
        convolutions.length,
      );
    },
  );

  test.skipIf(!hasPythonLiteRt)('boxes and scores are those worked out by hand', () => {
    const { boxEncodings, classLogits } = referenceForward(network, parameters, 'picture', pixels);
    const outputs = run(network, parameters, 'decoded', ['boxes', 'scores', 'boxEncodings', 'classLogits']);
    const boxes = referenceBoxes(network, boxEncodings);
    expectClose(outputs, [...boxes, ...referenceScores(network, classLogits), ...boxEncodings, ...classLogits]);
  });

  test.skipIf(!hasPythonLiteRt)('a size that grows without end is limited as in the trainer', () => {
    const { grown, tiny } = growingBoxes();
    const { boxEncodings } = referenceForward(tiny, grown, 'picture', pixels);
    const outputs = run(tiny, grown, 'decoded', ['boxes', 'scores', 'boxEncodings', 'classLogits']);
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
});
