import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { watchDesktop } from './desktop';
import { drive } from './driver';
import { launchApp, type LaunchedApp } from './launch';

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-notify-'));
});

afterEach(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

test('whoever has turned to something else hears of a long job that has ended, and of no other', async () => {
  const project = path.join(folder, 'squares');
  await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
  launched = await launchApp({ folders: [project], size: { width: 1280, height: 720 } });
  const { page, byId, until, untilScreen, untilStage } = drive(launched.page);
  const desktop = await watchDesktop(launched.app);
  // The page's clock goes on as it does, but for the leaps below.
  await page.clock.install();

  await byId('open-project').click();
  await byId('rail-dataset').click();
  await byId('primary').click();
  await untilStage('dataset', 'done');
  expect(await desktop.told()).toEqual([]);

  await byId('rail-batchSize').click();
  await untilScreen('batchSize');
  await byId('primary').click();
  await untilStage('batchSize', 'running');
  await page.clock.fastForward(30_000);
  await byId('stop').click();
  await until(byId('job-cancelled'));
  expect(await desktop.told()).toEqual([]);

  await byId('primary').click();
  await untilStage('batchSize', 'running');
  await page.clock.fastForward(30_000);
  await untilStage('batchSize', 'done');
  await expect.poll(desktop.told).toEqual(['Lineside is done']);
  expect(launched.complaints).toEqual([]);
});
