import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, afterEach, expect, test } from 'vitest';
import type { Mistake, TrainingResult } from '../../../shared/contract';
import { loadItems } from '../dataset/items';
import { planDetector } from '../dataset/plan';
import { makeMiniProject } from '../training/miniProject.testing';
import { losses } from '../training/recorded.testing';
import { planSchedule } from '../training/schedule';
import { adviceFor, mostMixedUp } from './adviseRun';
import { writeConfig } from './runConfig';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'lineside-advise-'));
  await makeMiniProject(project, { train: 8, validation: 3, test: 1 });
});
afterEach(() => rm(project, { recursive: true, force: true }));

interface Made {
  readonly learningRate?: number;
  readonly data?: string;
  readonly stoppedBy: TrainingResult['stoppedBy'] | null;
  readonly mAP50?: number;
}

/** A run of six rounds that learned too little, as files. */
async function makeRun(name: string, { learningRate = 0.001, data, stoppedBy, mAP50 = 0.25 }: Made): Promise<string> {
  const run = `runs/${name}`;
  await mkdir(path.join(project, run), { recursive: true });
  const items = await loadItems(project);
  const plan = { ...planDetector(items.train, items.classes.length, {}), smallestPixels: 30 };
  const config = { seed: 1, classes: items.classes, plan, learningRate, batchSize: 4, accumulate: 1, epochs: 10 };
  const schedule = planSchedule('cosine', learningRate, 20);
  await writeConfig(project, run, { ...config, schedule, frozenLayers: 0, data });
  for (let epoch = 1; epoch <= 6; epoch++) {
    const total = losses(6 - 0.2 * epoch);
    const line = { kind: 'epoch', epoch, epochs: 10, learningRate, train: total, validation: total, mAP50 };
    await appendFile(
      path.join(project, run, 'metrics.jsonl'),
      `${JSON.stringify({ ...line, imagesPerSecond: 1, secondsLeft: 1, text: '', atStep: epoch })}\n`,
    );
  }
  if (stoppedBy !== null) {
    const result = { run, epochs: 6, seconds: 60, stoppedBy, best: { epoch: 6, mAP50 } };
    await writeFile(path.join(project, run, 'result.json'), JSON.stringify(result));
  }
  return run;
}

test('a run that is paused or was killed is told to go on, where it is the one that can; one that ended, what to change', async () => {
  const run = await makeRun('2026-01-01T10-00-00', { stoppedBy: 'operator' });
  expect(await adviceFor(project, run)).toEqual({ kind: 'goOn', done: 6, planned: 10 });
  await rm(path.join(project, run, 'result.json'));
  expect(await adviceFor(project, run)).toEqual({ kind: 'goOn', done: 6, planned: 10 });
  expect(await adviceFor(project, run, { stoppedBy: 'finished' })).toMatchObject({
    kind: 'faster',
    settings: { learningRate: 0.002 },
  });
  await makeRun('2026-01-02T10-00-00', { stoppedBy: null });
  expect(await adviceFor(project, run)).toBeUndefined();
});

test('twice the rate counts as tried once such a run has ended, not while it is paused', async () => {
  const run = await makeRun('2026-01-02T10-00-00', { stoppedBy: 'finished' });
  await makeRun('2026-01-01T10-00-00', { learningRate: 0.002, stoppedBy: 'operator' });
  expect((await adviceFor(project, run, { stoppedBy: 'finished' }))?.kind).toBe('faster');
  await makeRun('2026-01-01T10-00-00', { learningRate: 0.002, stoppedBy: 'finished' });
  expect((await adviceFor(project, run, { stoppedBy: 'finished' }))?.kind).toBe('largerBatch');
});

test('a better run is offered only where it learned from the same labels', async () => {
  const run = await makeRun('2026-01-02T10-00-00', { stoppedBy: 'finished', data: 'now' });
  await makeRun('2026-01-01T10-00-00', { learningRate: 0.01, stoppedBy: 'finished', mAP50: 0.9, data: 'before' });
  expect((await adviceFor(project, run, { stoppedBy: 'finished' }))?.kind).toBe('faster');
  await makeRun('2026-01-01T11-00-00', { learningRate: 0.01, stoppedBy: 'finished', mAP50: 0.7, data: 'now' });
  expect(await adviceFor(project, run, { stoppedBy: 'finished' })).toEqual({
    ...{ kind: 'earlierRun', run: 'runs/2026-01-01T11-00-00', mAP50: 0.7, than: 0.25 },
  });
});

test('the names that are mixed up most often, in one direction', () => {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const mistake = (kind: Mistake['kind'], label: string, taken: string): Mistake => ({
    ...{ kind, file: 'images/a.png', label, box, weight: 1 },
    detected: { label: taken, score: 1, box },
  });
  const names = [
    mistake('wrongClass', 'nut', 'bolt'),
    mistake('wrongClass', 'bolt', 'nut'),
    mistake('wrongClass', 'bolt', 'nut'),
    ...Array.from({ length: 3 }, () => mistake('poorlyPlaced', 'nut', 'nut')),
  ];
  expect(mostMixedUp(names)).toEqual({ label: 'bolt', taken: 'nut' });
  expect(mostMixedUp(names.slice(3))).toBeUndefined();
});
