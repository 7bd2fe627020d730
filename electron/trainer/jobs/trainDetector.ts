import path from 'node:path';
import {
  batchSizeResult,
  type Handlers,
  lrFinderResult,
  type TrainingResult,
  trainingResult,
} from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { scaleRate } from '../batchSize/recommend';
import { networkOf } from '../dataset/plan';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { evaluateDetections } from '../evaluation/summarize';
import { newRunFolder, readJson, writeJson } from '../projectStore';
import { createRandom } from '../random';
import { configFile, resultFile } from '../runTable';
import { planSteps, priorPlan } from '../training/plan';
import { planSchedule } from '../training/schedule';
import { train } from '../training/train';
import type { Validation } from '../training/validate';
import { adviceFor } from './adviseRun';
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

/** What a training may take when nobody says how long: the operator has twenty minutes between two other jobs. */
const budgetSeconds = 15 * 60;

/** From the batch size stage's own measurement. */
async function measuredSecondsPerStep(project: string, batchSize: number): Promise<number | undefined> {
  const recommended = await readJson(project, 'batchSize.json', batchSizeResult);
  const speed = recommended?.table.find((row) => row.batchSize === batchSize)?.imagesPerSecond;
  return speed === undefined || speed === null ? undefined : batchSize / speed;
}

interface Started {
  readonly run: string;
  readonly config: RunConfig;
}

async function begin(input: Input, place: Workplace): Promise<Started> {
  const { project, seed } = input;
  const { learningRate, batchSize } = await rateAndBatch(input, place);
  const pictures = place.items.train.length;
  const perRound = Math.ceil(pictures / batchSize);
  const secondsPerStep = await measuredSecondsPerStep(project, batchSize);
  const { epochs } = planSteps({
    trainPictures: pictures,
    batchSize,
    stepsPerRound: perRound,
    ...(secondsPerStep === undefined ? {} : { secondsPerStep, budgetSeconds }),
  });
  const settings = {
    seed,
    classes: place.items.classes,
    plan: place.plan,
    learningRate,
    batchSize,
    epochs: input.epochs ?? epochs,
    schedule: planSchedule('cosine', learningRate, (input.epochs ?? epochs) * perRound),
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

/** What was asked for; else what was measured; else what published recipes do. A rate belongs to a batch size. */
async function rateAndBatch(
  { project, learningRate, batchSize }: Input,
  { items, network }: Workplace,
): Promise<{ readonly learningRate: number; readonly batchSize: number }> {
  const recommended = await readJson(project, 'batchSize.json', batchSizeResult);
  const found = await readJson(project, 'lrFinder.json', lrFinderResult);
  const usual = priorPlan({ pictures: items.train.length, classes: items.classes.length, inputSize: network.input });
  const known = recommended ?? found ?? usual;
  const batch = batchSize ?? known.batchSize;
  if (learningRate !== undefined) return { learningRate, batchSize: batch };
  if (batch === known.batchSize) return { learningRate: known.learningRate, batchSize: batch };
  const { learningRate: knownRate, batchSize: knownBatch } = known;
  return {
    learningRate: scaleRate({ learningRate: knownRate, batchSize: knownBatch }, batch).learningRate,
    batchSize: batch,
  };
}

function judge({ items, detections }: Validation, classes: readonly string[]): { mAP50: number; score: number } {
  const { mAP50, mAP5095 } = evaluateDetections({ items, detections, classes, split: 'validation' });
  return { mAP50, score: mAP50 + mAP5095 };
}
