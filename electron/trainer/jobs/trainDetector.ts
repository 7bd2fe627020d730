import path from 'node:path';
import { type Handlers, type TrainingResult, trainingResult } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { networkOf } from '../dataset/plan';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { evaluateDetections } from '../evaluation/summarize';
import { newRunFolder, writeJson } from '../projectStore';
import { createRandom } from '../random';
import { configFile, resultFile } from '../runTable';
import { train } from '../training/train';
import type { Validation } from '../training/validate';
import { adviceFor } from './adviseRun';
import { planFor } from './planTraining';
import { readConfig, type RunConfig, writeConfig } from './runConfig';
import { findRun } from './runs';
import { clock, openWorkplace, type Workplace } from './workplace';

type Input = Parameters<Handlers['training.run']>[0];

/** Handler of 'training.run': a new run, or the rest of one that was stopped. */
export const trainDetector: Handlers['training.run'] = async (input, context) => {
  const { project, seed } = input;
  const place = await openWorkplace(project, seed, context);
  const engine = await openEngine();
  const started = input.resume === undefined ? await begin(input, place) : await goOn(project, input.resume, place);
  const network = networkOf(started.config.plan, started.config.classes.length);
  const trained = await train(
    {
      engine,
      network,
      initial: initialParameters(network, createRandom(started.config.seed, 'init')),
      train: place.items.train,
      validation: place.items.validation,
      config: started.config,
      folder: path.join(project, started.run),
      run: started.run,
      judge: (validation) => judge(validation, started.config.classes),
      now: clock,
    },
    context,
  );
  const advice = await adviceFor(project, started.run, trained.stoppedBy);
  const result: TrainingResult = { ...trained, ...(advice && { advice }) };
  // Newer than the last checkpoint: so the app knows that the training is over.
  await writeJson(project, `${started.run}/${resultFile}`, trainingResult, result);
  return result;
};

interface Started {
  readonly run: string;
  readonly config: RunConfig;
}

async function begin(input: Input, place: Workplace): Promise<Started> {
  const { project, seed } = input;
  const { learningRate, batchSize, epochs, schedule } = await planFor(input, place);
  const settings = {
    seed,
    classes: place.items.classes,
    plan: place.plan,
    learningRate,
    batchSize,
    epochs,
    schedule,
    frozenLayers: place.frozenLayers,
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
  return { run, config: settings };
}

function judge({ items, detections }: Validation, classes: readonly string[]): { mAP50: number; score: number } {
  const { mAP50, mAP5095 } = evaluateDetections({ items, detections, classes, split: 'validation' });
  return { mAP50, score: mAP50 + mAP5095 };
}
