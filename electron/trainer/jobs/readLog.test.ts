import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogFile } from './readLog';

const text = 'Epoch: 0, Step: 10/100, Avg Loss: 7.2, Avg Regression Loss 3.1, Avg Classification Loss: 4.1\r\n';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-16, as PowerShell keeps what a program prints', Buffer.from(`\uFEFF${text}`, 'utf16le')],
])('a log in %s', async (_, bytes) => {
  const file = path.join(folder, 'train.log');
  await writeFile(file, bytes);
  expect((await readLogFile(file)).epochs).toMatchObject([{ epoch: 1, train: { total: 7.2 } }]);
});

test('one that is not there is named', async () => {
  await expect(readLogFile(path.join(folder, 'gone.log'))).rejects.toMatchObject({
    code: 'badInput',
    said: { code: 'fileUnreadable', values: { file: 'gone.log' } },
  });
});
