import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { readAnnotation } from '../electron/trainer/projectStore';
import { drive, type Driver } from './driver';
import { launchApp, type LaunchedApp } from './launch';

const image = 'images/mini_0.png';
const size = { width: 1280, height: 720 };

let home: string;
let project: string;
let launched: LaunchedApp;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'lineside-annotate-'));
  project = path.join(home, 'squares');
  await makeMiniProject(project, { train: 3, validation: 1, test: 1 });
});

afterEach(async () => {
  await launched.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

/** From one corner to the other, in pixels of the picture; the pointer is let go unless `holding`. */
async function drag({ page, byId }: Driver, from: readonly number[], to: readonly number[], holding = false) {
  const canvas = byId('canvas');
  const box = await canvas.boundingBox();
  const [scale, x, y] = await Promise.all(
    ['data-scale', 'data-x', 'data-y'].map(async (name) => Number(await canvas.getAttribute(name))),
  );
  const place = ([across = 0, down = 0]: readonly number[]): [number, number] => [
    (box?.x ?? 0) + (x ?? 0) + across * (scale ?? 1),
    (box?.y ?? 0) + (y ?? 0) + down * (scale ?? 1),
  ];
  await page.mouse.move(...place(from));
  await page.mouse.down();
  await page.mouse.move(...place(to), { steps: 4 });
  if (!holding) await page.mouse.up();
}

/** Rectangles of the boxes that the list beside the picture shows, to whole pixels. */
function listed({ byId }: Driver): Promise<string[]> {
  return byId('box').evaluateAll((boxes) =>
    boxes.map((box) => (box.getAttribute('data-rect') ?? '').split(' ').map(Number).map(Math.round).join(' ')),
  );
}

async function onDisk(): Promise<string[]> {
  const annotation = await readAnnotation(project, image);
  return (annotation?.boxes ?? []).map(({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' '));
}

/** What is drawn is on disk without anybody waiting or pressing anything; a second is for a computer that is busy. */
async function expectSaved(driver: Driver, boxes: number): Promise<void> {
  await expect.poll(() => listed(driver)).toHaveLength(boxes);
  const drawn = await listed(driver);
  await expect.poll(onDisk, { interval: 10, timeout: 1000 }).toEqual(drawn);
}

/** Starts the app once more: it opens the project by itself. */
async function comeBack(): Promise<Driver> {
  await launched.kill();
  await launched.close();
  launched = await launchApp({ home, size });
  const driver = drive(launched.page);
  await driver.until(driver.byId('rail-annotations'), 30_000);
  await driver.byId('rail-annotations').click();
  await driver.page.getByRole('button', { name: 'mini_0.png' }).click();
  await driver.until(driver.byId('canvas'), 30_000);
  return driver;
}

describe('an app that is killed while somebody draws', () => {
  test('loses no box, and the steps can still be undone', async () => {
    launched = await launchApp({ home, folders: [project], size });
    let driver = drive(launched.page);
    await driver.byId('open-project').click();
    await driver.byId('rail-annotations').click();
    await driver.page.getByRole('button', { name: 'mini_0.png' }).click();
    await driver.until(driver.byId('canvas'), 30_000);
    await driver.byId('class-red').click();
    const before = await onDisk();
    expect(before).toHaveLength(2);
    await drag(driver, [60, 90], [90, 110]);
    await expectSaved(driver, 3);
    await drag(driver, [100, 90], [120, 115]);
    await expectSaved(driver, 4);
    const drawn = await onDisk();
    expect(drawn.slice(2)).toEqual(['60 90 30 20', '100 90 20 25']);

    // In the middle of the next box, which nobody has finished.
    await drag(driver, [130, 80], [150, 100], true);
    driver = await comeBack();
    expect(await listed(driver)).toEqual(drawn);
    expect(await onDisk()).toEqual(drawn);

    await driver.byId('undo').click();
    await expectSaved(driver, 3);
    // Right after a step back.
    driver = await comeBack();
    expect(await listed(driver)).toEqual(drawn.slice(0, 3));
    await driver.byId('undo').click();
    await expectSaved(driver, 2);
    expect(await onDisk()).toEqual(before);
    expect(await driver.byId('undo').isDisabled()).toBe(true);
    await driver.byId('redo').click();
    await driver.byId('redo').click();
    await expectSaved(driver, 4);
    expect(await onDisk()).toEqual(drawn);
    expect(launched.complaints).toEqual([]);
  });
});
