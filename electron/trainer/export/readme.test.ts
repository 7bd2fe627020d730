import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFormats, type ExportFormat } from './formats';
import { exportOnnx } from './onnx';
import { readme } from './readme';
import { settingsJson } from './settings';
import { testLabels, testNetwork, testParameters, testPixels, testSize } from './testNetwork';
import { exportTfjs } from './tfjs';

/** The programs in an export's README are run as they stand; the oracle is the ONNX model with suppression in the graph. */
const python = process.env['LINESIDE_PYTHON'] ?? 'python3';
const runtimes = { onnx: 'onnxruntime', tflite: 'ai_edge_litert' } as const;

function hasPython(format: keyof typeof runtimes): boolean {
  return spawnSync(python, ['-c', `import numpy, PIL, ${runtimes[format]}`]).status === 0;
}

const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('readme');
const postprocessing = { threshold: 0.7, iouThreshold: 0.4, maxDetections: 100 };
const settings = settingsJson(network, testLabels, postprocessing);
const { width, height } = testSize;

/** A detection as text: its label and corners in whole pixels. */
let expected: string[] = [];
let folder = '';
beforeAll(async () => {
  await tf.setBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'lineside-readme-'));
  expected = await detect();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function detect(): Promise<string[]> {
  const session = await InferenceSession.create(
    exportOnnx(network, parameters, { outputs: 'detections', postprocessing }),
  );
  const channels = [0, 1, 2].flatMap((channel) => [...pixels.filter((_, index) => index % 3 === channel)]);
  const { detectionBoxes, detectionClasses } = await session.run({
    images: new Tensor('float32', Float32Array.from(channels), [1, 3, height, width]),
  });
  await session.release();
  const boxes = detectionBoxes?.data as Float32Array;
  return Array.from(detectionClasses?.data as BigInt64Array, (classIndex, row) =>
    inWords(testLabels[Number(classIndex)] ?? '', [...boxes.subarray(row * 4, row * 4 + 4)]),
  );
}

function inWords(label: string, [x1, y1, x2, y2]: readonly number[]): string {
  const side = (value: number | undefined, length: number): number =>
    Math.round(Math.min(1, Math.max(0, value ?? NaN)) * length);
  return `${label} ${side(x1, width)} ${side(x2, width)} ${side(y1, height)} ${side(y2, height)}`;
}

function program(format: ExportFormat, language: string): string {
  const text = readme(network, testLabels, [format]);
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text)?.[1] ?? '';
}

describe('the README of an export', () => {
  test('names the classes and every format of the bundle', () => {
    expect(expected.length).toBeGreaterThan(10);
    const text = readme(network, testLabels, ['tfjs']);
    expect(text).toContain('nut, washer');
    expect(text).toContain(exportFormats.tfjs.modelFile);
    expect(text).not.toContain(exportFormats.onnx.modelFile);
  });

  test('its web program finds what the model with suppression finds', async () => {
    const { modelJson, weights } = exportTfjs(network, parameters);
    const json = JSON.parse(modelJson) as tf.io.ModelJSON;
    const specs = json.weightsManifest.flatMap((group) => group.weights);
    const artifacts = tf.io.getModelArtifactsForJSONSync(json, specs, Uint8Array.from(Buffer.concat(weights)).buffer);
    const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
    const before = tf.memory().numTensors;

    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, index) =>
      index % 4 === 3 ? 255 : (pixels[Math.floor(index / 4) * 3 + (index % 4)] ?? 0),
    );
    const img = { data: rgba, width, height, naturalWidth: width, naturalHeight: height };
    const fetched = { json: () => Promise.resolve(JSON.parse(settings) as unknown) };
    const printed: string[] = [];
    const log = (label: string, x1: number, y1: number, x2: number, y2: number): void => {
      printed.push(inWords(label, [x1 / width, y1 / height, x2 / width, y2 / height]));
    };
    const run = runInThisContext(`(async (tf, img, fetch, console) => {${program('tfjs', 'js')}})`) as (
      ...globals: readonly unknown[]
    ) => Promise<void>;
    await run({ ...tf, loadGraphModel: () => Promise.resolve(model) }, img, () => Promise.resolve(fetched), { log });
    expect(printed.sort()).toEqual([...expected].sort());
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test.for(['onnx', 'tflite'] as const)(
    'its Python program for %s finds what the model with suppression finds, in the same order',
    { timeout: 20_000 },
    async (format, { skip }) => {
      skip(!hasPython(format), `no Python with ${runtimes[format]}`);
      const { write } = exportFormats[format];
      const { files } = await write(network, parameters, {});
      for (const { path, bytes } of files) await writeFile(join(folder, path), bytes);
      await writeFile(join(folder, 'settings.json'), settings);
      await writeFile(join(folder, 'detect.py'), program(format, 'python'));
      const picture = Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]);
      await writeFile(join(folder, 'picture.ppm'), picture);
      const printed = execFileSync(python, ['detect.py', 'picture.ppm'], { cwd: folder, encoding: 'utf8' });
      const found = [...printed.matchAll(/^(\S+) \S+ at x (\d+) to (\d+), y (\d+) to (\d+)$/gm)];
      expect(found.map((line) => line.slice(1).join(' '))).toEqual(expected);
    },
  );
});
