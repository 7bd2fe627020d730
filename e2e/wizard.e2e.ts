import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnnotation } from '../electron/trainer/projectStore';
import type { PixelRect } from '../shared/boxes';
import { drive, newest, type Driver } from './driver';
import { expectToRun } from './exported';
import { useKeyboard, type Keyboard } from './keyboard';
import { launchApp, type LaunchedApp } from './launch';
import { writeVocFolder } from './vocFolder';

const size = { width: 1280, height: 720 };
const stages = ['images', 'annotations', 'dataset', 'lrFinder', 'batchSize', 'training', 'evaluation', 'export'];

let folder: string;
let home: string;
let launched: LaunchedApp;
/** The project that the first test makes. */
let made: string;

// One project all along: made by the keyboard, then copied, then looked at.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-wizard-'));
  home = path.join(folder, 'home');
});

afterAll(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** From where the app puts a new box to where the part is, by the arrows, as the help says. */
async function drawByKeys({ press }: Keyboard, part: PixelRect, picture: { width: number; height: number }) {
  const start = { width: Math.round(picture.width * 0.2), height: Math.round(picture.height * 0.2) };
  const middle = {
    x: Math.round((picture.width - start.width) / 2),
    y: Math.round((picture.height - start.height) / 2),
  };
  const go = async (by: number, less: string, more: string, held = ''): Promise<void> => {
    const key = by < 0 ? less : more;
    await press(`${held}Shift+${key}`, Math.floor(Math.abs(by) / 10));
    await press(`${held}${key}`, Math.abs(by) % 10);
  };
  await press('b');
  await go(part.x - middle.x, 'ArrowLeft', 'ArrowRight');
  await go(part.y - middle.y, 'ArrowUp', 'ArrowDown');
  await go(part.width - start.width, 'ArrowLeft', 'ArrowRight', 'Control+');
  await go(part.height - start.height, 'ArrowUp', 'ArrowDown', 'Control+');
}

/** Goes to a step by Tab and Enter, and looks it over. */
async function visit(driver: Driver, keys: Keyboard, stage: string): Promise<void> {
  await keys.tabTo(`rail-${stage}`);
  await keys.press('Enter');
  await driver.untilScreen(stage);
}

test('the wizard, by the keyboard alone, from pictures to a model that runs', { timeout: 1_200_000 }, async () => {
  const voc = path.join(folder, 'parts');
  const forgotten = await writeVocFolder(voc, 'mini_0.png');
  launched = await launchApp({ home, folders: [voc], size });
  const driver = drive(launched.page);
  const { page, byId, until, untilScreen, untilStage, judge } = driver;
  await page.evaluate(() => {
    addEventListener('pointerdown', () => console.error('a pointer was used'), true);
  });
  const keys = useKeyboard(page);
  const { press, tabTo, walk } = keys;
  const primary = async (): Promise<void> => {
    await tabTo('primary');
    await press('Enter');
  };

  await judge('welcome');
  await walk('welcome');
  await primary();
  await until(byId('project-name'));
  await judge('welcome', 'new-project');
  await page.keyboard.type('Squares');
  await press('Enter');
  await judge('images', 'images-empty');
  await tabTo('add-folder');
  await press('Enter');
  await untilStage('annotations', 'done');
  expect(await byId('picture-count').innerText()).toContain('26');
  await judge('images');
  await walk('images');

  await visit(driver, keys, 'annotations');
  await until(byId('canvas'));
  const red = await byId('classes').locator('[data-testid="class-red"] span').last().innerText();
  await press(red);
  const before = { version: 1, image: 'images/mini_0.png', width: 160, height: 120 } as const;
  await drawByKeys(keys, forgotten, before);
  const drawn = async () => (await readAnnotation(await driver.openFolder(), before.image))?.boxes.slice(1);
  await expect.poll(drawn).toEqual([{ label: 'red', ...forgotten, difficult: false }]);
  await press('Control+z');
  await expect.poll(async () => (await drawn())?.[0]?.height).not.toBe(forgotten.height);
  await press('Control+y');
  await expect.poll(drawn).toEqual([{ label: 'red', ...forgotten, difficult: false }]);
  await judge('annotations');
  await walk('annotations');

  await visit(driver, keys, 'dataset');
  await primary();
  await untilStage('dataset', 'done');
  await judge('dataset');
  await walk('dataset');
  // By the keys that the help names, from here on and off.
  await press('Control+Enter');
  await untilScreen('lrFinder');
  await press('Control+Enter');
  await untilStage('lrFinder', 'done');
  await judge('lrFinder');
  await walk('lrFinder');
  await primary();
  await judge('batchSize', 'batchSize-before');
  await primary();
  await untilStage('batchSize', 'done');
  await judge('batchSize');
  await walk('batchSize');
  await press('Alt+6');
  await judge('training', 'training-before');
  await primary();
  await until(byId('previews'));
  await judge('training', 'training-running');
  await primary();
  await until(byId('interrupted'));
  expect(await byId('heading').innerText()).toBe('It is taking a break');
  await judge('training', 'training-paused');
  await walk('training');
  await tabTo('use-as-is');
  await press('Enter');
  await untilScreen('evaluation');
  await primary();
  await untilStage('evaluation', 'done');
  await judge('evaluation');
  await walk('evaluation');
  await primary();
  await untilScreen('export');
  await primary();
  await until(byId('certificate'));
  await judge('export');
  await walk('export');
  expect(await byId('certificate').getAttribute('data-good')).toBe('true');

  made = await driver.openFolder();
  await expectToRun(await newest(made, 'exports'), ['blue', 'red']);
  expect(launched.complaints).toEqual([]);
  await launched.close();
  expect(launched.networkAttempts()).toEqual([]);
});

describe('what was made then', () => {
  /** Where the project lies after it was copied to another place; the one it was made from is out of reach. */
  let copy: string;

  beforeAll(async () => {
    copy = path.join(folder, 'elsewhere', 'Copied');
    await cp(made, copy, { recursive: true });
    await rename(made, `${made} (moved)`);
    launched = await launchApp({ home: path.join(folder, 'another home'), folders: [copy], size });
    await launched.page.getByTestId('open-project').click();
  });

  test('is all there in a copied folder, and is exported again', { timeout: 300_000 }, async () => {
    const { page, byId, until, untilScreen, untilStage } = drive(launched.page);
    for (const stage of stages) await untilStage(stage, 'done');
    await byId('rail-images').click();
    const pictures = page.getByTestId('wall').locator('img');
    await expect
      .poll(() => pictures.evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length))
      .toBeGreaterThan(5);
    await byId('rail-annotations').click();
    await until(byId('box'));
    expect(await byId('box').count()).toBe(2);
    expect(await byId('undo').isDisabled()).toBe(false);
    await byId('rail-training').click();
    await untilScreen('training');
    expect(await byId('figure-rounds').innerText()).toMatch(/\d+ of \d+/);
    await byId('rail-evaluation').click();
    await until(byId('found'));
    await byId('rail-export').click();
    await until(byId('certificate'));
    const before = await newest(copy, 'exports');
    await byId('make-again').click();
    await expect.poll(() => newest(copy, 'exports'), { timeout: 120_000 }).not.toBe(before);
    await untilStage('export', 'done');
    await expectToRun(await newest(copy, 'exports'), ['blue', 'red']);
    expect(launched.complaints).toEqual([]);
  });

  test.each(['light', 'dark', 'contrast'])('can be read by everybody, look: %s', { timeout: 300_000 }, async (look) => {
    const { page, byId, judge } = drive(launched.page);
    await byId('look').click();
    await byId(`look-${look}`).click();
    for (const screen of stages) {
      await byId(`rail-${screen}`).click();
      await judge(screen, `${screen}-${look}`);
    }
    // What unfolds and what lies over the screens: details, help, menus, a name to be given.
    await byId('details').click();
    for (const screen of stages) {
      await byId(`rail-${screen}`).click();
      if (await byId('details-body').isVisible()) await judge(screen, `${screen}-details-${look}`);
    }
    await byId('rail-dataset').click();
    await byId('details').click();
    await byId('help').click();
    await judge('dataset', `help-${look}`);
    await page.keyboard.press('Escape');
    for (const menu of ['language', 'look']) {
      await byId(menu).click();
      await judge('dataset', `menu-${menu}-${look}`);
      await page.keyboard.press('Escape');
    }
    const score = /finds \d+ of 100/.exec(await byId('rail-evaluation').innerText())?.[0];
    await byId('try-model').click();
    await judge('tryModel', `tryModel-${look}`);
    await byId('rail-welcome').click();
    await judge('welcome', `welcome-${look}`);
    expect(await byId('recent').first().innerText()).toContain(score ?? 'a score');
    await byId('primary').click();
    await judge('welcome', `new-project-${look}`);
    await page.keyboard.press('Escape');
    await byId('recent').locator('button').first().click();
    expect(launched.complaints).toEqual([]);
  });
});
