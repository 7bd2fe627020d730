import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnnotationFile } from '../../shared/project';
import { writeAnnotation } from '../trainer/projectStore';
import { readUndo, writeUndo } from './undoSteps';

const image = 'images/a.png';
const none = { past: [], future: [] };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lineside-undo-'));
  await mkdir(path.join(dir, 'annotations'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

/** The labels after so many boxes were drawn; nobody has looked at a picture without any. */
function labels(boxes: number): AnnotationFile {
  const drawn = Array.from({ length: boxes }, (_, index) => ({
    ...{ label: 'nut', x: 10 * index, y: 0, width: 8, height: 8, difficult: false },
  }));
  return { version: 1, image, width: 100, height: 80, boxes: drawn, reviewed: boxes > 0 };
}

const back = [labels(0), labels(1)];
const forth = [labels(3), labels(4)];

test('the steps come back as they were written', async () => {
  await writeUndo(dir, labels(2), { past: back, future: forth });
  await writeAnnotation(dir, labels(2));
  expect(await readUndo(dir, image)).toEqual({ past: back, future: forth });
});

test('a picture that was never drawn on has none', async () => {
  expect(await readUndo(dir, image)).toEqual(none);
});

test('an end between the two writes leaves the new labels as a step forth', async () => {
  await writeAnnotation(dir, labels(1));
  await writeUndo(dir, labels(2), { past: back, future: [] });
  expect(await readUndo(dir, image)).toEqual({ past: [labels(0)], future: [labels(2)] });
});

test('so does an end before the first label file', async () => {
  await writeUndo(dir, labels(1), { past: [labels(0)], future: [] });
  expect(await readUndo(dir, image)).toEqual({ past: [], future: [labels(1)] });
});

test('of two equal steps the one is meant that was shown', async () => {
  await writeUndo(dir, labels(1), { past: [labels(0)], future: [labels(2), labels(1)] });
  await writeAnnotation(dir, labels(1));
  expect(await readUndo(dir, image)).toEqual({ past: [labels(0)], future: [labels(2), labels(1)] });
});

test('labels that were changed by something else have none', async () => {
  await writeUndo(dir, labels(2), { past: back, future: forth });
  await writeAnnotation(dir, labels(5));
  expect(await readUndo(dir, image)).toEqual(none);
});

test('a broken file costs the steps only', async () => {
  await mkdir(path.join(dir, 'undo'));
  await writeFile(path.join(dir, 'undo', 'a.png.json'), '{"version": 1, "steps": [');
  await writeAnnotation(dir, labels(1));
  expect(await readUndo(dir, image)).toEqual(none);
});
