import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveApp } from './appProtocol';

let folder: string;
let page: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-page-'));
  page = path.join(folder, 'renderer');
  await mkdir(path.join(page, 'assets'), { recursive: true });
  await writeFile(path.join(page, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__">');
  await writeFile(path.join(page, 'assets', 'index.js'), 'run()');
  await writeFile(path.join(page, 'notes.txt'), 'not for the page');
  await writeFile(path.join(folder, 'main.js'), 'secret()');
  await symlink(path.join(folder, 'main.js'), path.join(page, 'link.js'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the page carries the nonce of its policy, a new one each time', async () => {
  const nonces = new Set<string>();
  for (const url of ['app://lineside/', 'app://lineside/index.html']) {
    const response = await serveApp(page, url);
    const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1] ?? '';
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`'nonce-${nonce}'`);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(policy).toContain("default-src 'none'");
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
});

test('files of the page come with their type and isolated', async () => {
  const response = await serveApp(page, 'app://lineside/assets/index.js');
  expect(response.headers.get('content-type')).toContain('text/javascript');
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
});

test.each([
  'app://lineside/absent.js',
  'app://lineside/assets',
  'app://lineside/notes.txt',
  'app://lineside/link.js',
  'app://lineside/..%2Fmain.js',
  'app://lineside/assets/..%2f..%2fmain.js',
  'app://lineside/%00.js',
  'app://lineside/%ZZ.js',
  'app://elsewhere/index.html',
])('%s is not there', async (url) => {
  expect((await serveApp(page, url)).status).toBe(404);
});
