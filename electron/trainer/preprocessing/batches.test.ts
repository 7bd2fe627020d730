import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { box } from '../../../shared/boxes';
import type { DatasetItem } from '../dataset/items';
import { decodePicture } from '../images/decode';
import { patterned } from '../images/pictures.testing';
import type { Batch } from './batch';
import { createBatchSource } from './batches';
import { resize } from './resize';

const size = { width: 32, height: 24 };
let folder = '';
let items: DatasetItem[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'batches-'));
  items = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6].map(async (index) => {
      const file = path.join(folder, `p${index}.jpg`);
      await writeFile(file, await patterned({ width: 96, height: 64 }, index));
      const boxes = [box(0.1, 0.1, 0.6, 0.5), box(0.5, 0.4, 0.9, 0.9)];
      const original = { width: 96, height: 64 };
      return {
        name: `images/p${index}.jpg`,
        path: file,
        size: original,
        boxes,
        labels: [index % 2, 1],
        difficult: [false, index === 3],
      };
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function withSource<T>(
  options: Partial<Parameters<typeof createBatchSource>[1]>,
  use: (source: ReturnType<typeof createBatchSource>) => Promise<T>,
): Promise<T> {
  const source = createBatchSource(items, { size, batchSize: 4, seed: 5, augment: true, ...options });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

test('a batch depends on seed, epoch and index alone: not on the order, the threads or the cache', async () => {
  const forwards = await withSource({}, async (source) => {
    const batches: Batch[] = [];
    for (const epoch of [0, 1]) for (const index of [0, 1]) batches.push(await source.batch(epoch, index));
    return batches;
  });
  const backwards = await withSource({ workers: 2, cacheBytes: 0 }, async (source) => {
    const batches: Batch[] = [];
    for (const epoch of [1, 0]) for (const index of [1, 0]) batches.unshift(await source.batch(epoch, index));
    return batches;
  });
  expect(backwards).toEqual(forwards);
  expect(forwards[0]?.pixels.length).toBe(4 * 24 * 32 * 3);
  const other = await withSource({ seed: 6 }, (source) => source.batch(0, 0));
  expect(other.pixels).not.toEqual(forwards[0]?.pixels);
});

test('an epoch has every picture; the last batch is filled from its beginning, seen anew', async () => {
  await withSource({}, async (source) => {
    expect(source.batchesPerEpoch).toBe(2);
    const [first, last] = [await source.batch(0, 0), await source.batch(0, 1)];
    const names = [...first.names, ...last.names];
    expect(new Set(names).size).toBe(7);
    expect(names[7]).toBe(names[0]);
    const length = 24 * 32 * 3;
    expect(last.pixels.slice(3 * length)).not.toEqual(first.pixels.slice(0, length));
    expect((await source.batch(1, 0)).names).not.toEqual(first.names);
  });
});

test('without augmentation: the pictures in order, resized, the difficult box left out, the last batch smaller', async () => {
  await withSource({ augment: false, workers: 2 }, async (source) => {
    const [first, last] = [await source.batch(0, 0), await source.batch(0, 1)];
    expect([...first.names, ...last.names]).toEqual(items.map(({ name }) => name));
    expect(last.batchSize).toBe(3);
    const expected = resize(await decodePicture(items[1]?.path ?? ''), size);
    expect(first.pixels.slice(expected.length, 2 * expected.length)).toEqual(expected);
    expect(first.gtBoxes[0]).toEqual(items[0]?.boxes);
    expect(first.gtLabels[3]).toEqual([1]);
  });
});

test('a broken picture is named, and the others still come', async () => {
  const file = path.join(folder, 'broken.jpg');
  await writeFile(file, 'no picture');
  const source = createBatchSource(
    [...items, { ...(items[0] as DatasetItem), name: 'images/broken.jpg', path: file }],
    {
      ...{ size, batchSize: 4, seed: 5, augment: false },
    },
  );
  try {
    await source.batch(0, 0);
    await expect(source.batch(0, 1)).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringContaining('broken.jpg') as string,
    });
    expect((await source.batch(0, 0)).batchSize).toBe(4);
  } finally {
    await source.close();
  }
});

test('no pictures, and a thread that dies', async () => {
  expect(() => createBatchSource([], { size, batchSize: 4, seed: 5, augment: true })).toThrow(/no pictures/);
  const crash = path.join(folder, 'crash.cjs');
  await writeFile(crash, "require('node:worker_threads').parentPort.on('message', () => process.exit(3));");
  process.env['LINESIDE_WORKER'] = crash;
  try {
    const dying = withSource({ augment: false }, (source) => source.batch(0, 0));
    await expect(dying).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('images/p0.jpg') as string,
    });
  } finally {
    delete process.env['LINESIDE_WORKER'];
  }
});
