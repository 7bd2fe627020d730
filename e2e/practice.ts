import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { evaluationResult } from '../shared/contract';
import { newest, type Driver } from './driver';
import { expectToRun } from './exported';

/** The practice project, from the Welcome screen to an exported model that loads. */

/** What the practice project's pictures show, in the order of their classes (electron/trainer/practice/parts.ts). */
const parts = ['hex nut', 'washer', 'screw', 'clip'];

/** Minutes that a whole training takes on two cores, many times over. */
const trainingMs = 45 * 60_000;

/** Has the app draw the pictures, then do every step by itself up to the training. */
async function startPractice({ byId, untilStage, untilScreen }: Driver): Promise<void> {
  await byId('practice').click();
  await untilStage('annotations', 'done');
  await byId('do-it-all').click();
  for (const stage of ['dataset', 'lrFinder', 'batchSize']) await untilStage(stage, 'done', 10 * 60_000);
  await untilScreen('training');
}

/** One press of "Do it all for me" trains to the end, tests and exports. */
export async function practiceToTheEnd(driver: Driver): Promise<void> {
  await startPractice(driver);
  await driver.untilStage('export', 'done', trainingMs);
  await expectGood(driver, 0.9);
}

/** The result on the test pictures, which decided nothing, and the export. @param least mAP50 */
async function expectGood({ openFolder }: Driver, least: number): Promise<void> {
  const project = await openFolder();
  const evaluation = path.join(await newest(project, 'runs'), 'evaluation.json');
  const { mAP50, split } = evaluationResult.parse(JSON.parse(await readFile(evaluation, 'utf8')));
  expect(split).toBe('test');
  expect(mAP50).toBeGreaterThan(least);
  await expectToRun(await newest(project, 'exports'), parts);
}
