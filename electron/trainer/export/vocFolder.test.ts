import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  readAnnotation,
  readAnnotations,
  readSplit,
  writeAnnotation,
  writeProject,
  openProject,
} from '../projectStore';
import { makeMiniProject } from '../training/miniProject.testing';
import { parsePascalVoc } from '../annotations/pascalVoc';
import { vocLists, vocStems, vocXml } from './vocFolder';

const lineside = path.resolve(__dirname, '../../../out/lineside.cjs');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-voc-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(
  ...words: string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [lineside, ...words, '--json'], (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

/** Boxes by picture to a hundredth of a pixel, and the set of each picture. */
async function contents(project: string): Promise<unknown> {
  const split = await readSplit(project);
  const setOf = (image: string): string =>
    split?.train.includes(image) ? 'train' : split?.validation.includes(image) ? 'validation' : 'test';
  const hundredth = (value: number): number => Math.round(100 * value) / 100;
  return (await readAnnotations(project)).map(({ image, width, height, boxes }) => ({
    ...{ name: path.parse(image).name, width, height, set: setOf(image) },
    boxes: boxes.map((box) => ({
      ...{ label: box.label, difficult: box.difficult, x: hundredth(box.x), y: hundredth(box.y) },
      ...{ right: hundredth(box.x + box.width), bottom: hundredth(box.y + box.height) },
    })),
  }));
}

test('written and imported again: the same boxes, classes and sets', { timeout: 120_000 }, async () => {
  const project = path.join(folder, 'mini');
  await makeMiniProject(project, { train: 10, validation: 4, test: 4 });
  await writeProject(project, { ...(await openProject(project)), name: 'Nuts & bolts' });
  const odd = await readAnnotation(project, 'images/mini_3.png');
  if (odd === undefined) throw new Error('the mini project has changed');
  const [first, second] = odd.boxes;
  if (first === undefined || second === undefined) throw new Error('the mini project has changed');
  await writeAnnotation(project, { ...odd, boxes: [{ ...first, x: 8.377, width: 30.25, difficult: true }, second] });
  const out = path.join(folder, 'voc');
  const written = await run('bridge', 'write', '--project', project, '--out', out);
  expect(written.code, written.err).toBe(0);
  const again = path.join(folder, 'again');
  expect((await run('import', '--data', out, '--project', again)).code).toBe(0);
  expect(
    (await run('train', '--project', again, '--epochs', '1', '--batch-size', '4', '--learning-rate', '1e-4')).code,
  ).toBe(0);
  expect(await contents(again)).toEqual(await contents(project));
  expect((await openProject(again)).classes).toEqual((await openProject(project)).classes);

  const result = JSON.parse(written.out) as { readonly command: string };
  expect(result).toMatchObject({ train: 10, validation: 4, test: 4, boxes: 36 });
  expect(result.command).toMatch(
    /^python3 train_ssd\.py --dataset-type=voc --data=data\/Nuts_bolts --model-dir=models\/Nuts_bolts --net=mb1-ssd --resolution=300 --batch-size=4 --epochs=\d+ --lr=0\.00025 --base-net-lr=0\.000075 .*--scheduler=cosine --t-max=\d+$/,
  );
  expect(await readFile(path.join(out, 'README.md'), 'utf8')).toContain(result.command);
  expect((await readdir(out)).sort()).toEqual(['Annotations', 'ImageSets', 'JPEGImages', 'README.md', 'labels.txt']);
  expect(await readFile(path.join(out, 'labels.txt'), 'utf8')).toBe('blue\nred\n');
  const twice = await run('bridge', 'write', '--project', project, '--out', out);
  expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('is not empty: name a new folder')]);
});

test('a picture that lies on its side is written upright, as its boxes are', { timeout: 60_000 }, async () => {
  const project = path.join(folder, 'mini');
  await makeMiniProject(project, { train: 10, validation: 4, test: 4 });
  // EXIF orientation 6: stored as 120×160, seen as 160×120.
  const rgba = new Uint8Array(120 * 160 * 4).fill(255);
  const jpeg = await Transformer.fromRgbaPixels(rgba, 120, 160).jpeg(90);
  const tiff = '4d4d002a00000008000101120003000000010006000000000000';
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), Buffer.from(tiff, 'hex')]);
  const length = Buffer.from([(exif.length + 2) >> 8, (exif.length + 2) & 255]);
  const turned = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)]);
  await writeFile(path.join(project, 'images/mini_0.png'), turned);
  const out = path.join(folder, 'voc');
  expect((await run('bridge', 'write', '--project', project, '--out', out)).code).toBe(0);
  const { width, height } = await new Transformer(await readFile(path.join(out, 'JPEGImages/mini_0.png'))).metadata();
  expect([width, height]).toEqual([160, 120]);
});

test('names for lists: no spaces, none twice; trainval is both', () => {
  const stems = vocStems(['images/a 1.jpg', 'images/a_1.png', 'images/A_1.bmp'].map((image) => ({ image })));
  expect(stems).toEqual(['a_1', 'a_1-2', 'A_1-3']);
  expect(vocLists(stems, ['train', 'validation', 'test'])).toEqual({
    ...{ train: 'a_1\n', val: 'a_1-2\n', test: 'A_1-3\n', trainval: 'a_1\na_1-2\n' },
  });
});

test('names of classes are escaped', () => {
  const box = { label: 'M6 <"nut"> & bolt', x: 1, y: 2, width: 3, height: 4, difficult: false };
  const xml = vocXml({ version: 1, image: 'images/a.jpg', width: 9, height: 9, boxes: [box], reviewed: true }, 'a.jpg');
  expect(xml).toContain('<name>M6 &lt;&quot;nut&quot;&gt; &amp; bolt</name>');
});

test('corners count from 1, as train_ssd.py takes 1 off each; our own reader gives the box back', () => {
  const box = { label: 'nut', x: 0, y: 2.25, width: 9, height: 4, difficult: false };
  const xml = vocXml({ version: 1, image: 'images/a.jpg', width: 9, height: 9, boxes: [box], reviewed: true }, 'a.jpg');
  const corners = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) =>
    Number(new RegExp(`<${name}>(.*)</${name}>`).exec(xml)?.[1]),
  );
  expect(corners.map((corner) => corner - 1)).toEqual([0, 2.25, 9, 6.25]);
  const { label, difficult, ...rect } = box;
  expect(parsePascalVoc(xml, 'a.xml').objects).toEqual([{ number: 1, object: { label, difficult, rect } }]);
});
