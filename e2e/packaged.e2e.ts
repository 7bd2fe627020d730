import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drive } from './driver';
import { readNetworkAttempts } from './launch';
import { practiceToTheEnd } from './practice';

/**
 * The app of `npm run package`: its folder in dist/, or the folder or tar.gz that LINESIDE_PACKAGED names. Driven from
 * outside, as its inspector is fused off. A tar.gz is unpacked far from the clone and goes all the way
 * (`npm run package:check`).
 */
const packaged = process.env['LINESIDE_PACKAGED'] ?? path.resolve(__dirname, '..', 'dist', 'linux-unpacked');
const isArchive = packaged.endsWith('.tar.gz');

let home: string;
let folder: string;
let netLog: string;
let app: ChildProcess;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

/** The address that Chromium prints once it listens. */
function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const address = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the packaged app ended with ${code}:\n${printed}`)));
  });
}

/** The one folder that the archive holds. */
async function unpack(archive: string, target: string): Promise<string> {
  await mkdir(target);
  await promisify(execFile)('tar', ['-xzf', archive, '-C', target]);
  const [only = ''] = await readdir(target);
  return path.join(target, only);
}

async function quit(): Promise<void> {
  await browser?.close();
  if (app.exitCode !== null || app.signalCode !== null) return;
  const gone = new Promise((resolve) => app.once('exit', resolve));
  app.kill();
  await gone;
}

describe.skipIf(!existsSync(isArchive ? packaged : path.join(packaged, 'lineside')))('the packaged app', () => {
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'lineside-packaged-'));
    netLog = path.join(home, 'net.json');
    folder = isArchive ? await unpack(packaged, path.join(home, 'unpacked')) : packaged;
    const switches = ['--no-sandbox', '--remote-debugging-port=0', `--log-net-log=${netLog}`];
    app = spawn(path.join(folder, 'lineside'), switches, {
      cwd: home,
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, '.config') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    browser = await chromium.connectOverCDP(await debuggerAddress(app));
    const [context] = browser.contexts();
    if (!context) throw new Error('the packaged app has no window');
    page = context.pages()[0] ?? (await context.waitForEvent('page'));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.waitForSelector('h1');
  }, 5 * 60_000);

  afterAll(async () => {
    await quit();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('is the packaged one, and shows its page', async () => {
    const reply = await page.evaluate(() => window.lineside.invoke('app.describe', {}));
    expect(reply).toMatchObject({ ok: true, output: { packaged: true } });
  });

  test('calculates with the engine that it brought along', async () => {
    const reply = await page.evaluate(async () => {
      const token = crypto.randomUUID();
      const arrived = new Promise<MessagePort>((resolve) => {
        addEventListener('message', (event: MessageEvent<{ token?: string }>) => {
          if (event.data.token === token && event.ports[0]) resolve(event.ports[0]);
        });
      });
      await window.lineside.requestTrainerPort(token);
      const port = await arrived;
      return new Promise<unknown>((resolve) => {
        port.onmessage = (event) => resolve(event.data);
        port.postMessage({ type: 'call', id: 1, method: 'engine.describe', input: {} });
      });
    });
    const bundled = existsSync(path.join(folder, 'resources', 'engine', 'tensorflow')) ? 'tensorflow' : 'wasm';
    expect(reply).toMatchObject({ type: 'done', output: { name: bundled } });
  });

  test.runIf(isArchive)('takes the practice project to an exported model', { timeout: 90 * 60_000 }, async () => {
    await practiceToTheEnd(drive(page));
    expect(complaints).toEqual([]);
    await quit();
    const attempts = await readNetworkAttempts(netLog);
    // This test's own wire to the app is the only one.
    expect(attempts.filter((place) => !place.includes('127.0.0.1'))).toEqual([]);
  });
});
