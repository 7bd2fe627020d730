import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseNetwork } from './refuseNetwork';

const connect = Object.getOwnPropertyDescriptor(net.Socket.prototype, 'connect') as PropertyDescriptor;
const { fetch } = globalThis;

beforeAll(refuseNetwork);

afterAll(() => {
  Object.defineProperty(net.Socket.prototype, 'connect', connect);
  globalThis.fetch = fetch;
});

test('no host is reached, by whatever way', async () => {
  expect(() => net.connect(80, 'localhost')).toThrow('no network');
  expect(() => new net.Socket().connect({ port: 443, host: '127.0.0.1' })).toThrow('no network');
  await expect(globalThis.fetch('http://127.0.0.1/x')).rejects.toThrow('http://127.0.0.1/x');
});

test('a pipe on this machine still is', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lineside-pipe-'));
  const place = path.join(folder, 'pipe');
  const server = net.createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(place, resolve));
  const heard = await new Promise<string>((resolve, reject) => {
    net
      .connect(place)
      .once('data', (data) => resolve(data.toString('utf8')))
      .once('error', reject);
  });
  expect(heard).toBe('hello');
  server.close();
  await rm(folder, { recursive: true, force: true });
});
