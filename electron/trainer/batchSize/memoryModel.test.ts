import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Network } from '../detector/network';
import { baseModelShapes } from '../detector/priorBoxes';
import { buildSsd } from '../detector/ssd';
import { besideStepsBytes, calibrate, predictBytes } from './memoryModel';

/** 4×4 picture → 3×3 convolution to 8 channels at 2×2 → depthwise → 1×1 → added to the first. 4 cells × 1 prior, 3 outputs. */
const tiny: Network = {
  input: { width: 4, height: 4 },
  layers: [
    {
      kind: 'conv2d',
      name: 'first',
      input: 'input',
      kernel: 3,
      stride: 2,
      inChannels: 3,
      outChannels: 8,
      activation: 'relu6',
      output: { width: 2, height: 2 },
      group: 'backbone',
    },
    {
      kind: 'depthwiseConv2d',
      name: 'depthwise',
      input: 'first',
      kernel: 3,
      stride: 1,
      inChannels: 8,
      outChannels: 8,
      activation: 'relu6',
      output: { width: 2, height: 2 },
      group: 'backbone',
    },
    {
      kind: 'conv2d',
      name: 'project',
      input: 'depthwise',
      kernel: 1,
      stride: 1,
      inChannels: 8,
      outChannels: 8,
      activation: 'linear',
      output: { width: 2, height: 2 },
      group: 'backbone',
    },
    { kind: 'add', name: 'sum', inputs: ['first', 'project'], channels: 8, output: { width: 2, height: 2 } },
  ],
  featureMaps: [],
  outputs: 3,
  priors: new Float32Array(4 * 4),
};

describe('batchSize memory model', () => {
  test('a tiny network, worked by hand', () => {
    const { parts, total } = predictBytes(tiny, { batchSize: 2, frozenLayers: 0, threads: 2 });
    // parameters: 3·3·3·8+8 = 224, 3·3·8+8 = 80, 8·8+8 = 72: 376 numbers of 4 bytes
    expect(parts.parameters).toBe(2 * 376 * 4);
    expect([parts.gradients, parts.optimizer, parts.average]).toEqual([376 * 4, 376 * 4, 376 * 4]);
    // four outputs of 2·2·8 = 32 numbers, 2 pictures
    expect(parts.activations).toBe(4 * 32 * 2 * 4);
    // the sum and its two inputs are the largest together: 96 numbers, 2 pictures
    expect(parts.activationGradients).toBe(96 * 2 * 4);
    expect(parts.input).toBe(2 * 48 * 13);
    // 4 priors × (4 + 3) × 6 copies, 2 pictures
    expect(parts.loss).toBe(4 * 7 * 6 * 2 * 4);
    // 2·2 cells × 9 × 3 channels, 2 threads
    expect(parts.workspace).toBe(108 * 2 * 4);
    expect(parts.arena).toBeCloseTo(0.02 * (4 * 32 + 96) * 2 * 4, 6);
    expect(total).toBe(Object.values(parts).reduce((sum: number, bytes: number) => sum + bytes, 0));
  });

  test.each([
    ['sgd', 0],
    ['momentum', 1],
    ['adam', 2],
  ] as const)('%s keeps %i numbers a parameter', (optimizer, numbers) => {
    const { parts, total } = predictBytes(tiny, { batchSize: 2, frozenLayers: 0, optimizer });
    expect(parts.optimizer).toBe(numbers * 376 * 4);
    const usual = predictBytes(tiny, { batchSize: 2, frozenLayers: 0 }).total;
    expect(total - usual).toBeCloseTo((numbers - 1) * 376 * 4, 6);
  });

  test('frozen leading layers keep only what the trained ones need', () => {
    const { parts } = predictBytes(tiny, { batchSize: 1, frozenLayers: 2 });
    // project and sum, and both frozen outputs, which enter them
    expect(parts.activations).toBe(4 * 32 * 4);
    expect(predictBytes(tiny, { batchSize: 1, frozenLayers: 3 }).parts.activations).toBe(3 * 32 * 4);
  });

  test('wasm keeps two outputs of each convolution, and has no library', () => {
    const { parts } = predictBytes(tiny, { batchSize: 1, frozenLayers: 0, engine: 'wasm' });
    expect(parts).toMatchObject({ activations: (2 * 3 + 1) * 32 * 4, runtime: 180e6 });
    expect(parts.arena).toBeCloseTo(0.08 * ((2 * 3 + 1) * 32 + 96) * 4, 6);
  });

  test('grows with the batch, and by the same for each picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 128 }), fc.integer({ min: 0, max: 4 }), (batchSize, frozenLayers) => {
        const bytes = (size: number): number => predictBytes(tiny, { batchSize: size, frozenLayers }).total;
        expect(bytes(batchSize + 1) - bytes(batchSize)).toBeCloseTo(bytes(batchSize + 2) - bytes(batchSize + 1), 4);
        expect(bytes(batchSize + 1)).toBeGreaterThan(bytes(batchSize));
      }),
    );
  });
});

describe('batchSize memory model against measured peaks', () => {
  test.each([
    [300, 1, 379e6],
    [300, 2, 508e6],
    [300, 4, 783e6],
    [512, 1, 660e6],
    [512, 2, 1066e6],
  ])('wasm, BCCD at %i pixels, %i at a time: within 10 %%', (edge, batchSize, measured) => {
    const { total } = predictBytes(detector(edge), { batchSize, frozenLayers: 0, engine: 'wasm' });
    expect(Math.abs(total / measured - 1)).toBeLessThan(0.1);
  });

  // npm run study -- memory; Linux, TensorFlow on two cores. The detector of BCCD, and the same at 512.
  const detector = (edge: number): Network =>
    buildSsd({
      input: { width: edge, height: edge },
      classes: 3,
      fineMap: true,
      priorShapes: [Array.from({ length: 4 }, () => [0.08, 0.06] as const), ...baseModelShapes],
    });
  test.each([
    [300, 1, 727],
    [300, 2, 782],
    [300, 4, 935],
    [300, 8, 1237],
    [300, 16, 1850],
    [300, 32, 3419],
    [300, 64, 6196],
    [512, 1, 841],
    [512, 4, 1480],
    [512, 8, 2280],
    [512, 16, 4330],
    [512, 32, 7996],
    // The same detectors on another day.
    [300, 1, 638],
    [300, 2, 693],
    [300, 4, 839],
    [300, 8, 1140],
    [300, 16, 1757],
    [300, 32, 3326],
    [300, 64, 6105],
    [512, 1, 748],
    [512, 2, 955],
    [512, 4, 1337],
    [512, 8, 2183],
    [512, 16, 4218],
  ])('%i pixels, %i at a time: within a tenth of %i MB', (edge, batchSize, megabytes) => {
    const { total } = predictBytes(detector(edge), { batchSize, frozenLayers: 0 });
    expect(Math.abs(total / 1e6 / megabytes - 1)).toBeLessThan(0.1);
  });
});

describe('batchSize memory model against detectors that its shares were not fitted to', () => {
  test.each([
    [400, 4, 1, 672],
    [400, 4, 2, 784],
    [400, 4, 4, 1022],
    [400, 4, 8, 1521],
    [400, 4, 16, 2488],
  ])(
    'no finer map, %i pixels, %i classes, %i at a time: within a tenth of %i MB',
    (edge, classes, batchSize, megabytes) => {
      const input = { width: edge, height: edge };
      const network = buildSsd({ input, classes, fineMap: false, priorShapes: baseModelShapes });
      const { total } = predictBytes(network, { batchSize, frozenLayers: 0 });
      expect(Math.abs(total / 1e6 / megabytes - 1)).toBeLessThan(0.1);
    },
  );
});

describe('batchSize memory beside the steps', () => {
  test('BCCD, 205 pictures: about what whole trainings took more, 529 and 473 MB; many pictures: half a GB of them', () => {
    const network = { ...tiny, input: { width: 300, height: 300 } };
    expect(besideStepsBytes(network, 205) / 1e6).toBeCloseTo(506, 0);
    expect(besideStepsBytes(network, 50_000) / 1e6).toBeCloseTo(877, 0);
  });
});

describe('batchSize calibrate against measured peaks (docs/studies/memory.md)', () => {
  const bccd = buildSsd({
    input: { width: 300, height: 300 },
    ...{ classes: 3, fineMap: true },
    priorShapes: [Array.from({ length: 4 }, () => [0.08, 0.06] as const), ...baseModelShapes],
  });
  const predict = (batchSize: number): number => predictBytes(bccd, { batchSize, frozenLayers: 0 }).total;
  const sizes = [1, 2, 4, 8, 16, 32, 64];
  test.each([
    ['one day', [638, 693, 839, 1140, 1757, 3326, 6105]],
    ['another', [727, 782, 935, 1237, 1850, 3419, 6196]],
  ])('%s: each size within a tenth, predicted from the smaller ones', (_day, megabytes) => {
    const measured = sizes.map((batchSize, index) => ({ batchSize, bytes: (megabytes[index] ?? NaN) * 1e6 }));
    const errors = measured.map(({ batchSize, bytes }, index) =>
      Math.abs(calibrate(predict, measured.slice(0, index))(batchSize) / bytes - 1),
    );
    expect(Math.max(...errors)).toBeLessThan(0.1);
    // Where the arena's step lies between: a line through the smaller ones alone was 11 % low at 32.
    expect(errors[sizes.indexOf(32)]).toBeLessThan(0.04);
  });
});

describe('batchSize calibrate', () => {
  const predict = (batchSize: number): number => 400 + 10 * batchSize;

  test('nothing measured: the prediction; one: shifted; two: the line through them', () => {
    expect(calibrate(predict, [])(8)).toBe(480);
    expect(calibrate(predict, [{ batchSize: 4, bytes: 500 }])(8)).toBe(540);
    expect(
      calibrate(predict, [
        { batchSize: 4, bytes: 500 },
        { batchSize: 8, bytes: 620 },
      ])(16),
    ).toBeCloseTo(860, 9);
  });

  test('the same size measured twice shifts by their mean; a line that falls rises half as fast as predicted', () => {
    expect(
      calibrate(predict, [
        { batchSize: 4, bytes: 500 },
        { batchSize: 4, bytes: 520 },
      ])(4),
    ).toBe(510);
    expect(
      calibrate(predict, [
        { batchSize: 1, bytes: 520 },
        { batchSize: 3, bytes: 500 },
      ])(64),
    ).toBe(510 + 0.5 * (predict(64) - predict(2)));
  });

  test('least squares finds a line under noise that sums to zero', () => {
    const points = [1, 2, 3, 4].map((batchSize, index) => ({
      batchSize,
      bytes: 100 + 7 * batchSize + ([1, -1, -1, 1][index] ?? 0),
    }));
    expect(calibrate(predict, points)(10)).toBeCloseTo(170, 9);
  });
});
