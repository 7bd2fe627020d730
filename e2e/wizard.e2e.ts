import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchSizeResult, exportResult, trainingResult } from '../shared/contract';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { readAnnotations, writeJson } from '../electron/trainer/projectStore';
import { launchApp, trainerPid, type LaunchedApp } from './launch';

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];

/** A stage of the smallest project takes a minute at most on two cores, and this long where they are very busy. */
const stageMs = 300_000;

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-wizard-'));
});

afterEach(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

function byId(id: string): Locator {
  return launched.page.getByTestId(id);
}

function until(locator: Locator, timeout = stageMs): Promise<void> {
  return locator.first().waitFor({ timeout });
}

/** Waits for a step of the rail to get into a state. A job that fails meanwhile says so at once. */
async function untilStage(stage: string, state: string): Promise<void> {
  const reached = launched.page.locator(`[data-testid="rail-${stage}"][data-state="${state}"]`);
  await until(reached.or(byId('job-failed')).or(byId('trouble')));
  const failed = byId('job-failed').or(byId('trouble'));
  if ((await failed.count()) > 0) expect(await failed.first().innerText()).toBe('');
}

/** Holds the screen against the rules of accessibility. */
async function judge(screen: string, shot = screen): Promise<void> {
  await until(byId(`screen-${screen}`));
  // Colours fade in.
  await launched.page.waitForTimeout(400);
  if (shots !== undefined) await launched.page.screenshot({ path: path.join(shots, `${shot}.png`) });
  const { violations } = await new AxeBuilder({ page: launched.page }).setLegacyMode(true).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect(told, shot).toEqual([]);
}

/** Turns a project of small pictures into the folder in Pascal VOC's format that somebody might bring. */
async function writeVocFolder(dir: string): Promise<void> {
  const source = path.join(folder, 'source');
  await makeMiniProject(source, { train: 14, validation: 6, test: 6 });
  await mkdir(path.join(dir, 'Annotations'), { recursive: true });
  for (const { image, width, height, boxes } of await readAnnotations(source)) {
    const objects = boxes.map(
      ({ label, x, y, width: wide, height: high }) =>
        `<object><name>${label}</name><difficult>0</difficult><bndbox><xmin>${x}</xmin><ymin>${y}</ymin>` +
        `<xmax>${x + wide}</xmax><ymax>${y + high}</ymax></bndbox></object>`,
    );
    const { base, name } = path.parse(image);
    const xml =
      `<annotation><filename>${base}</filename><size><width>${width}</width><height>${height}</height>` +
      `<depth>3</depth></size>${objects.join('')}</annotation>`;
    await writeFile(path.join(dir, 'Annotations', `${name}.xml`), xml);
  }
  await rename(path.join(source, 'images'), path.join(dir, 'JPEGImages'));
}

/** Where the project lies that was opened last. */
async function openFolder(): Promise<string> {
  const reply = await launched.page.evaluate(() => window.lineside.invoke('project.recent', {}));
  const [latest] = (reply as { output: { dir: string }[] }).output;
  return latest?.dir ?? '';
}

/** What the newest folder below `kind` holds. */
async function newest(project: string, kind: 'runs' | 'exports'): Promise<string> {
  const names = (await readdir(path.join(project, kind))).sort();
  return path.join(project, kind, names.at(-1) ?? '');
}

describe('the wizard', () => {
  test('leads from pictures to an exported model that runs elsewhere', { timeout: 900_000 }, async () => {
    const voc = path.join(folder, 'parts');
    await writeVocFolder(voc);
    launched = await launchApp({ folders: [voc], size: { width: 1280, height: 720 } });
    const primary = byId('primary');
    await judge('welcome');
    await primary.click();
    await byId('project-name').fill('Squares');
    await byId('create-project').click();
    await judge('images', 'images-empty');

    await byId('add-folder').click();
    await untilStage('images', 'done');
    await untilStage('annotations', 'done');
    expect(await byId('picture-count').innerText()).toContain('26');
    await judge('images');
    await primary.click();
    await judge('annotations');
    await byId('rail-dataset').click();
    await until(byId('screen-dataset'));
    await primary.click();
    await untilStage('dataset', 'done');
    await judge('dataset');
    await byId('rail-lrFinder').click();
    await until(byId('screen-lrFinder'));
    await primary.click();
    await untilStage('lrFinder', 'done');
    await judge('lrFinder');
    await primary.click();
    await judge('batchSize', 'batchSize-before');
    await primary.click();
    await untilStage('batchSize', 'done');
    await judge('batchSize');
    await primary.click();
    await judge('training', 'training-before');

    await primary.click();
    await until(byId('previews'));
    await judge('training', 'training-running');
    await primary.click();
    await until(byId('interrupted'));
    await judge('training', 'training-paused');
    await byId('use-as-is').click();
    await until(byId('screen-evaluation'));
    await primary.click();
    await untilStage('evaluation', 'done');
    await judge('evaluation');
    await primary.click();
    await until(byId('screen-export'));
    await primary.click();
    await until(byId('certificate'));
    await judge('export');
    expect(await byId('certificate').getAttribute('data-good')).toBe('true');

    await expectToRun(await newest(await openFolder(), 'exports'));
    expect(launched.complaints).toEqual([]);
  });
});

/** Loads what was exported in another runtime and shows it a picture. */
async function expectToRun(exported: string): Promise<void> {
  const { files } = exportResult.parse(JSON.parse(await readFile(path.join(exported, 'export.json'), 'utf8')));
  expect(files.map(({ format }) => format)).toEqual(['onnx', 'onnxDetections']);
  expect((await readFile(path.join(exported, 'labels.txt'), 'utf8')).trim().split('\n')).toEqual(['blue', 'red']);
  const session = await InferenceSession.create(path.join(exported, 'model.onnx'));
  try {
    const pixels = Float32Array.from({ length: 3 * 300 * 300 }, (_, index) => (index * 37) % 256);
    const { boxes, scores } = await session.run({ images: new Tensor('float32', pixels, [1, 3, 300, 300]) });
    const priors = boxes?.dims[1];
    expect(priors).toBeGreaterThan(1000);
    expect(boxes?.dims).toEqual([1, priors, 4]);
    expect(scores?.dims).toEqual([1, priors, 3]);
    for (const output of [boxes, scores]) expect((output?.data as Float32Array).every(Number.isFinite)).toBe(true);
  } finally {
    await session.release();
  }
}

describe('a training whose process is killed', () => {
  /** As measured on a slow machine, for which a hundred steps are planned instead of five hundred. */
  const slowMachine = batchSizeResult.parse({
    ...{ batchSize: 2, learningRate: 0.002, reason: 'Measured elsewhere.', budgetBytes: 2e9, budgetReason: '' },
    table: [{ batchSize: 2, predictedBytes: 1e9, measuredBytes: 1e9, imagesPerSecond: 0.01, fits: true }],
    scaling: { linear: 0.002, squareRoot: 0.002, chosen: 'measured' },
  });

  test('goes on from its last round and ends with all of them', { timeout: 900_000 }, async () => {
    const project = path.join(folder, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
    await writeJson(project, 'batchSize.json', batchSizeResult, slowMachine);
    launched = await launchApp({ folders: [project], size: { width: 1280, height: 720 } });
    const primary = byId('primary');
    await byId('open-project').click();
    await byId('rail-dataset').click();
    await until(byId('screen-dataset'));
    await primary.click();
    await untilStage('dataset', 'done');
    await byId('rail-training').click();
    await until(byId('screen-training'));
    await primary.click();
    await until(byId('previews'));
    const run = await newest(project, 'runs');
    const before = await trainerPid(launched.app);
    process.kill(before, 'SIGKILL');

    await until(byId('job-failed'), 30_000);
    await expect.poll(() => trainerPid(launched.app).catch(() => before), { timeout: 30_000 }).not.toBe(before);
    await judge('training', 'training-killed');
    const learned = (await readEpochs(run)).length;
    expect(learned).toBeGreaterThan(0);
    await primary.click();
    await byId('job-failed').waitFor({ state: 'hidden' });
    await untilStage('training', 'done');
    await judge('training', 'training-done');
    expect(await newest(project, 'runs')).toBe(run);
    const result = trainingResult.parse(JSON.parse(await readFile(path.join(run, 'result.json'), 'utf8')));
    const epochs = await readEpochs(run);
    expect(epochs).toEqual(Array.from({ length: result.epochs }, (_, index) => index + 1));
    expect(result.epochs).toBeGreaterThan(learned);
    expect(launched.complaints).toEqual([]);
  });
});

/** Numbers of the rounds that a run has logged. */
async function readEpochs(run: string): Promise<number[]> {
  const lines = (await readFile(path.join(run, 'metrics.jsonl'), 'utf8'))
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return lines
    .map((line) => JSON.parse(line) as { kind: string; epoch: number })
    .flatMap(({ kind, epoch }) => (kind === 'epoch' ? [epoch] : []));
}
