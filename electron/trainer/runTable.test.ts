import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasEnded, listRuns, settledRun, usedRun, useRun } from './runTable';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lineside-runs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const config = { learningRate: 0.004, batchSize: 16, epochs: 20, schedule: { kind: 'cosine' } };
const result = { run: '', epochs: 18, seconds: 60, stoppedBy: 'earlyStopping', best: { epoch: 12, mAP50: 0.91 } };

async function makeRun(name: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(dir, 'runs', name);
  await mkdir(folder, { recursive: true });
  for (const [file, value] of Object.entries(files)) {
    await writeFile(path.join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
  }
}
const done = { 'config.json': config, 'result.json': result, 'best.safetensors': '' };
const first = '2026-11-24T09-12-00';
const second = '2026-11-25T07-00-00-2';

test('newest first, with what each was told and what came of it', async () => {
  await makeRun(first, { ...done, 'config.json': { ...config, data: 'labels' } });
  await makeRun(second, { 'config.json': { ...config, batchSize: 8 } });
  await makeRun('notes', {});
  expect(await listRuns(dir)).toEqual([
    {
      ...{ run: `runs/${second}`, started: '2026-11-25T07:00:00Z', learningRate: 0.004, batchSize: 8, epochs: 20 },
      ...{ schedule: 'cosine', roundsDone: null, seconds: null, stoppedBy: null, mAP50: null, testedMAP50: null },
      ...{ data: null, usable: false, used: false },
    },
    {
      ...{ run: `runs/${first}`, started: '2026-11-24T09:12:00Z', learningRate: 0.004, batchSize: 16, epochs: 20 },
      ...{ schedule: 'cosine', roundsDone: 18, seconds: 60, stoppedBy: 'earlyStopping', mAP50: 0.91 },
      ...{ testedMAP50: null, data: 'labels', usable: true, used: true },
    },
  ]);
});

test('a damaged file of an old run hides that run or its result, and nothing else', async () => {
  await makeRun(first, { ...done, 'result.json': '{' });
  await makeRun(second, { 'config.json': '{', 'best.safetensors': '' });
  expect(await listRuns(dir)).toMatchObject([{ run: `runs/${first}`, mAP50: null }]);
});

test('the newest that has ended is used, until another is chosen, until a newer one has ended', async () => {
  expect(await usedRun(dir)).toBeUndefined();
  await makeRun(first, done);
  await makeRun(second, done);
  expect(await usedRun(dir)).toBe(`runs/${second}`);
  await useRun(dir, `runs/${first}`);
  expect(await usedRun(dir)).toBe(`runs/${first}`);
  expect((await listRuns(dir)).map(({ used }) => used)).toEqual([false, true]);
  await makeRun('2026-11-26T07-00-00', { 'config.json': config });
  expect(await usedRun(dir)).toBe(`runs/${first}`);
  await makeRun('2026-11-26T07-00-00', { 'best.safetensors': '' });
  expect(await usedRun(dir)).toBe(`runs/${first}`);
  await makeRun('2026-11-26T07-00-00', { 'result.json': result });
  expect(await usedRun(dir)).toBe('runs/2026-11-26T07-00-00');
});

test('one that is paused is used where no other has ended, or where it was chosen: for testing and export alike', async () => {
  const paused = { ...done, 'result.json': { ...result, stoppedBy: 'operator' }, 'last.safetensors': '' };
  await makeRun(second, paused);
  expect([await usedRun(dir), await settledRun(dir)]).toEqual([`runs/${second}`, undefined]);
  await makeRun(first, done);
  expect([await usedRun(dir), await settledRun(dir)]).toEqual([`runs/${first}`, `runs/${first}`]);
  await useRun(dir, `runs/${second}`);
  expect([await usedRun(dir), await settledRun(dir)]).toEqual([`runs/${second}`, `runs/${second}`]);
});

test('a run has ended once its result is younger than its checkpoint; a paused one once it was tested as it is', async () => {
  const run = `runs/${first}`;
  await makeRun(first, { 'config.json': config, 'last.safetensors': '' });
  expect(await hasEnded(dir, run)).toBe(false);
  await makeRun(first, { 'result.json': result });
  expect(await hasEnded(dir, run)).toBe(true);
  await utimes(path.join(dir, run, 'result.json'), 1000, 1000);
  expect(await hasEnded(dir, run)).toBe(false);
  await makeRun(second, { ...done, 'result.json': { ...result, stoppedBy: 'operator' } });
  expect(await hasEnded(dir, `runs/${second}`)).toBe(false);
  await makeRun(second, { 'evaluation.json': {} });
  expect(await hasEnded(dir, `runs/${second}`)).toBe(true);
});

test('a run without a detector cannot be used', async () => {
  await makeRun(first, done);
  await makeRun(second, { 'config.json': config });
  await expect(useRun(dir, `runs/${second}`)).rejects.toThrow(/has no trained detector: choose another/);
  await expect(useRun(dir, 'runs/never')).rejects.toThrow(/choose another/);
});
