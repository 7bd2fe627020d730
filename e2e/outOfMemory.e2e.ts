import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchSizeResult } from '../shared/contract';
import { limitedGroup } from '../electron/trainer/controlGroup.testing';
import { listRuns } from '../electron/trainer/runTable';
import { writeJson } from '../electron/trainer/projectStore';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { launchApp, trainerPid, type LaunchedApp } from './launch';

const shots = process.env['LINESIDE_E2E_SHOTS'];
/** Less than a step with 8 pictures takes beside what the trainer holds already. */
const groupBytes = 4e8;

/** As measured while there was more: all 8 pictures go through the engine at once. */
const measuredBefore = batchSizeResult.parse({
  ...{ batchSize: 8, learningRate: 0.0005, reason: '', budgetBytes: 4e9, budgetReason: '' },
  scaling: { linear: 0.0005, squareRoot: 0.0005, chosen: 'measured' },
  table: [{ batchSize: 8, predictedBytes: 1.2e9, measuredBytes: 1.2e9, imagesPerSecond: 10, fits: true }],
});

let folder: string;
let launched: LaunchedApp | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-oom-'));
});
afterEach(async () => {
  await launched?.close();
  await rm(folder, { recursive: true, force: true });
});

const byId = (id: string): Locator => (launched as LaunchedApp).page.getByTestId(id);

async function shot(name: string): Promise<void> {
  if (shots !== undefined) await launched?.page.screenshot({ path: path.join(shots, `${name}.png`) });
}

async function openChecked(project: string, env: Readonly<Record<string, string>> = {}): Promise<LaunchedApp> {
  const app = await launchApp({ folders: [project], size: { width: 1280, height: 720 }, env });
  launched = app;
  await byId('open-project').click();
  await byId('rail-dataset').click();
  await byId('primary').click();
  await app.page.locator('[data-testid="rail-dataset"][data-state="done"]').waitFor({ timeout: 120_000 });
  return app;
}

test(
  'the kernel ends the trainer for its memory: it goes on by itself with half the batch, and says so',
  { timeout: 300_000 },
  async (context) => {
    const group = limitedGroup(groupBytes);
    if (group === undefined) return context.skip('needs the right to make a control group of its own');
    try {
      const project = path.join(folder, 'squares');
      await makeMiniProject(project, { train: 60, validation: 6, test: 6 });
      await writeJson(project, 'batchSize.json', batchSizeResult, measuredBefore);
      const { app, complaints } = await openChecked(project);
      await byId('rail-training').click();
      await byId('training-before').waitFor();
      writeFileSync(group.procs, String(await trainerPid(app)));
      await byId('primary').click();
      await byId('watch').waitFor({ timeout: 120_000 });
      expect(await byId('watch').innerText()).toContain('did not suffice for 8 pictures at a time. It goes on with 4');
      expect((await listRuns(project))[0]).toMatchObject({ batchSize: 4, learningRate: 0.00025 });
      await shot('oom-goes-on');
      await byId('primary').click();
      await byId('interrupted').waitFor({ timeout: 60_000 });
      expect(complaints).toEqual([]);
    } finally {
      await launched?.close();
      group.remove();
    }
  },
);

test(
  'before anything is measured the usual figures are told; too little memory for one picture is said, nothing is started',
  { timeout: 300_000 },
  async () => {
    const project = path.join(folder, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
    await openChecked(project, { LINESIDE_MEMORY: '600000000' });
    await byId('rail-lrFinder').click();
    await byId('until-measured').waitFor();
    expect(await byId('until-measured').innerText()).toMatch(/learning rate 0\.00025 · 4 pictures at a time/);
    await shot('until-measured-rate');
    await byId('rail-batchSize').click();
    await byId('until-measured').waitFor();
    await shot('until-measured-batch');
    await byId('primary').click();
    await byId('job-failed').waitFor({ timeout: 60_000 });
    expect(await byId('job-failed').innerText()).toMatch(/needs \d\.\d GB of memory even with one picture/);
    await shot('nothing-fits');
  },
);
