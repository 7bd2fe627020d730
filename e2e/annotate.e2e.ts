import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { patterned, quadrants, type Rgb } from '../electron/trainer/images/pictures.testing';
import { createProject, openProject, readAnnotation, writeAnnotation } from '../electron/trainer/projectStore';
import { drive } from './driver';
import { launchApp, type LaunchedApp } from './launch';

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];
const size = { width: 6000, height: 4000 };
const image = 'images/bench.jpg';

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-annotate-'));
});

afterEach(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

function byId(id: string): Locator {
  return launched.page.getByTestId(id);
}

/** A large picture with 300 boxes in a grid of 20 by 15, the right part of it free. */
async function makeProject(dir: string): Promise<void> {
  await createProject(dir, { name: 'Bench', classes: ['nut', 'clip'], created: '2026-01-01T00:00:00.000Z' });
  await mkdir(path.join(dir, 'images'), { recursive: true });
  await writeFile(path.join(dir, image), await patterned(size, 2));
  const boxes = Array.from({ length: 300 }, (_, index) => ({
    ...{ label: index % 2 === 0 ? 'nut' : 'clip', width: 150, height: 150, difficult: false },
    ...{ x: 100 + (index % 20) * 220, y: 100 + Math.floor(index / 20) * 250 },
  }));
  await writeAnnotation(dir, { version: 1, image, ...size, boxes, reviewed: false });
}

async function boxesOnDisk(dir: string) {
  return (await readAnnotation(dir, image))?.boxes ?? [];
}

test('a picture of 6000 by 4000 with 300 boxes is drawn on with the mouse, and each change is on disk', async () => {
  const dir = path.join(folder, 'bench');
  await makeProject(dir);
  launched = await launchApp({ folders: [dir], size: { width: 1280, height: 720 } });
  const { page } = launched;
  await byId('open-project').click();
  await byId('rail-annotations').click();
  const canvas = byId('canvas');
  await canvas.waitFor({ timeout: 60_000 });
  await expect.poll(() => byId('box').count(), { timeout: 30_000 }).toBe(300);
  const frame = (await canvas.boundingBox())!;
  const view = async (): Promise<{ scale: number; x: number; y: number }> => {
    const [scale, x, y] = await Promise.all(['scale', 'x', 'y'].map((name) => canvas.getAttribute(`data-${name}`)));
    return { scale: Number(scale), x: Number(x), y: Number(y) };
  };
  /** Where a spot of the picture is on the screen. */
  const at = async (x: number, y: number): Promise<readonly [number, number]> => {
    const now = await view();
    return [frame.x + now.x + x * now.scale, frame.y + now.y + y * now.scale];
  };
  const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 12 });
    await page.mouse.up();
  };

  await drag(await at(4800, 1000), await at(5300, 1500));
  await expect.poll(async () => (await boxesOnDisk(dir)).length, { timeout: 20_000 }).toBe(301);
  const drawn = (await boxesOnDisk(dir))[300]!;
  expect(drawn.x).toBeCloseTo(4800, -1);
  expect(drawn.width).toBeCloseTo(500, -1);
  if (shots !== undefined) await page.screenshot({ path: path.join(shots, 'annotate-300.png') });

  // Its corner is taken hold of from 15 screen pixels away, as with a glove.
  const corner = await at(5300, 1500);
  await drag([corner[0] + 15, corner[1] + 15], [corner[0] + 45, corner[1] + 45]);
  const grown = 500 + 30 / (await view()).scale;
  await expect
    .poll(async () => Math.round((await boxesOnDisk(dir))[300]!.width / 20), { timeout: 20_000 })
    .toBe(Math.round(grown / 20));
  // A click with an unsteady hand draws nothing.
  const free = await at(5700, 3500);
  await drag(free, [free[0] + 2, free[1] + 2]);
  expect(await byId('box').count()).toBe(301);

  const [x, y] = await at(2000, 2000);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -600);
  const zoomed = await view();
  expect(zoomed.scale).toBeGreaterThan(0.2);
  expect((x - frame.x - zoomed.x) / zoomed.scale).toBeCloseTo(2000, -1);
  await page.keyboard.press('0');
  await byId('undo').click();
  await expect.poll(async () => (await boxesOnDisk(dir))[300]!.width, { timeout: 20_000 }).toBe(drawn.width);
  await byId('undo').click();
  await expect.poll(async () => (await boxesOnDisk(dir)).length, { timeout: 20_000 }).toBe(300);
  await byId('redo').click();
  await expect.poll(async () => (await boxesOnDisk(dir)).length, { timeout: 20_000 }).toBe(301);

  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(launched.complaints).toEqual([]);
});

/** Grace Hopper, who wears a tie: both are in COCO. By the US Navy (public domain), as in the sample data of matplotlib. */
const person = path.join(__dirname, 'person.jpg');

test('in the guided project the base model suggests the people, under their own name and nothing else', async () => {
  launched = await launchApp({ folders: [[person]], size: { width: 1280, height: 720 } });
  const { until, judge, openFolder } = drive(launched.page);
  await byId('language').click();
  await byId('language-de').click();
  await judge('welcome', 'welcome-guided');
  await byId('guided').click();
  await judge('images', 'images-guided');
  expect(await byId('finding').innerText()).toContain('„Mensch“');
  const dir = await openFolder();
  expect(path.basename(dir)).toBe('Menschen und Stapler');
  expect(await openProject(dir)).toMatchObject({ classes: ['Mensch', 'Stapler'], baseLabels: { Mensch: 'person' } });

  await byId('primary').click();
  await until(byId('wall'));
  await byId('primary').filter({ hasText: 'Rahmen ziehen' }).click();
  await until(byId('canvas'));
  expect(await byId('hint').innerText()).toContain('„Mensch“');
  await judge('annotations', 'annotate-guided-first');
  await byId('suggest').click();
  await until(byId('accept'));
  await judge('annotations', 'annotate-guided');
  const drawn = async () => (await readAnnotation(dir, 'images/person.jpg'))?.boxes ?? [];
  expect(await byId('box').count()).toBe(0);
  expect(await drawn()).toEqual([]);
  await byId('accept').click();
  await expect.poll(async () => (await drawn()).map(({ label }) => label), { timeout: 20_000 }).toEqual(['Mensch']);
  const [box] = await drawn();
  expect(box!.width * box!.height).toBeGreaterThan(0.7 * 512 * 600);
  expect(launched.complaints).toEqual([]);
});

test('pictures that come in are looked at for their light', async () => {
  const greys = [120, 118, 122, 60, 119, 121, 126, 120, 117, 200, 123, 116];
  const files = greys.map((_, index) => path.join(folder, `tray ${index}.png`));
  for (const [index, grey] of greys.entries()) {
    const side = { width: 300 + index, height: 200 };
    await writeFile(files[index] ?? '', await quadrants(side, new Array<Rgb>(4).fill([grey, grey, grey])).png());
  }
  launched = await launchApp({ folders: [files.slice(0, 9), files.slice(9)], size: { width: 1280, height: 720 } });
  const { until } = drive(launched.page);
  const light = byId('check-light');
  await byId('primary').click();
  await byId('project-name').fill('Tray');
  await byId('create-project').click();
  await byId('primary').click();
  await until(byId('wall'));
  await expect.poll(() => light.innerText()).toContain('once 10 pictures are here');
  expect(await light.getAttribute('data-mark')).toBe('unknown');
  await byId('add-more').click();
  await byId('add-pictures').click();
  await expect.poll(() => light.innerText()).toContain('darker or brighter than most: 2 of 12, at least 2 wanted');
  expect(await light.getAttribute('data-mark')).toBe('yes');
  expect(launched.complaints).toEqual([]);
});
