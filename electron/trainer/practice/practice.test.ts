import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../../shared/contract';
import { annotationFile } from '../../../shared/project';
import { createRandom } from '../random';
import { decodePicture } from '../images/decode';
import { openProject } from '../projectStore';
import { generatePractice } from './generate';
import { rasterise, type Layer } from './layer';
import { partNames } from './parts';
import { renderPracticePicture } from './picture';
import { createScene, plannedParts, type Scene } from './scene';
import { hexNut, washer } from './solids';

const seed = 7;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'practice-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Picture coordinates of the pixels that at least half of the samples fill, from the samples themselves. */
function filledPixels(layer: Layer): { x: number; y: number }[] {
  const pixels: { x: number; y: number }[] = [];
  for (let row = 0; row < layer.height; row++) {
    for (let column = 0; column < layer.width; column++) {
      const first = row * 2 * layer.width * 2 + column * 2;
      const samples = [first, first + 1, first + layer.width * 2, first + layer.width * 2 + 1];
      const filled = samples.filter((sample) => layer.z[sample]! >= 0).length;
      if (filled >= 2) pixels.push({ x: layer.left + column, y: layer.top + row });
    }
  }
  return pixels;
}

function isInPicture({ x, y }: { x: number; y: number }): boolean {
  return x >= 0 && y >= 0 && x < 1280 && y < 960;
}

/** Share of each part's pixels that are in the picture and not under a later layer. */
function visibleShares({ layers, parts }: Scene): number[] {
  const owner = new Map<number, Layer>();
  for (const layer of layers)
    for (const { x, y } of filledPixels(layer).filter(isInPicture)) owner.set(y * 1280 + x, layer);
  return parts.map(({ layer }) => {
    const pixels = filledPixels(layer);
    const seen = pixels.filter((pixel) => isInPicture(pixel) && owner.get(pixel.y * 1280 + pixel.x) === layer);
    return seen.length / pixels.length;
  });
}

describe('a practice scene', () => {
  const scenes = [0, 1, 2].map((index) => createScene(index, seed));

  test('has a box that touches its part on all four sides and leaves nothing out', () => {
    for (const part of scenes.flatMap(({ parts }) => parts)) {
      const pixels = filledPixels(part.layer).filter(isInPicture);
      const xs = pixels.map(({ x }) => x).sort((a, b) => a - b);
      const ys = pixels.map(({ y }) => y).sort((a, b) => a - b);
      const { x, y, width, height } = part;
      expect({ x, y, width, height }).toEqual({
        x: xs[0],
        y: ys[0],
        width: xs.at(-1)! - xs[0]! + 1,
        height: ys.at(-1)! - ys[0]! + 1,
      });
      expect(x + width).toBeLessThanOrEqual(1280);
      expect(y + height).toBeLessThanOrEqual(960);
    }
  });

  test('shows more than half of each part, and parts large enough to learn', () => {
    for (const scene of scenes) {
      for (const share of visibleShares(scene)) expect(share).toBeGreaterThan(0.5);
      for (const { width, height } of scene.parts) expect(Math.min(width, height)).toBeGreaterThanOrEqual(30);
    }
  });

  test('differs from index to index and from seed to seed', () => {
    const boxes = scenes.map(({ parts }) => JSON.stringify(parts.map(({ x, y }) => [x, y])));
    expect(new Set(boxes).size).toBe(scenes.length);
  });
});

test('seen from straight above, a washer is as wide as its diameter and a nut as across its flats', () => {
  const view = { x: 200, y: 200, distance: 3000 };
  const pose = { x: 200, y: 200, angle: 0, base: 0, slopeX: 0, slopeY: 0 };
  const extent = (values: number[]): number => Math.max(...values) - Math.min(...values) + 1;
  const ring = filledPixels(rasterise(washer(100, createRandom(1), false), [], pose, view));
  expect(extent(ring.map(({ x }) => x))).toBe(100);
  expect(extent(ring.map(({ y }) => y))).toBe(100);
  const nut = filledPixels(rasterise(hexNut(90, createRandom(1), false), [], pose, view));
  expect(extent(nut.map(({ y }) => y))).toBe(90);
  expect(Math.abs(extent(nut.map(({ x }) => x)) - (90 * 2) / Math.sqrt(3))).toBeLessThanOrEqual(2);
});

test('away from below the camera, a nut shows its side: it is seen further out by its height', () => {
  const pose = { x: 1000, y: 200, angle: 0, base: 0, slopeX: 0, slopeY: 0 };
  const nut = hexNut(90, createRandom(1), false);
  const right = (viewX: number): number =>
    Math.max(...filledPixels(rasterise(nut, [], pose, { x: viewX, y: 200, distance: 2500 })).map(({ x }) => x));
  const expected = (nut.tallest * (1000 - 250)) / 2500;
  expect(Math.abs(right(250) - right(1000) - expected)).toBeLessThan(3);
});

test('the 80 pictures plan 4 to 12 parts each, balanced over the classes', () => {
  const plans = Array.from({ length: 80 }, (_, index) => plannedParts(index, 1));
  for (const plan of plans) expect(plan.length).toBeGreaterThanOrEqual(4);
  for (const plan of plans) expect(plan.length).toBeLessThanOrEqual(12);
  const counts = partNames.map((name) => plans.flat().filter((label) => label === name).length);
  const mean = plans.flat().length / partNames.length;
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(0.15 * mean);
});

test(
  'the project is written whole, with the pictures and boxes that the renderer gives',
  { timeout: 120_000 },
  async () => {
    const project = path.join(folder, 'tray');
    const events: unknown[] = [];
    const context = { emit: (event: unknown) => void events.push(event), signal: new AbortController().signal };
    const result = await generatePractice({ project, seed }, context, 2);

    expect((await openProject(project)).classes).toEqual([...partNames]);
    expect(await readdir(path.join(project, 'images'))).toEqual(['tray_001.jpg', 'tray_002.jpg']);
    const texts = [1, 2].map((number) => readFile(path.join(project, `annotations/tray_00${number}.jpg.json`), 'utf8'));
    const labels = (await Promise.all(texts)).map((text) => annotationFile.parse(JSON.parse(text)));
    const boxes = labels.flatMap((picture) => picture.boxes);
    expect(result).toMatchObject({ images: 2, boxes: boxes.length, rejected: [] });
    expect(labels.map(({ reviewed }) => reviewed)).toEqual([true, true]);
    expect(events).toMatchObject([0, 1, 2].map((done) => ({ done, total: 2 })));

    const again = renderPracticePicture(0, seed);
    const drawn = [again, renderPracticePicture(1, seed)].flatMap((picture) => picture.boxes);
    expect(boxes).toEqual(drawn.map((box) => ({ ...box, difficult: false })));
    const sha = (pixels: Uint8Array): string => createHash('sha256').update(pixels).digest('hex');
    expect(sha(renderPracticePicture(0, seed).pixels)).toBe(sha(again.pixels));
    const saved = await decodePicture(path.join(project, 'images/tray_001.jpg'));
    const difference = saved.pixels.reduce((sum, value, i) => sum + Math.abs(value - again.pixels[i]!), 0);
    expect(difference / saved.pixels.length).toBeLessThan(6);
  },
);

test('project and parts have the names that the operator reads', { timeout: 120_000 }, async () => {
  const context = { emit: () => {}, signal: new AbortController().signal };
  const named = path.join(folder, 'named');
  const parts = ['Mutter', 'Scheibe', 'Schraube', 'Klammer'];
  await generatePractice({ project: named, seed, name: 'Teileschale', parts }, context, 1);
  expect(await openProject(named)).toMatchObject({ name: 'Teileschale', classes: parts });
  const written: unknown = JSON.parse(await readFile(path.join(named, 'annotations/tray_001.jpg.json'), 'utf8'));
  const labels = annotationFile.parse(written).boxes.map(({ label }) => label);
  expect(labels).toEqual(plannedParts(0, seed).map((part) => parts[partNames.indexOf(part)]));
  const twice = { project: named, parts: ['a', 'b', 'c', 'a'] };
  expect(contract['images.practice'].input.safeParse(twice).success).toBe(false);
});

test('a stopped job leaves nothing behind, and a folder with something in it is refused', async () => {
  const stop = AbortSignal.abort();
  const project = path.join(folder, 'stopped');
  await expect(generatePractice({ project, seed }, { emit: () => {}, signal: stop })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual([]);
  await expect(generatePractice({ project: folder, seed }, { emit: () => {}, signal: stop }, 1)).rejects.toMatchObject({
    code: 'wrongUse',
  });
});
