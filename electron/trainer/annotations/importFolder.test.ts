import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadItems } from '../dataset/items';
import { splitProject } from '../dataset/splitProject';
import { patterned } from '../images/pictures.testing';
import { openProject, readAnnotation, readSplit, writeAnnotation, writeProject } from '../projectStore';
import { checkProject } from './check';
import { fixProject } from './fix';
import { importFolder } from './importFolder';

const context = { emit: () => undefined, signal: new AbortController().signal };
const size = { width: 64, height: 48 };
let folder = '';
let data = '';
let project = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'import-'));
  data = path.join(folder, 'data');
  project = path.join(folder, 'project');
  await mkdir(path.join(data, 'sub'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const voc = (label: string, [x1, y1, x2, y2]: readonly number[] = [4, 4, 24, 24]) =>
  `<annotation><object><name>${label}</name><bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox></object></annotation>`;
const put = (name: string, contents: string | Buffer) => writeFile(path.join(data, name), contents);
const run = () => importFolder({ project, data, seed: 1 }, context);

async function putLabelled(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await put(`p${index}.jpg`, await patterned(size, index));
    await put(`p${index}.xml`, voc(index % 2 === 0 ? 'nut' : 'clip'));
  }
}

describe('images.import', () => {
  test('takes what is good, names what is not', async () => {
    await put('good.jpg', await patterned(size, 1));
    await put('good.xml', voc('nut'));
    await put('sub/good.jpg', await patterned(size, 2));
    await put('cut.jpg', (await patterned(size, 3)).subarray(0, 300));
    await put('text.png', 'no picture at all, only words in a file');
    await put('wrong.png', await patterned(size, 4));
    await put('wrong.xml', '<annotation><oops</annotation>');
    await put('alone.xml', voc('nut'));
    await put('outside.jpg', await patterned(size, 5));
    await put('outside.xml', voc('nut', [100, 100, 120, 120]));
    const result = await run();
    expect(result).toMatchObject({ images: 4, boxes: 1, classes: ['nut'] });
    expect(result.rejected.map(({ file }) => file)).toEqual([
      'alone.xml',
      'cut.jpg',
      'outside.xml',
      'text.png',
      'wrong.xml',
    ]);
    // The page says each in the operator's language.
    expect(result.rejected.map(({ said }) => said?.code)).toEqual([
      ...['labelsNoPicture', 'pictureCutShort', 'vocBoxOutside', 'pictureNone', 'labelsNotXml'],
    ]);
    expect(result.rejected[1]?.reason).toBe(
      'cut.jpg is cut short or damaged: copy it again from the camera or delete it',
    );
    expect((await readdir(path.join(project, 'images'))).sort()).toEqual([
      'good.jpg',
      'outside.jpg',
      'sub__good.jpg',
      'wrong.png',
    ]);
    const reviewed = async (image: string) => (await readAnnotation(project, image))?.reviewed;
    expect(await reviewed('images/good.jpg')).toBe(true);
    expect(await reviewed('images/sub__good.jpg')).toBe(false);
    expect(await reviewed('images/outside.jpg')).toBe(false);
  });

  test('nothing to import leaves nothing behind', async () => {
    await expect(run()).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringContaining('no picture') as string,
    });
    await put('cut.jpg', (await patterned(size, 3)).subarray(0, 300));
    await expect(run()).rejects.toThrow(/cut\.jpg is cut short/);
    const nowhere = importFolder({ project, data: path.join(folder, 'none'), seed: 1 }, context);
    await expect(nowhere).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringContaining('there is no folder') as string,
    });
    expect(await readdir(folder)).toEqual(['data']);
  });

  test('cancelled: nothing is left', async () => {
    await putLabelled(2);
    const abort = new AbortController();
    const cancelled = importFolder({ project, data, seed: 1 }, { emit: () => abort.abort(), signal: abort.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual(['data']);
  });

  test('again: adds what is new, keeps the labels of the operator, never overwrites', async () => {
    await putLabelled(2);
    await run();
    const mine = await readAnnotation(project, 'images/p0.jpg');
    await writeAnnotation(project, { ...(mine as NonNullable<typeof mine>), boxes: [] });
    const other = await patterned(size, 9);
    await put('p1.jpg', other);
    await put('p2.jpg', await patterned(size, 8));
    await put('p2.xml', voc('screw'));
    await run();
    await run();
    expect((await readdir(path.join(project, 'images'))).sort()).toEqual(['p0.jpg', 'p1-2.jpg', 'p1.jpg', 'p2.jpg']);
    expect(await readFile(path.join(project, 'images/p1-2.jpg'))).toEqual(other);
    expect((await readAnnotation(project, 'images/p0.jpg'))?.boxes).toEqual([]);
    expect((await openProject(project)).classes).toEqual(['clip', 'nut', 'screw']);
  });
});

test('dataset.split keeps a test picture where it is', async () => {
  await putLabelled(10);
  await run();
  const first = await splitProject({ project, seed: 1 }, context);
  expect(first).toMatchObject({ source: 'seeded', validation: 2, test: 2, train: 6 });
  const before = await readSplit(project);
  for (let index = 20; index < 30; index++) await put(`q${index}.jpg`, await patterned(size, index));
  for (let index = 20; index < 30; index++) await put(`q${index}.xml`, voc('nut'));
  await run();
  await splitProject({ project, seed: 99 }, context);
  const after = await readSplit(project);
  for (const set of ['train', 'validation', 'test'] as const) {
    expect(after?.[set]).toEqual(expect.arrayContaining(before?.[set] ?? ['none']));
  }
  const items = await loadItems(project);
  expect([items.train.length, items.validation.length, items.test.length]).toEqual([14, 3, 3]);
  expect(items.classes).toEqual(['clip', 'nut']);
});

test('annotations.check names each problem, annotations.fix mends what it may', async () => {
  await putLabelled(3);
  await run();
  const at = (name: string) => path.join(project, 'annotations', name);
  const edit = async (name: string, boxes: unknown[]) =>
    writeFile(at(name), JSON.stringify({ ...(JSON.parse(await readFile(at(name), 'utf8')) as object), boxes }));
  const one = { label: 'nut', x: 4, y: 4, width: 20, height: 20 };
  const bad = [
    one,
    { ...one, width: 20.2 },
    { ...one, width: 0 },
    { ...one, x: 60 },
    { ...one, x: 90 },
    { ...one, label: 'Nut', x: 30 },
  ];
  await edit('p0.jpg.json', bad);
  await writeFile(at('p1.jpg.json'), '{"version": 1, "image": 7}');
  await rm(path.join(project, 'images/p2.jpg'));
  const codes = async () => (await checkProject({ project, seed: 1 }, context)).problems.map(({ code }) => code).sort();
  expect((await codes()).filter((code) => code !== 'fewPictures')).toEqual(
    [
      'boxBeyond',
      'boxOutside',
      'duplicateBox',
      'emptyClass',
      'flatBox',
      'labelFileBroken',
      'pictureMissing',
      'unknownClass',
    ].sort(),
  );
  const { problems } = await checkProject({ project, seed: 1 }, context);
  const broken = problems.find(({ code }) => code === 'labelFileBroken');
  expect(broken).toMatchObject({
    file: 'annotations/p1.jpg.json',
    message: expect.stringContaining('image') as string,
  });
  const { fixed } = await fixProject({ project, seed: 1 }, context);
  expect(fixed).toBe(6);
  expect((await readAnnotation(project, 'images/p0.jpg'))?.boxes).toEqual([
    { ...one, difficult: false },
    { ...one, x: 60, width: 4, difficult: false },
    { ...one, x: 30, label: 'nut', difficult: false },
  ]);
  expect(await readdir(path.join(project, 'trash'))).toHaveLength(2);
});

test('a class that is merged with its twin leaves it what the base model calls it', async () => {
  await putLabelled(3);
  await run();
  const before = await openProject(project);
  await writeProject(project, { ...before, classes: [...before.classes, 'Nut'], baseLabels: { Nut: 'person' } });
  await fixProject({ project, seed: 1 }, context);
  expect(await openProject(project)).toEqual({ ...before, baseLabels: { nut: 'person' } });
});

const bccd = path.resolve(process.env['LINESIDE_BCCD'] ?? path.join(__dirname, '../../../../shared/data/bccd'));
const hasBccd = await readdir(bccd).then(
  () => true,
  () => false,
);
test.skipIf(!hasBccd)(
  'BCCD (set LINESIDE_BCCD where it lies elsewhere): every object is imported or named',
  async () => {
    let objects = 0;
    for (const name of await readdir(path.join(bccd, 'Annotations'))) {
      const xml = await readFile(path.join(bccd, 'Annotations', name), 'utf8');
      objects += xml.split('<object>').length - 1;
    }
    const result = await importFolder({ project, data: bccd, seed: 1 }, context);
    expect(result).toMatchObject({ images: 364, classes: ['Platelets', 'RBC', 'WBC'] });
    expect(result.boxes + result.rejected.length).toBe(objects);
    expect(result.rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('BloodImage_00338.xml is flat (x 504 to 504)'),
      expect.stringContaining('BloodImage_00343.xml is flat (x 181 to 181)'),
    ]);
    const split = await splitProject({ project, seed: 1 }, context);
    expect(split).toMatchObject({ source: 'imageSets', train: 205, validation: 87, test: 72 });
    const { problems } = await checkProject({ project, seed: 1 }, context);
    // The one field that was taken twice, in other focus; distinct fields of the same slides are not joined.
    expect(problems.filter(({ code }) => code === 'duplicate').map(({ file }) => file)).toEqual([
      'images/BloodImage_00038.jpg',
    ]);
  },
  120_000,
);
