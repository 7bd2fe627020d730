import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { classResult, stoppedBy } from '../../shared/contract';
import type { InputOf } from '../../shared/contract';
import { readMetrics } from '../../electron/trainer/training/metrics';
import { metricsFile } from '../../electron/trainer/training/train';
import { measureAll } from './lines';
import { seed, type StudyProject, type StudyRequest } from './studyProject';

/** A finished training: a line of trainings.jsonl. */
const training = z.object({
  /** What the study calls it; a study never trains the same name twice. */
  name: z.string(),
  /** The highest of the run. */
  learningRate: z.number(),
  batchSize: z.number(),
  epochs: z.number(),
  steps: z.number(),
  seconds: z.number(),
  stoppedBy,
  /** How often the watch stepped in, by its own words. */
  watch: z.array(z.string()),
  validationMAP50: z.number(),
  /** On validation pictures, of each round that was judged: [round, mAP50]. */
  rounds: z.array(z.tuple([z.number(), z.number()])),
  /** On test pictures, which decided nothing. */
  mAP50: z.number(),
  mAP5095: z.number(),
  perClass: z.record(z.string(), classResult),
});

export type Training = z.output<typeof training>;

/** What is trained: a project, and the batch size where a training names none. */
type Trainable = Pick<StudyProject, 'folder'> & { readonly batch: Pick<StudyProject['batch'], 'batchSize'> };

/** What a study trains: a name, and what differs from a default training. */
export interface WantedTraining {
  readonly name: string;
  readonly settings: Omit<InputOf<'training.run'>, 'project' | 'seed' | 'resume'>;
}

/** Trains and evaluates what is wanted and not yet there, and keeps each in `folder`/trainings.jsonl. */
export function trainAll(
  { call, most }: StudyRequest,
  project: Trainable,
  folder: string,
  wanted: readonly WantedTraining[],
): Promise<Training[]> {
  return measureAll(
    path.join(folder, 'trainings.jsonl'),
    training,
    most,
    wanted.map(({ name, settings }) => ({ name, measure: () => trainOne(call, project, name, settings) })),
  );
}

async function trainOne(
  call: StudyRequest['call'],
  project: Trainable,
  name: string,
  settings: WantedTraining['settings'],
): Promise<Training> {
  const inProject = { project: project.folder, seed };
  const trained = await call('training.run', { ...inProject, ...settings });
  if (trained.stoppedBy === 'operator') throw new Error(`the training ${name} was stopped: call again to go on`);
  const { mAP50, mAP5095, perClass } = await call('evaluation.run', { ...inProject, run: trained.run, split: 'test' });
  const runFolder = path.join(project.folder, trained.run);
  const lines = await readMetrics(path.join(runFolder, metricsFile));
  const rates = lines.flatMap((one) => (one.kind === 'step' ? [one.learningRate] : []));
  // A grid of runs would fill the disk: the figures are kept, the weights are not.
  await rm(runFolder, { recursive: true });
  return {
    name,
    learningRate: Math.max(...rates),
    batchSize: settings.batchSize ?? project.batch.batchSize,
    epochs: trained.epochs,
    steps: rates.length,
    seconds: trained.seconds,
    stoppedBy: trained.stoppedBy,
    watch: lines.flatMap((one) => (one.kind === 'watch' ? [one.text] : [])),
    validationMAP50: trained.best.mAP50,
    rounds: lines.flatMap((one) => (one.kind === 'epoch' && one.mAP50 !== null ? [[one.epoch, one.mAP50]] : [])),
    mAP50,
    mAP5095,
    perClass,
  };
}
