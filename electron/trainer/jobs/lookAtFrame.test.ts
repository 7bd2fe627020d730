import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../engine/engine';
import { patterned } from '../images/pictures.testing';
import { detectPictures } from './detectPictures';
import { lookAtFrame, releaseDetector } from './lookAtFrame';

const context = { emit: () => undefined, signal: new AbortController().signal };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-frame-'));
  await openEngine();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a frame is seen as the same picture in a file is, and nothing stays behind', async () => {
  const before = tf.memory().numTensors;
  const jpeg = await patterned({ width: 160, height: 120 }, 4);
  await writeFile(path.join(folder, 'frame.jpg'), jpeg);
  const input = { run: 'base', threshold: 0.02 };
  const file = await detectPictures({ ...input, data: [path.join(folder, 'frame.jpg')] }, context);
  const frame = new Uint8Array(jpeg);
  const [one, two] = await Promise.all([
    lookAtFrame({ ...input, frame }, context),
    lookAtFrame({ ...input, frame }, context),
  ]);
  expect(file.images[0]?.detections.length).toBeGreaterThan(0);
  expect(one).toEqual({ width: 160, height: 120, detections: file.images[0]?.detections });
  expect(two).toEqual(one);
  releaseDetector();
  expect(tf.memory().numTensors).toBe(before);
});

test('what is no picture is refused, and the next frame is looked at all the same', async () => {
  const broken = lookAtFrame({ run: 'base', frame: new Uint8Array([1, 2, 3]) }, context);
  await expect(broken).rejects.toMatchObject({ code: 'badInput' });
  const frame = new Uint8Array(await patterned({ width: 64, height: 48 }, 1));
  expect(await lookAtFrame({ run: 'base', frame }, context)).toMatchObject({ width: 64, height: 48 });
  releaseDetector();
});
