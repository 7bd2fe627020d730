import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PixelRect } from '../../../shared/boxes';
import { batchSizeResult } from '../../../shared/contract';
import { parsePascalVoc } from '../annotations/pascalVoc';
import { decodePicture } from '../images/decode';
import { createProject, openProject, writeAnnotation, writeJson, writeProject, writeSplit } from '../projectStore';
import { createRandom } from '../random';
import { writeVoc } from './writeVoc';

const context = { emit: () => undefined, signal: new AbortController().signal };
const [width, height, side] = [900, 700, 12];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-tiles-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Two white squares of 12 pixels on each black picture, in tight boxes. */
async function makeProject(dir: string): Promise<Map<string, PixelRect[]>> {
  await createProject(dir, { name: 'squares', classes: ['square'], created: '2026-01-01T00:00:00.000Z' });
  await mkdir(path.join(dir, 'images'), { recursive: true });
  const drawn = new Map<string, PixelRect[]>();
  for (let number = 0; number < 6; number++) {
    const random = createRandom('squares', number);
    const places = [
      { x: random.int(200), y: random.int(200) },
      { x: 600 + random.int(280), y: 400 + random.int(280) },
    ];
    const boxes = places.map((place) => ({ ...place, width: side, height: side }));
    const rgba = new Uint8Array(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel++) rgba[4 * pixel + 3] = 255;
    for (const { x, y } of boxes) {
      for (let row = y; row < y + side; row++) rgba.fill(255, 4 * (row * width + x), 4 * (row * width + x + side));
    }
    const image = `images/p${number}.png`;
    await writeFile(path.join(dir, image), await Transformer.fromRgbaPixels(rgba, width, height).png());
    const labelled = boxes.map((box) => ({ ...box, label: 'square', difficult: false }));
    await writeAnnotation(dir, { version: 1, image, width, height, boxes: labelled, reviewed: true });
    drawn.set(`p${number}`, boxes);
  }
  const names = [...drawn.keys()].map((name) => `images/${name}.png`);
  await writeSplit(dir, {
    ...{ version: 1, source: 'seeded', seed: 1 },
    ...{ train: names.slice(0, 4), validation: names.slice(4, 5), test: names.slice(5) },
  });
  return drawn;
}

test('the rounds are those that the set wants, however slow this computer is', async () => {
  const project = path.join(folder, 'squares');
  await makeProject(project);
  const row = { batchSize: 4, predictedBytes: 1, measuredBytes: 1, imagesPerSecond: 0.01, fits: true };
  await writeJson(project, 'batchSize.json', batchSizeResult, {
    ...{
      batchSize: 4,
      accumulate: 1,
      learningRate: 0.001,
      reason: '',
      table: [row],
      budgetBytes: 10,
      budgetReason: '',
    },
    ...{ scaling: { linear: 0.001, squareRoot: 0.001, chosen: 'measured' }, plans: [] },
  });
  // One step a round of four pictures, and 480 steps are usual; here there would be time for 2 of them.
  const { command } = await writeVoc({ project, seed: 1, out: path.join(folder, 'voc') }, context);
  expect(command).toContain('--batch-size=4 --epochs=480 ');
  expect(command).toMatch(/--scheduler=cosine --t-max=480$/);
});

test('a project in tiles is written in tiles: each box lies on its square, and where it lies in the whole picture', async () => {
  const project = path.join(folder, 'squares');
  const drawn = await makeProject(project);
  await writeProject(project, { ...(await openProject(project)), tiling: true });
  const out = path.join(folder, 'voc');
  const result = await writeVoc({ project, seed: 1, out }, context);
  expect(result.command).toContain('--resolution=300 ');
  expect(await readFile(path.join(out, 'README.md'), 'utf8')).toContain('tiles of 300×300 pixels');

  const found = new Map<string, Set<string>>();
  const labels = await readdir(path.join(out, 'Annotations'));
  for (const name of labels) {
    const {
      filename = '',
      size,
      objects,
    } = parsePascalVoc(await readFile(path.join(out, 'Annotations', name), 'utf8'), name);
    const picture = await decodePicture(path.join(out, 'JPEGImages', filename));
    expect([size?.width, size?.height, picture.width, picture.height]).toEqual([300, 300, 300, 300]);
    const [, from = '', left, top] = /^(\w+)_x(\d+)_y(\d+)\.xml$/.exec(name) ?? [];
    for (const { object } of objects) {
      const { x, y, width: wide, height: high } = object.rect;
      const at = (column: number, row: number): number => picture.pixels[3 * (row * 300 + column)] ?? -1;
      expect([at(x, y), at(x + wide - 1, y + high - 1)]).toEqual([255, 255]);
      // Cut by the tile or whole: within the box that was drawn.
      const inPicture = { left: x + Number(left), top: y + Number(top) };
      const whole = drawn
        .get(from)
        ?.find(
          (box) =>
            inPicture.left >= box.x &&
            inPicture.top >= box.y &&
            inPicture.left + wide <= box.x + side &&
            inPicture.top + high <= box.y + side,
        );
      expect(whole, `${name}: ${JSON.stringify(object.rect)}`).toBeDefined();
      if (wide === side && high === side)
        found.set(from, (found.get(from) ?? new Set()).add(`${whole?.x} ${whole?.y}`));
    }
  }
  // Every part is whole in some tile.
  expect([...found.values()].map(({ size }) => size)).toEqual([2, 2, 2, 2, 2, 2]);
  const listed = await Promise.all(
    ['train', 'val', 'test'].map((list) => readFile(path.join(out, 'ImageSets/Main', `${list}.txt`), 'utf8')),
  );
  expect(
    listed
      .join('')
      .trim()
      .split('\n')
      .map((stem) => `${stem}.xml`)
      .sort(),
  ).toEqual(labels.sort());
  expect([result.train + result.validation + result.test, result.validation]).toEqual([labels.length, 12]);
});
