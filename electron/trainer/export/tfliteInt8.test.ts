import { describe, expect, test } from 'vitest';
import type { Network } from '../detector/network';
import { postprocess } from '../detector/postprocess';
import { hasPythonLiteRt, runInPython } from './liteRt.testing';
import { openTflite } from './runtimes';
import { referenceForward, testCalibration, testNetwork, testParameters, testPixels } from './testNetwork';
import { exportTflite } from './tflite';
import { exportCoral, exportTfliteInt8 } from './tfliteInt8';

const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('tflite');
const reference = referenceForward(network, parameters, 'picture', pixels);
const calibration = testCalibration(network, parameters, [
  pixels,
  ...[1, 2, 3].map((index) => testPixels('calibration', index)),
]);
const raw = ['boxEncodings', 'classLogits'] as const;

/** Noise of a model's outputs, as a share of the outputs' power. */
function noise(outputs: Readonly<Record<string, ArrayLike<number>>>, name: (typeof raw)[number]): number {
  const [actual, expected] = [outputs[name] ?? [], reference[name]];
  let [error, power] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    error += ((actual[index] ?? NaN) - (expected[index] ?? NaN)) ** 2;
    power += (expected[index] ?? NaN) ** 2;
  }
  return error / power;
}

async function runHere(model: Uint8Array, names: readonly string[]): Promise<Readonly<Record<string, Float32Array>>> {
  const runtime = await openTflite(model);
  try {
    return await runtime.prepare({ name: 'picture', pixels }, names)();
  } finally {
    await runtime.close();
  }
}

const allInt8 = (): Uint8Array => exportTfliteInt8(network, parameters, calibration, new Set());
const coral = (): Uint8Array => exportCoral(network, parameters, calibration);
const heads = new Set(network.featureMaps.flatMap(({ boxHead, classHead }) => [boxHead, classHead]));
const mixed = (): Uint8Array =>
  exportTfliteInt8(network, parameters, calibration, new Set([...heads, 'stem', 'block/add']));

describe('export as TFLite in int8', () => {
  test.each([
    ['int8', allInt8, 0.002],
    ['int8 with layers in float32', mixed, 0.002],
    ['Coral', coral, 0.002],
  ] as const)(
    '%s: the outputs are those of the forward pass in plain loops, but for rounding',
    async (_, write, most) => {
      const outputs = await runHere(write(), raw);
      for (const name of raw) {
        expect(noise(outputs, name), name).toBeLessThan(most);
        expect(noise(outputs, name), name).toBeGreaterThan(0);
      }
    },
  );

  test('with every layer in float32 it is the float32 model', async () => {
    const all = new Set(network.layers.map(({ name }) => name));
    const outputs = await runHere(exportTfliteInt8(network, parameters, calibration, all), raw);
    for (const name of raw) expect(noise(outputs, name), name).toBeLessThan(1e-10);
  });

  test.skipIf(!hasPythonLiteRt)('Python reads the picture and the outputs with the same scales', async () => {
    for (const [write, input] of [
      [allInt8, 'float32'],
      [coral, 'uint8'],
    ] as const) {
      const run = runInPython(write(), pixels);
      expect(run.input).toBe(input);
      for (const name of raw) expect(noise(run.outputs, name), name).toBeLessThan(0.002);
    }
  });

  test.skipIf(!hasPythonLiteRt)('for Coral there are integers only, and operators that its compiler maps', () => {
    const { operators } = runInPython(coral(), pixels);
    const names = [...new Set(operators.map(([name]) => name))].sort();
    expect(names).toEqual(['ADD', 'CONCATENATION', 'CONV_2D', 'DEPTHWISE_CONV_2D', 'QUANTIZE', 'RESHAPE']);
    expect(new Set(operators.flatMap(([, types]) => types))).toEqual(new Set(['int8', 'uint8', 'int32']));
  });

  test.skipIf(!hasPythonLiteRt)('in the int8 model only the heads’ outputs are turned into floats', () => {
    const { operators } = runInPython(allInt8(), pixels);
    for (const [name, types] of operators) {
      if (name.includes('CONV') || name === 'QUANTIZE') expect(types, name).toContain('int8');
      if (name.includes('CONV')) expect(types, name).not.toContain('float32');
    }
    expect(operators.filter(([name]) => name === 'DEQUANTIZE')).toHaveLength(heads.size);
    expect(operators.filter(([name]) => name === 'QUANTIZE')).toHaveLength(1);
  });

  test('the same model gives the same bytes', () => {
    expect(Buffer.compare(allInt8(), allInt8())).toBe(0);
    expect(Buffer.compare(coral(), coral())).toBe(0);
  });
});

describe('TFLite with detections in the graph', () => {
  /** Small priors in the middle: the operator does not clip boxes, the trainer does, so none may reach over the edge. */
  const priors = network.priors.map((value, index) => (index % 4 < 2 ? 0.35 + value * 0.3 : 0.03 + value * 0.2));
  const inside: Network = { ...network, priors };
  const postprocessing = { threshold: 0.5, iouThreshold: 0.45, maxDetections: 60 };
  const options = { outputs: 'detections', postprocessing } as const;
  const names = ['detectionBoxes', 'detectionClasses', 'detectionScores', 'detectionCount'] as const;

  function expectOurs(outputs: Readonly<Record<string, ArrayLike<number>>>): void {
    const { boxEncodings, classLogits } = referenceForward(inside, parameters, 'picture', pixels);
    const ours = postprocess(boxEncodings, classLogits, priors, {
      scoreThreshold: postprocessing.threshold,
      nmsThreshold: postprocessing.iouThreshold,
      maxDetections: postprocessing.maxDetections,
      scores: 'softmax',
    });
    const [boxes, classes, scores, count] = names.map((name) => outputs[name] ?? []) as [
      ArrayLike<number>,
      ArrayLike<number>,
      ArrayLike<number>,
      ArrayLike<number>,
    ];
    expect(ours.length).toBeGreaterThan(20);
    expect(count[0]).toBe(ours.length);
    ours.forEach((detection, index) => {
      expect(classes[index]).toBe(detection.classIndex);
      expect(scores[index]).toBeCloseTo(detection.score, 4);
      detection.box.forEach((side, at) => expect(boxes[index * 4 + at]).toBeCloseTo(side, 4));
    });
  }

  test('the operator finds what the trainer’s decoding and suppression find', async () => {
    expectOurs(await runHere(exportTflite(inside, parameters, options), names));
  });

  test.skipIf(!hasPythonLiteRt)('in Python, too', () => {
    expectOurs(runInPython(exportTflite(inside, parameters, options), pixels).outputs);
  });

  test.skipIf(!hasPythonLiteRt)('in every variant; for Coral it stands alone behind the integers', () => {
    const variants = [
      exportTflite(inside, parameters, options, 'float16'),
      exportTfliteInt8(inside, parameters, calibration, new Set(), options),
      exportCoral(inside, parameters, calibration, options),
    ];
    const runs = variants.map((model) => runInPython(model, pixels));
    for (const { outputs } of runs) expect(outputs['detectionCount']?.[0]).toBeGreaterThan(20);
    const tail = runs[2]?.operators.slice(-4).map(([name]) => name);
    expect(tail).toEqual(['DEQUANTIZE', 'DEQUANTIZE', 'SOFTMAX', 'TFLite_Detection_PostProcess']);
  });
});
