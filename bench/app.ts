import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { launchApp } from '../e2e/launch';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { findElectron } from '../scripts/setup/electron.mjs';

/**
 * What the app costs: time from its start to a screen that can be used, memory while nothing is done, and how smoothly
 * the page runs while a training streams its metrics. The peer of the first two is a bare Electron window in the same
 * run. Prints one JSON object. Started by scripts/bench.mjs.
 */

const root = path.resolve(__dirname, '..');
const starts = 5;
const idleMs = 5000;
const watchedMs = 45_000;

const bareMain = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadURL('data:text/html,<button>ready</button>'));
app.on('window-all-closed', () => app.quit());`;

interface Start {
  readonly seconds: number;
  /** Proportional set size of all processes, bytes: what is shared counts once. Null where the start was not left idle. */
  readonly idleBytes: number | null;
}

async function start(program: string, usable: string, home: string, idle: boolean): Promise<Start> {
  const electron = findElectron();
  if (!electron) throw new Error('there is no Electron on this machine: run npm run setup');
  const began = performance.now();
  const app = await _electron.launch({
    executablePath: electron.executable,
    args: ['--no-sandbox', program],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, '.config') },
  });
  try {
    const page = await app.firstWindow();
    await page.locator(usable).waitFor();
    const seconds = (performance.now() - began) / 1000;
    if (!idle) return { seconds, idleBytes: null };
    await page.waitForTimeout(idleMs);
    return { seconds, idleBytes: await memoryOf(app) };
  } finally {
    await app.close();
  }
}

async function memoryOf(app: ElectronApplication): Promise<number> {
  const pids = await app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics().map(({ pid }) => pid));
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      return 1024 * Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Ours and the bare window in turn, so that a machine whose speed drifts is the same for both; the middle ones count. */
async function measureStarts(folder: string): Promise<Record<string, number>> {
  const bare = path.join(folder, 'bare');
  await mkdir(bare);
  await writeFile(path.join(bare, 'package.json'), JSON.stringify({ name: 'bare', version: '1.0.0', main: 'main.js' }));
  await writeFile(path.join(bare, 'main.js'), bareMain);
  const own: Start[] = [];
  const peer: Start[] = [];
  for (let round = 1; round <= starts; round++) {
    const idle = round === starts;
    own.push(await start(root, '[data-testid="primary"]:not([disabled])', folder, idle));
    peer.push(await start(bare, 'button', folder, idle));
  }
  const startSeconds = median(own.map(({ seconds }) => seconds));
  const peerStartSeconds = median(peer.map(({ seconds }) => seconds));
  return {
    startSeconds,
    peerStartSeconds,
    startRatio: startSeconds / peerStartSeconds,
    idleBytes: own.at(-1)?.idleBytes ?? 0,
    peerIdleBytes: peer.at(-1)?.idleBytes ?? 0,
  };
}

interface Smoothness {
  /** Tasks of the page that took over 50 ms, as PerformanceObserver counts them. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Time from frame to frame: 95th percentile. */
  readonly frameMs95: number;
  readonly metrics: number;
}

/** Watches the Train screen while a small project really learns. */
async function measureSmoothness(folder: string): Promise<Smoothness> {
  const project = path.join(folder, 'squares');
  await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
  const { page, close } = await launchApp({ folders: [project], size: { width: 1280, height: 720 } });
  const go = async (stage: string): Promise<void> => page.getByTestId(`rail-${stage}`).click();
  try {
    await page.getByTestId('open-project').click();
    await go('dataset');
    await page.getByTestId('primary').click();
    await page.locator('[data-testid="rail-dataset"][data-state="done"]').waitFor({ timeout: 120_000 });
    await go('training');
    await page.getByTestId('primary').click();
    await page.getByTestId('previews').waitFor({ timeout: 300_000 });
    const stepsDone = async (): Promise<number> =>
      Number(/\d+/.exec(await page.getByTestId('status-text').innerText())?.[0] ?? 0);
    const before = await stepsDone();
    const seen = await page.evaluate(watchPage, watchedMs);
    const metrics = (await stepsDone()) - before;
    await page.getByTestId('stop').click();
    await page.getByTestId('stop').waitFor({ state: 'hidden', timeout: 60_000 });
    return { ...seen, metrics };
  } finally {
    await close();
  }
}

/** Runs in the page. */
async function watchPage(duration: number): Promise<Omit<Smoothness, 'metrics'>> {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ entryTypes: ['longtask'] });
  const frames: number[] = [];
  const end = performance.now() + duration;
  await new Promise<void>((resolve) => {
    let last = performance.now();
    requestAnimationFrame(function frame(now) {
      frames.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame);
      else resolve();
    });
  });
  observer.disconnect();
  frames.sort((a, b) => a - b);
  return {
    longTasks: tasks.length,
    longestTaskMs: Math.max(0, ...tasks),
    frameMs95: frames[Math.floor(frames.length * 0.95)] ?? 0,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function run(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lineside-bench-app-'));
  try {
    const result = { ...(await measureStarts(folder)), ...(await measureSmoothness(folder)) };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
