import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from './wholeFile';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-whole-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('text and bytes are what is read back, and nothing lies beside', async () => {
  const file = path.join(folder, 'a.json');
  await writeWhole(file, 'first');
  await writeWhole(file, new Uint8Array([1, 2, 3]));
  expect([...(await readFile(file))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('of many writes at once the last asked for stays', async () => {
  const file = path.join(folder, 'a.json');
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => writeWhole(file, 'x'.repeat(10_000 * (30 - index)) + String(index))),
  );
  expect((await readFile(file, 'utf8')).endsWith('x29')).toBe(true);
});

test('a failure leaves the file as it was, and the next write goes on', async () => {
  const file = path.join(folder, 'none', 'a.json');
  await expect(writeWhole(file, 'x')).rejects.toThrow('ENOENT');
  await mkdir(path.dirname(file));
  await writeWhole(file, 'y');
  expect(await readFile(file, 'utf8')).toBe('y');
});

test('a link stays a link', async () => {
  const [real, link] = [path.join(folder, 'real'), path.join(folder, 'link')];
  await writeFile(real, 'old');
  await symlink(real, link);
  await writeWhole(link, 'new');
  expect(await readFile(real, 'utf8')).toBe('new');
});

test('a disk that runs full in the middle of a write leaves the old file and no part of the new one', async (context) => {
  const disk = path.join(folder, 'disk');
  await mkdir(disk);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
  if (status !== 0) context.skip('needs the right to mount a small disk');
  try {
    const file = path.join(disk, 'last.safetensors');
    await writeWhole(file, 'old');
    await expect(writeWhole(file, new Uint8Array(5 * 2 ** 20))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(disk)).toEqual(['last.safetensors']);
  } finally {
    spawnSync('umount', ['-l', disk]);
  }
});
