import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evaluationResult, trainingResult } from '../shared/contract';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { readJson } from '../electron/trainer/projectStore';
import { listRuns } from '../electron/trainer/runTable';
import { launchApp, type LaunchedApp } from './launch';

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];
const program = path.join(__dirname, '..', 'out', 'lineside.cjs');

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-advice-'));
});
afterEach(async () => {
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
  'a training that learned too little: one suggestion, one click, and the runs to compare',
  { timeout: 900_000 },
  async () => {
    const project = path.join(folder, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 10 });
    const lineside = (...words: string[]): string =>
      execFileSync(process.execPath, [program, ...words, '--project', project], { encoding: 'utf8' });
    const told = lineside('train', '--learning-rate', '0.00001', '--batch-size', '4', '--epochs', '3');
    expect(told).toMatch(
      /next: Train again at twice the rate, 0\.00002\..*\n\s+lineside train --learning-rate 0\.00002 /,
    );
    expect(lineside('evaluate')).toContain('next: Train again at twice the rate');

    launched = await launchApp({ folders: [project], size: { width: 1280, height: 720 } });
    await byId('open-project').click();
    await byId('rail-evaluation').click();
    await byId('suggestion').waitFor({ timeout: 60_000 });
    expect(await byId('suggestion').getAttribute('data-kind')).toBe('faster');
    await shot('suggestion');
    expect(await byId('primary').innerText()).toBe('Train it so');
    expect(await byId('to-export').isVisible()).toBe(true);
    await byId('primary').click();
    await byId('screen-training').waitFor();
    await expect
      .poll(async () => (await listRuns(project)).map(({ stoppedBy }) => stoppedBy), {
        timeout: 300_000,
        interval: 500,
      })
      .toEqual(['finished', 'finished']);
    const [second, first] = await listRuns(project);
    expect(second).toMatchObject({ learningRate: 0.00002, batchSize: 4, epochs: 3, used: true });
    expect(first).toMatchObject({ learningRate: 0.00001, batchSize: 4, epochs: 3, used: false });
    const result = await readJson(project, `${second?.run ?? ''}/result.json`, trainingResult);
    expect(result?.advice).toMatchObject({ kind: 'faster', settings: { learningRate: 0.00004 } });

    await byId('details').click();
    await byId('runs').waitFor();
    await shot('runs');
    await byId('use-run').click();
    await expect.poll(async () => (await listRuns(project)).map(({ used }) => used)).toEqual([false, true]);
    // What has been tried since is not suggested again.
    const anew = async (): Promise<unknown> =>
      (await readJson(project, `${first?.run ?? ''}/evaluation.json`, evaluationResult))?.advice;
    await expect.poll(anew).toMatchObject({ kind: 'largerBatch', settings: { batchSize: 8 } });
    await byId('rail-evaluation').click();
    await expect.poll(() => byId('suggestion').getAttribute('data-kind')).toBe('largerBatch');
    expect(launched.complaints).toEqual([]);
  },
);
