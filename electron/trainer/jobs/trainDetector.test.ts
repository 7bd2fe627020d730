import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventOf } from '../../../shared/contract';
import { makeMiniProject } from '../training/miniProject.testing';
import { trainDetector } from './trainDetector';
import { planProject } from './workplace';

let project = '';
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'lineside-train-'));
  await makeMiniProject(project, { train: 4, validation: 1, test: 1 }, { width: 400, height: 300 });
});
afterEach(() => rm(project, { recursive: true, force: true }));

test('a run that is gone on with keeps its own layout, though the operator has had the pictures cut since', async () => {
  const settings = { seed: 1, learningRate: 0.001, batchSize: 2, epochs: 2, schedule: 'cosine' as const };
  const stop = new AbortController();
  const steps: Pick<Extract<EventOf<'training.run'>, { kind: 'step' }>, 'step' | 'steps'>[] = [];
  const emit = (event: EventOf<'training.run'>): void => {
    if (event.kind !== 'step') return;
    steps.push({ step: event.step, steps: event.steps });
    stop.abort();
  };
  const paused = await trainDetector({ project, ...settings }, { emit, signal: stop.signal });
  expect(paused.stoppedBy).toBe('operator');
  const { signal } = new AbortController();
  const plan = await planProject({ project, seed: 1, tiling: true }, { emit: () => undefined, signal });
  expect(plan.tiling?.views).toBe(2);

  const ended = await trainDetector({ project, seed: 1, schedule: 'cosine', resume: 'latest' }, { emit, signal });
  expect(ended).toMatchObject({ run: paused.run, stoppedBy: 'finished', epochs: 2 });
  expect(steps).toEqual([1, 2, 3, 4].map((step) => ({ step, steps: 4 })));
});
