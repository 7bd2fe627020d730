import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The app of `npm run package`, or of LINESIDE_PACKAGED: its folder. Driven from outside, as its inspector is fused off. */
const folder = process.env['LINESIDE_PACKAGED'] ?? path.resolve(__dirname, '..', 'dist', 'linux-unpacked');
const program = path.join(folder, 'lineside');

let home: string;
let app: ChildProcess;
let browser: Browser;
let page: Page;

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

describe.skipIf(!existsSync(program))('the packaged app', () => {
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'lineside-packaged-'));
    app = spawn(program, ['--no-sandbox', '--remote-debugging-port=0'], {
      cwd: home,
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, '.config') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    browser = await chromium.connectOverCDP(await debuggerAddress(app));
    const [context] = browser.contexts();
    if (!context) throw new Error('the packaged app has no window');
    page = context.pages()[0] ?? (await context.waitForEvent('page'));
    await page.waitForSelector('h1');
  });

  afterAll(async () => {
    await browser?.close();
    app?.kill();
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
});
