import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { launchApp, type LaunchedApp } from './launch';

const shots = process.env['LINESIDE_E2E_SHOTS'];
const lineside = path.resolve(__dirname, '..', 'out', 'lineside.cjs');

let folder: string;
let launched: LaunchedApp | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-bridge-'));
});
afterEach(async () => {
  await launched?.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  'for those who train with train_ssd.py: its log is drawn under Results, the folder for it is written under Export, and both lie under Check',
  { timeout: 300_000 },
  async () => {
    const project = path.join(folder, 'squares');
    await makeMiniProject(project, { train: 14, validation: 6, test: 6 });
    for (const words of [['train', '--epochs', '1', '--batch-size', '4'], ['evaluate']]) {
      execFileSync(process.execPath, [lineside, ...words, '--project', project], { stdio: 'ignore' });
    }
    const line = (epoch: number, kind: string, total: number): string =>
      `2026-07-10 13:14:12 - Epoch: ${epoch}, ${kind} Loss: ${total}, ${kind} Regression Loss ${total / 4}, ${kind} Classification Loss: ${(3 * total) / 4}\n`;
    const rounds = Array.from(
      { length: 12 },
      (_, epoch) => line(epoch, 'Training', 8 - epoch / 20) + line(epoch, 'Validation', 8),
    );
    const log = path.join(folder, 'train.log');
    await writeFile(log, `Namespace(batch_size=16, lr=0.001, num_epochs=12)\n${rounds.join('')}`);

    launched = await launchApp({ folders: [project, log], size: { width: 1280, height: 900 } });
    const { page, complaints } = launched;
    const byId = (id: string): Locator => page.getByTestId(id);
    const shot = async (name: string): Promise<void> => {
      await page.waitForTimeout(300);
      if (shots !== undefined) await page.screenshot({ path: path.join(shots, `${name}.png`) });
    };
    await byId('open-project').click();
    await byId('rail-dataset').click();
    await byId('details').click();
    await byId('train-elsewhere').getByTestId('write-voc').waitFor();
    await byId('train-elsewhere').getByTestId('read-log').waitFor();
    await byId('rail-evaluation').click();
    if (!(await byId('read-log').isVisible())) await byId('details').click();
    await byId('read-log').click();
    await byId('log-plot').waitFor();
    expect(await byId('log-curves').innerText()).toContain('Rate 0.001, 16 pictures at a time, 12 of 12 rounds.');
    expect(await byId('log-advice').innerText()).toContain('twice the rate, 0.002');
    await byId('log-advice').scrollIntoViewIfNeeded();
    await shot('bridge-log');
    await byId('rail-export').click();
    if (!(await byId('write-voc').isVisible())) await byId('details').click();
    await byId('write-voc').click();
    await byId('voc-written').waitFor({ timeout: 60_000 });
    expect(await byId('voc-written').innerText()).toContain('python3 train_ssd.py --dataset-type=voc --data=data/mini');
    await byId('voc-written').scrollIntoViewIfNeeded();
    await shot('bridge-voc');
    const [made = ''] = await readdir(path.join(project, 'exports'));
    expect(existsSync(path.join(project, 'exports', made, 'mini', 'ImageSets', 'Main', 'trainval.txt'))).toBe(true);
    expect(complaints).toEqual([]);
  },
);
