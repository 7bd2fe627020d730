import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { drive, newest, type Driver } from './driver';
import { launchApp, type LaunchedApp } from './launch';

/** Stop in the status bar, in each step that takes long: nothing is half done, and the step can be started again. */

/** So many that bringing them in, and checking them, can be stopped on the way. */
const manyPictures = 600;

let folder: string;
let many: string;
let squares: string;
let launched: LaunchedApp;
let driver: Driver;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-cancel-'));
  many = path.join(folder, 'many');
  squares = path.join(folder, 'squares');
  // So many to be tested on that the test can be stopped on the way.
  await makeMiniProject(squares, { train: 14, validation: 6, test: 120 });
  await writeManyPictures();
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function launch(folders: readonly string[]): Promise<void> {
  launched = await launchApp({ folders, size: { width: 1280, height: 720 } });
  driver = drive(launched.page);
}

afterEach(() => expect(launched.complaints).toEqual([]));

/** A folder in Pascal VOC's format. What may follow the end of a PNG makes each picture another one. */
async function writeManyPictures(): Promise<void> {
  const picture = await readFile(path.join(squares, 'images', 'mini_0.png'));
  await mkdir(many);
  for (let index = 0; index < manyPictures; index++) {
    await writeFile(path.join(many, `p${index}.png`), Buffer.concat([picture, Buffer.from(`${index}`)]));
    const xml =
      `<annotation><filename>p${index}.png</filename><size><width>160</width><height>120</height><depth>3</depth></size>` +
      '<object><name>red</name><bndbox><xmin>10</xmin><ymin>10</ymin><xmax>50</xmax><ymax>50</ymax></bndbox></object>' +
      '</annotation>';
    await writeFile(path.join(many, `p${index}.xml`), xml);
  }
}

/** All files that a step could leave, and whatever it did not tidy away; but neither what shows things again nor the lock. */
async function contents(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  return names.filter((name) => !/^((thumbnails|undo|trash)(\/|$)|\.lock)/.test(name)).sort();
}

/** Presses Stop, and waits until the screen is as it was before. */
async function stopAndLook(stage: string, before: string | null): Promise<void> {
  const { byId, until } = driver;
  await byId('stop').click();
  await byId('stop').waitFor({ state: 'hidden', timeout: 30_000 });
  expect(await byId('status-text').innerText()).toBe('Stopped.');
  await until(byId('job-cancelled'));
  expect(await byId(`rail-${stage}`).getAttribute('data-state')).toBe(before);
  expect(await byId('primary').isEnabled()).toBe(true);
}

async function open(stage: string): Promise<void> {
  await driver.byId(`rail-${stage}`).click();
  await driver.untilScreen(stage);
}

describe('Stop', () => {
  beforeAll(() => launch([many, many]));
  afterAll(() => launched.close());

  test('while the practice project is drawn', { timeout: 120_000 }, async () => {
    const { byId, until, untilScreen, openFolder } = driver;
    const documents = path.join(await launched.app.evaluate(({ app }) => app.getPath('documents')), 'Lineside');
    for (const _time of ['first', 'again']) {
      await byId('practice').click();
      await byId('stop').click();
      await untilScreen('welcome');
      await until(byId('no-recent'));
      expect(await byId('status-text').innerText()).toBe('Stopped.');
      expect(await openFolder()).toBe('');
      expect(await readdir(documents).catch(() => [])).toEqual([]);
    }
  });

  test('while pictures come in, and while they are checked', { timeout: 300_000 }, async () => {
    const { byId, until, untilStage, openFolder } = driver;
    await byId('primary').click();
    await byId('project-name').fill('Many');
    await byId('create-project').click();
    await byId('add-folder').click();
    await byId('stop').click();
    await until(byId('job-cancelled'), 60_000);
    const project = await openFolder();
    const some = await readdir(path.join(project, 'images'));
    expect(some.length).toBeLessThan(manyPictures);
    for (const name of some) {
      const whole = await readFile(path.join(many, name));
      expect((await readFile(path.join(project, 'images', name))).equals(whole), name).toBe(true);
    }
    await byId('add-folder').click();
    await byId('stop').waitFor({ state: 'hidden', timeout: 120_000 });
    await untilStage('annotations', 'done');
    expect(await readdir(path.join(project, 'images'))).toHaveLength(manyPictures);
    expect(await readdir(path.join(project, 'annotations'))).toHaveLength(manyPictures);

    await open('dataset');
    const before = await contents(project);
    await byId('primary').click();
    await stopAndLook('dataset', 'ready');
    expect(await contents(project)).toEqual(before);
    await byId('primary').click();
    await untilStage('dataset', 'running');
    await untilStage('dataset', 'done');
  });
});

describe('Stop, in the smallest project,', () => {
  beforeAll(async () => {
    await launch([squares]);
    await driver.byId('open-project').click();
    await open('dataset');
    await driver.byId('primary').click();
    await driver.untilStage('dataset', 'done');
  });
  afterAll(() => launched.close());

  /** Starts the step of the screen by its large button, stops it once it is under way, and lets it run to its end then. */
  async function stopThenFinish(stage: string, underWay: string): Promise<void> {
    const { byId, until, untilStage } = driver;
    await open(stage);
    const before = await contents(squares);
    const state = await byId(`rail-${stage}`).getAttribute('data-state');
    await byId('primary').click();
    await until(launched.page.locator(underWay));
    await stopAndLook(stage, state);
    expect(await contents(squares)).toEqual(before);
    await byId('primary').click();
    await untilStage(stage, 'running');
    await untilStage(stage, 'done');
    const after = await contents(squares);
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.filter((name) => /\.part|building/.test(name))).toEqual([]);
    await expect.poll(async () => (await readdir(squares)).includes('.lock')).toBe(false);
  }

  test('while it measures the rate', { timeout: 300_000 }, () =>
    stopThenFinish('lrFinder', '[data-testid="finding"]:has-text("2")'),
  );

  test('while it measures the memory', { timeout: 300_000 }, () =>
    stopThenFinish('batchSize', '[data-testid="batch-1"], [data-testid="batch-2"]'),
  );

  test('while it learns, which only pauses it', { timeout: 300_000 }, async () => {
    const { byId, until, untilScreen } = driver;
    await open('training');
    for (const _time of ['first', 'again']) {
      await byId('primary').click();
      await until(byId('previews'));
      await byId('stop').click();
      await until(byId('interrupted'), 60_000);
      expect(await readdir(path.join(squares, 'runs'))).toHaveLength(1);
      const names = (await contents(squares)).map((name) => path.basename(name));
      expect(names).toContain('last.safetensors');
      expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    }
    await byId('use-as-is').click();
    await untilScreen('evaluation');
  });

  test('while it is tested', { timeout: 300_000 }, () => stopThenFinish('evaluation', '[data-testid="stop"]'));

  test('while the package is made', { timeout: 300_000 }, async () => {
    await stopThenFinish('export', '[data-testid="stop"]');
    expect(await readdir(path.join(squares, 'exports'))).toEqual([path.basename(await newest(squares, 'exports'))]);
  });
});
