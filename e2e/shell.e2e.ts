import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MainReply } from '../shared/bridge';
import { launchApp, trainerPid, type LaunchedApp } from './launch';

/** One transparent pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let folder: string;
let launched: LaunchedApp;

/** A project as the trainer would have left it, with a secret beside it and links to that. */
async function writeProject(dir: string): Promise<void> {
  await mkdir(path.join(dir, 'images'), { recursive: true });
  await mkdir(path.join(dir, 'annotations'), { recursive: true });
  const project = { version: 1, name: 'Nuts', created: '2026-01-01T00:00:00.000Z', classes: ['nut'] };
  await writeFile(path.join(dir, 'project.json'), JSON.stringify(project));
  await writeFile(path.join(dir, 'images', 'a.png'), png);
  await writeFile(path.join(dir, '..', 'secret.png'), png);
  await symlink(path.join(dir, '..', 'secret.png'), path.join(dir, 'images', 'link.png'));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-project-'));
  await writeProject(path.join(folder, 'nuts'));
  launched = await launchApp({ folders: [path.join(folder, 'nuts')] });
});

afterAll(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

function invoke(method: string, input: unknown): Promise<MainReply> {
  return launched.page.evaluate(([name, value]) => window.lineside.invoke(name, value), [method, input] as const);
}

/** What the page gets for an URL: a status, or 'refused' when the request was stopped. */
function statusOf(url: string): Promise<number | 'refused'> {
  return launched.page.evaluate(async (place) => {
    try {
      return (await fetch(place)).status;
    } catch {
      return 'refused' as const;
    }
  }, url);
}

/** Calls the trainer over the raw wire, on a port of its own. */
function callTrainer(method: string, input: unknown): Promise<{ type: string; error?: { code: string } }> {
  return launched.page.evaluate(
    async ([name, value]) => {
      const token = crypto.randomUUID();
      const port = new Promise<MessagePort>((resolve) => {
        addEventListener('message', function take(event: MessageEvent<{ token?: string }>) {
          if (event.data.token !== token || !event.ports[0]) return;
          removeEventListener('message', take);
          resolve(event.ports[0]);
        });
      });
      await window.lineside.requestTrainerPort(token);
      const trainer = await port;
      return new Promise<{ type: string; error?: { code: string } }>((resolve) => {
        trainer.onmessage = (event) => resolve(event.data as { type: string });
        trainer.postMessage({ type: 'call', id: 1, method: name, input: value });
      });
    },
    [method, input] as const,
  );
}

describe('the shell of the app', () => {
  test('opens an isolated page without a complaint', async () => {
    expect(await launched.page.title()).toContain('Lineside');
    expect(await launched.page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await launched.page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
    expect(launched.complaints).toEqual([]);
  });

  test('answers calls of its contract and no others', async () => {
    expect(await invoke('app.describe', {})).toMatchObject({ ok: true, output: { packaged: false } });
    expect(await invoke('no.such', {})).toMatchObject({ ok: false, error: { code: 'wrongUse' } });
    expect(await invoke('project.create', { name: '' })).toMatchObject({ ok: false, error: { code: 'wrongUse' } });
  });

  test('opens a folder only when the operator has picked it', async () => {
    const dir = path.join(folder, 'nuts');
    expect(await invoke('project.open', { dir })).toMatchObject({ ok: false, error: { code: 'badInput' } });
    expect(await callTrainer('annotations.check', { project: dir })).toMatchObject({ error: { code: 'badInput' } });
    expect(await invoke('dialog.pickFolder', {})).toMatchObject({ ok: true, output: { path: dir, kind: 'folder' } });
    expect(await invoke('project.open', { dir })).toMatchObject({ ok: true, output: { dir, name: 'Nuts' } });
  });

  test('serves pictures of the open project and nothing else', async () => {
    const list = await invoke('images.list', { dir: path.join(folder, 'nuts') });
    const [first] = (list as { output: { file: string; url: string }[] }).output;
    expect(first?.file).toBe('images/a.png');
    const url = first?.url ?? '';
    expect(await statusOf(url)).toBe(200);
    const base = url.slice(0, url.lastIndexOf('/images/'));
    for (const wrong of [
      `${base}/images/link.png`,
      `${base}/images/..%2Fproject.json`,
      `${base}/images/%2e%2e/project.json`,
      `${base}/images/..%2F..%2Fsecret.png`,
      `${base}/annotations/a.png.json`,
      `${base}/project.json`,
      url.replace(/project\/[\w-]+/, 'project/0'),
      `lineside-image://picked/${encodeURIComponent(path.join(folder, 'secret.png'))}`,
    ]) {
      expect(await statusOf(wrong), wrong).toBe(404);
    }
    expect(await statusOf('app://lineside/../main.cjs')).toBe(404);
    expect(await statusOf('app://lineside/..%2Fmain.cjs')).toBe(404);
  });

  test('lets the page neither out, nor anything in', async () => {
    const before = launched.complaints.length;
    expect(await statusOf('https://example.com/')).toBe('refused');
    expect(await statusOf('file:///etc/passwd')).toBe('refused');
    expect(await launched.page.evaluate(() => window.open('https://example.com/') === null)).toBe(true);
    await launched.page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    expect(launched.page.url()).toBe('app://lineside/index.html');
    const permission = await launched.page.evaluate(() => Notification.requestPermission());
    expect(permission).toBe('denied');
    const script = await launched.page.evaluate(() => {
      const element = document.createElement('script');
      element.textContent = 'globalThis.inlineRan = true';
      document.body.append(element);
      return 'inlineRan' in globalThis;
    });
    expect(script).toBe(false);
    launched.complaints.splice(before);
  });

  test('starts the trainer again when its process is killed', async () => {
    const pid = await trainerPid(launched.app);
    expect(await callTrainer('no.such', {})).toMatchObject({ type: 'failed', error: { code: 'wrongUse' } });
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => trainerPid(launched.app).catch(() => pid), { timeout: 20_000 }).not.toBe(pid);
    expect(await callTrainer('engine.describe', {})).toMatchObject({ type: 'done' });
  });
});

test('nothing of a whole session of the app reaches for the network', async () => {
  const session = await launchApp();
  await session.page.waitForTimeout(1500);
  await session.close();
  expect(session.networkAttempts()).toEqual([]);
});
