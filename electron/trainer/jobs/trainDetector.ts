import path from 'node:path';
import { type Handlers, type TrainingResult, trainingResult } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { dataDigest } from '../dataset/dataDigest';
import { networkOf } from '../dataset/plan';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { tellsOutOfMemory } from '../engine/memory';
import { evaluateDetections } from '../evaluation/summarize';
import { exists, moveToTrash, newRunFolder, writeJson } from '../projectStore';
import { createRandom } from '../random';
import { configFile, evaluationFile, resultFile } from '../runTable';
import { beginSitting, endSitting, lackedMemory } from '../sitting';
import { train } from '../training/train';
import type { Validation } from '../training/validate';
import { adviceFor } from './adviseRun';
import { nothingFits } from './nothingFits';
import { planFor } from './planTraining';
import { readConfig, writeConfig } from './runConfig';
import { findRun } from './runs';
import { memoryOf, type Started, useLessMemory } from './trainingMemory';
import { clock, layOut, openWorkplace, type Workplace } from './workplace';

type Input = Parameters<Handlers['training.run']>[0];

/**
 * Handler of 'training.run': a new run, or the rest of one that was stopped. Where memory runs out, or ran out in a sitting
 * that was killed, it goes on from the last checkpoint with less.
 */
export const trainDetector: Handlers['training.run'] = async (input, context) => {
  const { project, seed } = input;
  const laidOut = await openWorkplace(project, seed, context);
  let started =
    input.resume === undefined ? await begin(input, laidOut, context) : await goOn(project, input.resume, laidOut);
  const { run } = started;
  // A run that is gone on with keeps its own layout, whatever has been planned since.
  const place = layOut(project, laidOut.pictures, started.config.plan);
  if (await lackedMemory(project, run)) started = await useLessMemory(started, place, context);
  let trained: TrainingResult | undefined;
  while (trained === undefined) {
    await beginSitting(project, run, memoryOf(started.config, place.items.train.length));
    try {
      trained = await sit(started, place, context);
    } catch (error) {
      if (!(error instanceof Error && tellsOutOfMemory(error.message))) throw error;
      started = await useLessMemory(started, place, context);
    } finally {
      await endSitting(project, run);
    }
  }
  const advice = await adviceFor(project, run, { stoppedBy: trained.stoppedBy });
  const result: TrainingResult = { ...trained, ...(advice && { advice }) };
  // Newer than the last checkpoint: so the app knows that the training is over.
  await writeJson(project, `${run}/${resultFile}`, trainingResult, result);
  return result;
};

type Context = Parameters<Handlers['training.run']>[1];

async function sit({ run, config }: Started, { project, items }: Workplace, context: Context): Promise<TrainingResult> {
  const network = networkOf(config.plan, config.classes.length);
  return train(
    {
      engine: await openEngine(),
      network,
      initial: initialParameters(network, createRandom(config.seed, 'init')),
      train: items.train,
      validation: items.validation,
      config,
      folder: path.join(project, run),
      run,
      judge: (validation) => judge(validation, config.classes),
      now: clock,
    },
    context,
  );
}

async function begin(input: Input, place: Workplace, { emit }: Pick<Context, 'emit'>): Promise<Started> {
  const { project, seed } = input;
  const { learningRate, batchSize, accumulate, epochs, schedule, fits, remarks } = await planFor(input, place);
  if (!fits) throw nothingFits(place);
  for (const { text, said } of remarks) emit({ kind: 'watch', text, said, step: 0 });
  const settings = {
    seed,
    classes: place.items.classes,
    plan: place.plan,
    learningRate,
    batchSize,
    accumulate,
    epochs,
    schedule,
    frozenLayers: place.frozenLayers,
    data: dataDigest(place.pictures),
  };
  const run = await newRunFolder(project);
  await writeConfig(project, run, settings);
  return { run, config: settings };
}

async function goOn(project: string, resume: string, place: Workplace): Promise<Started> {
  const run = await findRun(project, resume, 'checkpoint');
  const settings = await readConfig(project, run);
  if (settings === undefined) {
    throw new LinesideError(
      'badInput',
      `${run} has no ${configFile}, so it cannot be gone on with: start a new training`,
      { said: { code: 'runBroken', values: { file: run } } satisfies Said },
    );
  }
  if (settings.classes.join('\n') !== place.items.classes.join('\n')) {
    throw new LinesideError('wrongUse', `The classes have changed since ${run} was begun: start a new training`, {
      said: { code: 'classesChanged', values: {} } satisfies Said,
    });
  }
  // It is about the detector so far, which changes now.
  const tested = `${run}/${evaluationFile}`;
  if (await exists(path.join(project, tested))) await moveToTrash(project, tested);
  return { run, config: settings };
}

function judge({ items, detections }: Validation, classes: readonly string[]): { mAP50: number; score: number } {
  const { mAP50, mAP5095 } = evaluateDetections({ items, detections, classes, split: 'validation' });
  return { mAP50, score: mAP50 + mAP5095 };
}
