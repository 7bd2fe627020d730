import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, errors, type ElectronApplication, type Page } from 'playwright-core';
import { findElectron } from '../scripts/setup/electron.mjs';

const root = path.resolve(__dirname, '..');

export interface LaunchOptions {
  /** What the dialogs answer, one after the other: a folder, a list of pictures, or null for "closed". */
  readonly folders?: readonly (string | readonly string[] | null)[];
  /** A home of an earlier start, to go on with its settings and projects. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly size?: { readonly width: number; readonly height: number };
  /** Switches of Chromium: a camera that is none, say. */
  readonly switches?: readonly string[];
}

/** The real app with a home folder of its own. */
export interface LaunchedApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Temporary HOME: settings in .config, new projects in Documents/Lineside. Removed by `close` when it was made here. */
  readonly home: string;
  /** Console errors, uncaught errors and violations of the content security policy, in the page. */
  readonly complaints: string[];
  /** What main and the trainer printed. */
  readonly output: () => string;
  /** URLs of requests and names of hosts that Chromium tried on the network; complete once the app is closed. */
  readonly networkAttempts: () => readonly string[];
  readonly close: () => Promise<void>;
  /** Ends the app's process as the system would: it gets no word in. `close` then only tidies up. */
  readonly kill: () => Promise<void>;
}

/** Starts the app out of out/. The caller closes it. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const electron = findElectron();
  if (!electron) throw new Error('there is no Electron on this machine: run npm run setup');
  const home = options.home ?? (await mkdtemp(path.join(tmpdir(), 'lineside-e2e-')));
  const logs = await mkdtemp(path.join(tmpdir(), 'lineside-e2e-log-'));
  const netLog = path.join(logs, 'net.json');
  let attempts: string[] = [];
  const app = await launchElectron({
    executablePath: electron.executable,
    args: ['--no-sandbox', `--log-net-log=${netLog}`, ...(options.switches ?? []), root],
    cwd: root,
    env: {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      ELECTRON_DISABLE_SECURITY_WARNINGS: '',
      ...(options.folders && { LINESIDE_E2E_FOLDERS: JSON.stringify(options.folders) }),
      ...options.env,
    },
  });
  const child = app.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  if (options.size) await setWindowSize(app, options.size);
  // The window is there before its page: until it shows something a reload would race with the first load.
  await page.waitForSelector('h1');
  // Once more, so that the listeners above hear everything from the beginning.
  await page.reload();
  await page.waitForSelector('h1');
  let closed: Promise<void> | undefined;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const shut = async (): Promise<void> => {
    if (isRunning()) await app.close();
    attempts = await readNetworkAttempts(netLog);
    await rm(logs, { recursive: true, force: true });
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
  };
  return {
    app,
    page,
    home,
    complaints,
    output: () => output,
    networkAttempts: () => attempts,
    kill: async () => {
      if (!isRunning()) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    close: () => (closed ??= shut()),
  };
}

/** How long Playwright and Electron may take to find each other. */
const handshakeMs = 20_000;
const mostTries = 3;

/**
 * One start in twenty or so, Playwright waits for ever between Electron's two debuggers, before any of the app's code has
 * run: then it is started anew.
 */
async function launchElectron(options: Parameters<typeof _electron.launch>[0]): Promise<ElectronApplication> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await _electron.launch({ ...options, timeout: handshakeMs });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || attempt === mostTries) throw error;
    }
  }
}

async function setWindowSize(app: ElectronApplication, size: { width: number; height: number }): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
}

/** The process id of the trainer, by the name that main gave its process. */
export async function trainerPid(app: ElectronApplication): Promise<number> {
  const pid = await app.evaluate(
    ({ app: electronApp }) => electronApp.getAppMetrics().find(({ name }) => name === 'Lineside trainer')?.pid,
  );
  if (pid === undefined) throw new Error('the trainer does not run');
  return pid;
}

/** Chromium's own log names each socket and each look-up; a file that was not closed lacks its last brackets. */
export async function readNetworkAttempts(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const places = [...text.matchAll(/"(?:url|host|address|destination|group_id)":\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(places)].filter((place) => !/^(app|lineside-image|devtools|blob|data|chrome|file):/.test(place));
}
