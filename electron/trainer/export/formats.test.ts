import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportFormat } from '../../../shared/contract';
import { layerOutputs } from '../detector/detect';
import { initialParameters } from '../detector/baseModel';
import { Runner } from '../detector/forward';
import type { Network } from '../detector/network';
import { baseModelShapes, type PriorShape } from '../detector/priorBoxes';
import { buildSsd } from '../detector/ssd';
import { Weights } from '../detector/weights';
import { openEngine } from '../engine/engine';
import { createRandom } from '../random';
import { Calibrator, type Calibration } from './calibration';
import { exportFormats, type ExportFormat } from './formats';
import type { Quantizing } from './graph';
import { checkParity, type ParitySample } from './parity';

/** The whole detector, with the base model's weights: the trainer's own forward pass is the oracle for every format. */
const fineShapes: readonly PriorShape[] = [
  [0.05, 0.05],
  [0.07, 0.035],
];
const network: Network = buildSsd({
  input: { width: 241, height: 160 },
  classes: 2,
  priorShapes: [fineShapes, ...baseModelShapes],
  fineMap: true,
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-formats-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Blocks of one colour with noise, so that every layer has something to see. */
async function trainerSample(runner: Runner, name: string): Promise<ParitySample> {
  const { height, width } = network.input;
  const random = createRandom('formats', name);
  const pixels = Uint8Array.from(
    { length: height * width * 3 },
    (_, index) => (Math.floor(index / 60) * 37 + random.int(60)) % 256,
  );
  const images = tf.tensor4d(pixels, [1, height, width, 3], 'float32');
  const raw = runner.infer(images);
  const [boxEncodings, classLogits] = await Promise.all([
    raw.boxEncodings.data<'float32'>(),
    raw.classLogits.data<'float32'>(),
  ]);
  tf.dispose([images, raw.boxEncodings, raw.classLogits]);
  return { name, pixels, boxEncodings, classLogits };
}

function calibrate(runner: Runner, samples: readonly ParitySample[]): Calibration {
  const calibrator = new Calibrator();
  const { height, width } = network.input;
  for (const { pixels } of samples) calibrator.add(layerOutputs(runner, { pixels, batchSize: 1, height, width }));
  return calibrator.finish(network);
}

/** Of formats that round, whose rounding adds up over the layers: the noise of their outputs is measured in tfliteInt8.test.ts. */
const mostOf: Partial<Record<ExportFormat, number>> = { tfliteFloat16: 0.05, tfliteInt8: 6, coral: 6 };

test(
  'every format of the contract gives the trainer’s raw outputs, within 1e-4 where it does not round, and no tensor is left',
  { timeout: 120_000 },
  async () => {
    const engine = await openEngine();
    const weights = new Weights(network, initialParameters(network, createRandom('formats')));
    const runner = new Runner(network, weights, engine.kernels);
    const samples = [await trainerSample(runner, 'first'), await trainerSample(runner, 'second')];
    const before = tf.memory().numTensors;
    const quantizing: Quantizing = {
      calibrate: () => Promise.resolve(calibrate(runner, samples)),
      lostMAP50: () => Promise.resolve(0),
    };
    for (const format of exportFormat.options) {
      const { modelFile, write } = exportFormats[format];
      const { files, others } = await write(network, weights.parameters(), {}, quantizing);
      for (const { path, bytes } of [...files, ...others]) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), bytes);
      }
      const { maxAbsError } = await checkParity(format, join(folder, modelFile), network, samples);
      expect(maxAbsError, format).toBeLessThan(mostOf[format] ?? 1e-4);
    }
    expect(tf.memory().numTensors).toBe(before);
    weights.dispose();
  },
);
