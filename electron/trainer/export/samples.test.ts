import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Transformer } from '@napi-rs/image';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PixelDetection } from '../../../shared/contract';
import { boxToPixels } from '../../../shared/boxes';
import { formatsFor } from '../../../shared/devices';
import { postprocess } from '../detector/postprocess';
import { mergeViews, viewsOf } from '../detector/tiling';
import { resample } from '../preprocessing/resize';
import { writeBundle } from './bundle';
import { defaultPostprocessing } from './graph';
import { certify } from './parity';
import { openRuntime } from './runtimes';
import { referenceForward, testLabels, testNetwork, testParameters, testQuantizing, testSize } from './testNetwork';
import { unzip } from './unzip.testing';
import { createRandom } from '../random';

/**
 * The sample programs are run as they lie in a package, on pictures larger than the detector reads. The oracle is the
 * trainer's own way: its resize, a forward pass in plain loops, its suppression, its tiles.
 */
const python = process.env['LINESIDE_PYTHON'] ?? 'python3';
const hasPython = (name: string): boolean => spawnSync(python, ['-c', `import numpy, PIL, ${name}`]).status === 0;

const network = testNetwork();
const parameters = testParameters(network);
const postprocessing = { ...defaultPostprocessing, threshold: 0.7 };
const picture = drawing(150, 97);
const root = path.resolve(__dirname, '../../..');

let folder = '';
beforeAll(async () => {
  await tf.setBackend('wasm');
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-samples-'));
  const devices = ['computer', 'raspberryPi'] as const;
  await writeBundle({
    folder: path.join(folder, 'export'),
    time: '2026-01-02T03:04:05Z',
    ...{ network, parameters, postprocessing, devices },
    labels: testLabels,
    tiling: undefined,
    formats: formatsFor(devices),
    quantizing: testQuantizing(network, parameters, [resample(picture, { x: 0, y: 0, ...picture }, testSize)]),
    card: {
      ...{ project: 'Nuts', run: 'runs/1', boxesPerClass: [1, 1], evaluation: null, choices: [] },
      data: { train: none, validation: none, test: none },
      plan: {
        ...{ inputWidth: testSize.width, inputHeight: testSize.height, fineMap: false, priorShapes: [], reasons: [] },
        ...{ priorCoverage: 1, smallestPixels: 9, medianPixels: 12 },
      },
    },
    measured: { computer: 'a processor', set: 'test' },
    verify: async (format, file) => {
      await (await openRuntime[format](file)).close();
      return certify(format, { maxAbsError: 0, mAP50: null, trainerMAP50: null, images: 0, milliseconds: null });
    },
  });
  for (const device of ['computer', 'raspberry-pi']) {
    for (const [name, bytes] of await unzip(path.join(folder, 'export', `${device}.zip`))) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), bytes);
    }
  }
  // What `npm install` would put there.
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'lineside-computer', 'node', 'node_modules'));
  const rgba = Uint8Array.from({ length: picture.width * picture.height * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : (picture.pixels[Math.floor(index / 4) * 3 + (index % 4)] as number),
  );
  await writeFile(
    path.join(folder, 'picture.png'),
    await Transformer.fromRgbaPixels(rgba, picture.width, picture.height).png(),
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const none = { pictures: 0, boxes: 0 };

function drawing(width: number, height: number) {
  const colours = Array.from({ length: 400 }, (_, block) => createRandom('samples', block).int(256));
  const blockOf = (x: number, y: number): number => 20 * Math.floor(y / 9) + Math.floor(x / 8);
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [at, channel] = [Math.floor(index / 3), index % 3];
    return colours[(blockOf(at % width, Math.floor(at / width)) * 3 + channel) % 400] as number;
  });
  return { width, height, pixels };
}

/** What the trainer finds, in the whole picture or in tiles of the detector's own size. */
function expected(tiles: boolean): PixelDetection[] {
  const tiling = tiles ? { ...testSize, overlap: 0.2, wholePicture: true, views: 1 } : undefined;
  const views = viewsOf(picture, tiling).map((region) => {
    const { boxEncodings, classLogits } = referenceForward(
      network,
      parameters,
      'picture',
      resample(picture, region, testSize),
    );
    const detections = postprocess(boxEncodings, classLogits, network.priors, {
      scoreThreshold: postprocessing.threshold,
      nmsThreshold: postprocessing.iouThreshold,
      maxDetections: postprocessing.maxDetections,
      scores: 'softmax',
    });
    return { region, detections };
  });
  return mergeViews(views, picture, postprocessing.iouThreshold).map(({ box, classIndex, score }) => ({
    label: testLabels[classIndex] ?? '',
    score,
    box: boxToPixels(box, picture),
  }));
}

/** Runs a program on the picture and compares what it says, one to one: within 1 pixel and 0.01. */
function expectToFindTheSame(program: string, args: readonly string[], tiles: boolean): void {
  const more = tiles ? ['--tiles'] : [];
  const printed = execFileSync(program, [...args, path.join(folder, 'picture.png'), '--json', ...more], {
    encoding: 'utf8',
  });
  const { detections } = JSON.parse(printed) as { detections: (PixelDetection['box'] & Omit<PixelDetection, 'box'>)[] };
  const wanted = expected(tiles);
  expect(wanted.length).toBeGreaterThan(10);
  expect(detections).toHaveLength(wanted.length);
  const left = [...detections];
  for (const { label, score, box } of wanted) {
    const at = left.findIndex(
      (found) =>
        found.label === label &&
        Math.abs(found.score - score) < 0.01 &&
        (['x', 'y', 'width', 'height'] as const).every((side) => Math.abs(found[side] - box[side]) < 1),
    );
    expect(at, `${label} ${score} at ${JSON.stringify(box)}`).not.toBe(-1);
    left.splice(at, 1);
  }
}

describe.each([false, true])('sample programs, in tiles: %s', (tiles) => {
  const sample = (device: string, file: string): string => path.join(folder, `lineside-${device}`, file);

  test('Node.js finds what the trainer finds', () => {
    expectToFindTheSame(process.execPath, [sample('computer', 'node/detect.js')], tiles);
  });

  test.skipIf(!hasPython('onnxruntime'))('Python with ONNX Runtime finds what the trainer finds', () => {
    expectToFindTheSame(python, [sample('computer', 'python/detect.py')], tiles);
  });

  test.skipIf(!hasPython('ai_edge_litert'))('Python with LiteRT finds what the trainer finds', () => {
    expectToFindTheSame(python, [sample('raspberry-pi', 'python/detect.py')], tiles);
  });
});
