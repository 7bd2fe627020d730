import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportResult, type PixelDetection } from '../shared/contract';
import { unzip } from '../electron/trainer/export/unzip.testing';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { findElectron } from '../scripts/setup/electron.mjs';

/** The page of the package for browsers, opened from its folder in a real browser engine, without a network. */
const lineside = path.resolve(__dirname, '..', 'out', 'lineside.cjs');

/** A window and nothing else: the page gets no more than in any browser. */
const bareMain = `const { app, BrowserWindow, session } = require('electron');
app.whenReady().then(() => {
  session.defaultSession.enableNetworkEmulation({ offline: true });
  new BrowserWindow({ width: 1280, height: 800 }).loadURL(process.env.LINESIDE_PAGE);
});`;

let folder: string;
let project: string;
let app: ElectronApplication;
let page: Page;
const complaints: string[] = [];
const requests: string[] = [];

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, [lineside, ...args, '--project', project, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-page-'));
  project = path.join(folder, 'project');
  await makeMiniProject(project, { train: 24, validation: 8, test: 6 });
  run('train', '--learning-rate', '0.01', '--batch-size', '4', '--epochs', '6', '--seed', '3');
  run('evaluate');
  const { bundles } = exportResult.parse(JSON.parse(run('export', '--for', 'browser')));
  for (const [name, bytes] of await unzip(path.join(project, bundles[0]?.path ?? ''))) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  const shell = path.join(folder, 'shell');
  await mkdir(shell);
  await writeFile(
    path.join(shell, 'package.json'),
    JSON.stringify({ name: 'shell', version: '1.0.0', main: 'main.js' }),
  );
  await writeFile(path.join(shell, 'main.js'), bareMain);
  app = await _electron.launch({
    executablePath: findElectron()?.executable ?? '',
    args: ['--no-sandbox', shell],
    env: {
      ...process.env,
      HOME: folder,
      LINESIDE_PAGE: pathToFileURL(path.join(folder, 'lineside-browser', 'web', 'index.html')).href,
    },
  });
  page = await app.firstWindow();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.reload();
  await page.locator('#status[data-ready="yes"]').waitFor({ timeout: 120_000 });
}, 400_000);

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

type Part = { readonly label: string; readonly score: number } & PixelDetection['box'];

/** What the page finds in each picture, once it has looked at all of them. */
async function look(pictures: readonly string[]): Promise<Map<string, readonly Part[]>> {
  await page.evaluate(() => {
    const seen: unknown[] = [];
    Object.assign(window, { seen });
    window.addEventListener('detections', (event) => seen.push((event as CustomEvent).detail));
  });
  await page.locator('#files').setInputFiles([...pictures]);
  await page.waitForFunction(
    (count) => (window as unknown as { seen: unknown[] }).seen.length === count,
    pictures.length,
    {
      timeout: 200_000,
    },
  );
  const seen = await page.evaluate(() => (window as unknown as { seen: { file: string; found: Part[] }[] }).seen);
  return new Map(seen.map(({ file, found }) => [file, found]));
}

test('it finds what the trained detector finds, and asks no network', { timeout: 300_000 }, async () => {
  const pictures = [32, 33, 34, 35, 36, 37].map((index) => path.join(project, 'images', `mini_${index}.png`));
  const trained = JSON.parse(run('detect', ...pictures)) as {
    readonly images: readonly { readonly file: string; readonly detections: readonly PixelDetection[] }[];
  };
  const found = await look(pictures);
  let compared = 0;
  for (const { file, detections } of trained.images) {
    const parts = [...(found.get(path.basename(file)) ?? [])];
    expect(parts).toHaveLength(detections.length);
    for (const { label, score, box } of detections) {
      const same = parts.find(
        (part) =>
          part.label === label &&
          Math.abs(part.score - score) < 0.01 &&
          (['x', 'y', 'width', 'height'] as const).every((side) => Math.abs(part[side] - box[side]) < 1),
      );
      expect(same, `${file}: ${label} ${score}`).toBeDefined();
      compared++;
    }
  }
  expect(compared).toBeGreaterThanOrEqual(pictures.length);
  expect(await page.locator('#found li').count()).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
});
