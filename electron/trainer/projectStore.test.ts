import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockProject } from './projectLock';
import {
  createProject,
  moveToTrash,
  newRunFolder,
  openProject,
  readAnnotations,
  readSplit,
  withClasses,
} from './projectStore';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'store-'));
});
afterEach(() => rm(dir, { recursive: true }));
const file = { name: 'Tray', classes: ['nut'], created: '2026-01-02T03:04:05.000Z' };

test('a project is created once and opened again', async () => {
  expect(await openProject((await createProject(dir, file)) && dir)).toEqual({ version: 1, ...file });
  await expect(createProject(dir, file)).rejects.toMatchObject({ code: 'wrongUse' });
  expect(await readAnnotations(dir)).toEqual([]);
  expect(await readSplit(dir)).toBeUndefined();
});

test.each([
  ['{"version": 2, "anything": true}', 'newerVersion', 'install the newer Lineside'],
  ['{"version": 1, "name"', 'badInput', 'is not valid JSON'],
  ['{"version": 1, "name": "x", "created": "", "classes": "nut"}', 'badInput', 'wrong value at classes'],
  [
    '{"version": 1, "name": "x", "created": "", "classes": ["nut"], "baseLabels": {"nut": 1}}',
    'badInput',
    'wrong value at baseLabels.nut',
  ],
])('project.json %s', async (text, code, message) => {
  await writeFile(path.join(dir, 'project.json'), text);
  await expect(openProject(dir)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test('what the base model calls a class stays with the class, and goes with it', async () => {
  const classes = ['Mensch', 'Stapler'];
  const made = await createProject(dir, { ...file, classes, baseLabels: { Mensch: 'person', Stapler: 'truck' } });
  expect(await openProject(dir)).toEqual(made);
  expect(withClasses(made, [...classes, 'Palette']).baseLabels).toEqual(made.baseLabels);
  expect(withClasses(made, ['Person', 'Stapler'], new Map([['Mensch', 'Person']]))).toEqual({
    ...made,
    classes: ['Person', 'Stapler'],
    baseLabels: { Person: 'person', Stapler: 'truck' },
  });
  expect(withClasses(made, ['Stapler']).baseLabels).toEqual({ Stapler: 'truck' });
  expect(withClasses(made, ['Palette'])).toEqual({ version: 1, ...file, classes: ['Palette'] });
});

test('no folder, no project', async () => {
  await expect(openProject(path.join(dir, 'none'))).rejects.toThrow(/there is no folder/);
  await expect(openProject(dir)).rejects.toThrow(/is not a Lineside project/);
});

test('runs get their own folders; trash keeps everything', async () => {
  await createProject(dir, file);
  const now = new Date('2026-01-02T03:04:05Z');
  expect(await newRunFolder(dir, 'runs', now)).toBe('runs/2026-01-02T03-04-05');
  expect(await newRunFolder(dir, 'runs', now)).toBe('runs/2026-01-02T03-04-05-2');
  expect(await moveToTrash(dir, 'runs/2026-01-02T03-04-05')).toBe('trash/runs__2026-01-02T03-04-05');
  expect(await readdir(path.join(dir, 'runs'))).toEqual(['2026-01-02T03-04-05-2']);
});

test('two at once: the second is told who works there; a dead one is taken over', async () => {
  const release = await lockProject(dir);
  await expect(lockProject(dir)).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining(`process ${process.pid}`) as string,
  });
  await release();
  await release();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(path.join(dir, '.lock'), JSON.stringify({ pid, host: hostname(), started: '1' }));
  const again = await lockProject(dir);
  await again();
  // The number of this process, but of one that began earlier.
  await writeFile(path.join(dir, '.lock'), JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
  await (
    await lockProject(dir)
  )();
  expect(await readdir(dir)).toEqual([]);
});
