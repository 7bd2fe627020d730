import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchSizeResult } from '../shared/contract';
import { readJson } from '../electron/trainer/projectStore';
import { listRuns } from '../electron/trainer/runTable';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { launchApp, type LaunchedApp } from './launch';

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-chain-'));
});
afterEach(async () => {
  // A test that failed in mid-training leaves an app that will not close without asking.
  await launched.kill();
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

const byId = (id: string): Locator => launched.page.getByTestId(id);

async function shot(name: string): Promise<void> {
  await launched.page.waitForTimeout(400);
  if (shots !== undefined) await launched.page.screenshot({ path: path.join(shots, `${name}.png`) });
  const { violations } = await new AxeBuilder({ page: launched.page }).setLegacyMode(true).analyze();
  expect(
    violations.map(({ id }) => id),
    name,
  ).toEqual([]);
}

test(
  'another batch size changes rate, rounds and time at once, and that is what is trained',
  { timeout: 600_000 },
  async () => {
    const project = path.join(folder, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
    launched = await launchApp({ folders: [project], size: { width: 1280, height: 720 } });
    await byId('open-project').click();
    await byId('rail-dataset').click();
    await byId('primary').click();
    await launched.page.locator('[data-testid="rail-dataset"][data-state="done"]').waitFor({ timeout: 120_000 });
    await byId('rail-batchSize').click();
    await byId('glass').waitFor();
    await shot('batch-before');
    await byId('primary').click();
    await byId('consequences').waitFor({ timeout: 300_000 });
    await shot('batch-after');
    const plans = (await readJson(project, 'batchSize.json', batchSizeResult))?.plans ?? [];
    const planned = new Map(plans.map((plan) => [plan.batchSize, plan]));
    // Published recipes: 0.00025 at 4; in proportion at 2.
    expect([planned.get(4)?.learningRate, planned.get(2)?.learningRate]).toEqual([0.00025, 0.00013]);
    expect(await byId('leads-rate').innerText()).toContain('0.00025');
    await byId('batch-2').click();
    expect(await byId('leads-rate').innerText()).toContain('0.00013');
    expect(await byId('leads-rounds').innerText()).toContain(String(planned.get(2)?.epochs));
    await shot('batch-other');
    await byId('primary').click();
    await byId('training-before').waitFor();
    await shot('chain-training-before');
    // Another schedule is told where it begins: here, and beside the batch size.
    await byId('details').click();
    await byId('schedule-choice').getByText('1cycle').click();
    await expect.poll(() => byId('schedule-sentence').innerText()).toMatch(/^It gets faster from .* almost to nothing/);
    await byId('details').click();
    await byId('rail-batchSize').click();
    expect(await byId('consequences').innerText()).toContain('The rate rises slowly over the first 30%');
    await shot('batch-one-cycle');
    await byId('rail-training').click();
    await byId('primary').click();
    await expect
      .poll(async () => (await listRuns(project))[0], { timeout: 60_000 })
      .toMatchObject({
        ...{ batchSize: 2, learningRate: 0.00013, epochs: planned.get(2)?.epochs, schedule: 'oneCycle' },
      });
    await byId('primary').click();
    await launched.page.locator('[data-testid="interrupted"], [data-testid="job-cancelled"]').first().waitFor();
    expect(launched.complaints).toEqual([]);
  },
);
