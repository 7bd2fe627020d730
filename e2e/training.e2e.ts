import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchSizeResult, trainingResult } from '../shared/contract';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { writeJson } from '../electron/trainer/projectStore';
import { watchDesktop } from './desktop';
import { drive, newest, readRounds } from './driver';
import { launchApp, trainerPid, type LaunchedApp } from './launch';

const size = { width: 1280, height: 720 };

/** As measured on a slow machine, for which a hundred steps are planned instead of five hundred. */
const slowMachine = batchSizeResult.parse({
  ...{ batchSize: 2, learningRate: 0.002, reason: 'Measured elsewhere.', budgetBytes: 2e9, budgetReason: '' },
  table: [{ batchSize: 2, predictedBytes: 1e9, measuredBytes: 1e9, imagesPerSecond: 0.01, fits: true }],
  scaling: { linear: 0.002, squareRoot: 0.002, chosen: 'measured' },
});

let home: string;
let launched: LaunchedApp;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'lineside-training-'));
});

afterEach(async () => {
  // A test that failed in mid-training leaves an app that will not close without asking.
  await launched.kill();
  await launched.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

test(
  'a training survives the window closed on it and its process killed, and ends with all rounds',
  {
    timeout: 900_000,
  },
  async () => {
    const project = path.join(home, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
    await writeJson(project, 'batchSize.json', batchSizeResult, slowMachine);
    launched = await launchApp({ home, folders: [project], size });
    let driver = drive(launched.page);
    let desktop = await watchDesktop(launched.app);
    await driver.byId('open-project').click();
    await driver.byId('rail-dataset').click();
    await driver.untilScreen('dataset');
    await driver.byId('primary').click();
    await driver.untilStage('dataset', 'done');
    await driver.byId('rail-training').click();
    await driver.untilScreen('training');
    await expect.poll(desktop.isAwake).toBe(false);
    await driver.byId('primary').click();
    await driver.until(driver.byId('previews'));
    const run = await newest(project, 'runs');
    expect(await desktop.isAwake()).toBe(true);

    // Closed by mistake: it asks, and goes on.
    await desktop.closeWindow();
    await expect.poll(desktop.asked).toEqual(['A job is still running']);
    await driver.untilStage('training', 'running');
    expect(await desktop.isAwake()).toBe(true);
    // Closed on purpose: the next start is where this one ended.
    await desktop.answerWith(1);
    const gone = new Promise((resolve) => launched.app.process().once('exit', resolve));
    await desktop.closeWindow();
    await gone;
    await launched.close();
    expect(launched.complaints).toEqual([]);
    const kept = await readRounds(run);
    expect(kept.length).toBeGreaterThan(0);

    launched = await launchApp({ home, size });
    driver = drive(launched.page);
    desktop = await watchDesktop(launched.app);
    await driver.untilScreen('training');
    await driver.until(driver.byId('interrupted'));
    expect(await driver.byId('heading').innerText()).toBe('It is taking a break');
    expect(await driver.byId('use-as-is').isEnabled()).toBe(true);
    await driver.byId('primary').click();
    await expect.poll(async () => (await readRounds(run)).length, { timeout: 300_000 }).toBeGreaterThan(kept.length);

    const before = await trainerPid(launched.app);
    process.kill(before, 'SIGKILL');
    await driver.until(driver.byId('job-failed'), 30_000);
    await expect.poll(desktop.told).toEqual(['Lineside needs you']);
    await expect.poll(() => trainerPid(launched.app).catch(() => before), { timeout: 30_000 }).not.toBe(before);
    await expect.poll(desktop.isAwake).toBe(false);
    await driver.judge('training', 'training-killed');
    const learned = (await readRounds(run)).length;
    await driver.byId('primary').click();
    await driver.byId('job-failed').waitFor({ state: 'hidden' });
    await driver.untilStage('training', 'done');
    await driver.judge('training', 'training-done');
    await expect.poll(desktop.isAwake).toBe(false);
    expect(await newest(project, 'runs')).toBe(run);
    const result = trainingResult.parse(JSON.parse(await readFile(path.join(run, 'result.json'), 'utf8')));
    const rounds = (await readRounds(run)).map(({ epoch }) => epoch);
    expect(rounds).toEqual(Array.from({ length: result.epochs }, (_, index) => index + 1));
    expect(result.epochs).toBeGreaterThan(learned);
    expect(launched.complaints).toEqual([]);
  },
);
