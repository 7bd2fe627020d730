import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endedForMemory } from './engine/memory';
import { beginSitting, endSitting, isSatAt, lackedMemory } from './sitting';

const run = 'runs/2026-11-25T07-00-00';
const enough = { neededBytes: 1e9, freeBytes: 8e9 };
const counted = endedForMemory() ?? 0;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lineside-sitting-'));
  await mkdir(path.join(dir, run), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('one that ended says nothing; one that was killed with memory to spare was not short of it', async () => {
  expect(await lackedMemory(dir, run)).toBe(false);
  await beginSitting(dir, run, enough);
  expect([await isSatAt(dir, run), await lackedMemory(dir, run, counted)]).toEqual([true, false]);
  await endSitting(dir, run);
  expect([await isSatAt(dir, run), await lackedMemory(dir, run, counted + 1)]).toEqual([false, false]);
});

test('short of memory: the kernel has ended something since, or more was needed than free', async () => {
  await beginSitting(dir, run, enough);
  expect(await lackedMemory(dir, run, counted + 1)).toBe(true);
  await beginSitting(dir, run, { ...enough, freeBytes: 1.05e9 });
  expect(await lackedMemory(dir, run, counted)).toBe(true);
});

test('a file that is cut short says nothing', async () => {
  await writeFile(path.join(dir, run, 'sitting.json'), '{"version": 1,');
  expect(await lackedMemory(dir, run, counted + 1)).toBe(false);
});
