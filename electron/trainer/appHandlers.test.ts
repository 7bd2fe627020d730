import { Transformer } from '@napi-rs/image';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPictures, renderPicture } from './appHandlers';
import { createProject, listImages } from './projectStore';

let folder: string;
let project: string;
const context = { emit: () => undefined, signal: new AbortController().signal };

/** A plain picture. @param suffix decides nothing: it is a PNG. */
async function writePicture(file: string, width: number, height: number, grey: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const pixels = new Uint8Array(width * height * 4).fill(grey).map((value, index) => (index % 4 === 3 ? 255 : value));
  await writeFile(file, await Transformer.fromRgbaPixels(pixels, width, height).png());
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-app-'));
  project = path.join(folder, 'nuts');
  await createProject(project, { name: 'Nuts', classes: [], created: '2026-01-01T00:00:00Z' });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('pictures from several folders are added under their own names; a broken one is left out with a reason', async () => {
  const files = ['one/a.png', 'two/a.png', 'two/b.png'].map((name) => path.join(folder, name));
  for (const [index, file] of files.entries()) await writePicture(file, 64, 48, 40 * index);
  const broken = path.join(folder, 'broken.jpg');
  await writeFile(broken, 'no picture');
  const result = await addPictures({ project, files: [...files, broken], seed: 1 }, context);
  expect(result).toMatchObject({ images: 3, boxes: 0 });
  expect(result.rejected.map(({ file }) => file)).toEqual(['broken.jpg']);
  expect(await listImages(project)).toEqual(['images/a-2.png', 'images/a.png', 'images/b.png']);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('lineside-add-'))).toEqual([]);
});

test('a rendering has the asked long side, never more than the picture has', async () => {
  await writePicture(path.join(project, 'images', 'wide.png'), 640, 320, 90);
  for (const [longSide, width] of [
    [320, 320],
    [1000, 640],
    [null, 640],
  ] as const) {
    const { path: file } = await renderPicture({ project, file: 'images/wide.png', longSide }, context);
    expect(path.dirname(file)).toBe(path.join(project, 'thumbnails'));
    const metadata = await new Transformer(await readFile(file)).metadata();
    expect([metadata.width, metadata.height]).toEqual([width, width / 2]);
  }
});
