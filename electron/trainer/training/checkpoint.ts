import { readFile, rm } from 'node:fs/promises';
import { writeWhole } from '../wholeFile';
import { z } from 'zod';
import { detectorPlan, type Losses, type Schedule } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import type { Parameters } from '../detector/network';
import { onDisk } from '../projectStore';
import { decodeSafetensors, encodeSafetensors, type NamedTensor, type TensorFile } from './safetensors';
import type { Trainee, TrainingState } from './step';
import type { WatchState } from './watch';

const version = 1;

/** Where a run stands, beside its weights. */
export interface RunProgress {
  /** Steps done of the plan; steps that a roll-back undid do not count. */
  readonly step: number;
  readonly schedule: Schedule;
  /** Pictures in each of its steps. Absent in checkpoints of an older Lineside. */
  readonly batchSize?: number;
  readonly watch: WatchState;
  readonly best: { readonly epoch: number; readonly mAP50: number; readonly score: number } | null;
  /** Sum of the losses of the current round's steps so far. */
  readonly sums: Losses;
  /** Seconds of training so far, over all sittings. */
  readonly seconds: number;
}

export interface Checkpoint {
  readonly state: TrainingState;
  readonly progress: RunProgress;
}

const groups = ['values', 'velocity', 'average'] as const;

/**
 * Writes everything a run needs to go on as if it had not been stopped into one safetensors file, whole or not at all.
 * Batches and augmentation need no state: they follow from seed, round and index.
 * @throws LinesideError 'disk'
 */
export async function writeCheckpoint(file: string, trainee: Trainee, progress: RunProgress): Promise<void> {
  const state = trainee.snapshot();
  const tensors = new Map<string, NamedTensor>();
  for (const group of groups) {
    for (const [name, parameter] of trainee.weights.parameters(state[group]))
      tensors.set(`${group}/${name}`, parameter);
  }
  const metadata = {
    lineside: 'checkpoint',
    version: String(version),
    steps: String(state.steps),
    progress: JSON.stringify(progress),
  };
  await writeTensors(file, { tensors, metadata });
}

/** For a run in which nothing was learned: there is nothing to go on from. @throws LinesideError 'disk' */
export async function removeCheckpoint(file: string): Promise<void> {
  await onDisk(file, () => rm(file, { force: true }));
}

/** @throws LinesideError 'badInput' naming the file when it is not a checkpoint of this detector */
export async function readCheckpoint(file: string, trainee: Trainee): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensors(file, 'checkpoint');
  const flat = (group: (typeof groups)[number]): Float32Array => {
    const values = new Float32Array(trainee.weights.values.length);
    for (const { name, offset, length } of trainee.weights.slots) {
      const tensor = tensors.get(`${group}/${name}`);
      if (tensor?.values.length !== length) {
        throw new LinesideError(
          'badInput',
          `${file} belongs to another detector (${name} does not fit): start a new training`,
          { said: { code: 'runBroken', values: { file } } satisfies Said },
        );
      }
      values.set(tensor.values, offset);
    }
    return values;
  };
  return {
    state: {
      values: flat('values'),
      velocity: flat('velocity'),
      average: flat('average'),
      steps: Number(metadata['steps']),
    },
    progress: JSON.parse(metadata['progress'] ?? 'null') as RunProgress,
  };
}

const modelCard = z.object({
  classes: z.array(z.string()).min(1),
  plan: detectorPlan,
  /** Round it was taken from, and its mAP50 on the validation pictures. */
  epoch: z.number(),
  mAP50: z.number(),
});

/** A trained detector in one file: its layout, its classes and its weights. */
export interface Model extends z.output<typeof modelCard> {
  readonly parameters: Parameters;
}

/** @throws LinesideError 'disk' */
export async function writeModel(file: string, { parameters, ...card }: Model): Promise<void> {
  const metadata = { lineside: 'model', version: String(version), card: JSON.stringify(card) };
  await writeTensors(file, { tensors: parameters, metadata });
}

/** @throws LinesideError 'badInput' naming the file */
export async function readModel(file: string): Promise<Model> {
  const { tensors, metadata } = await readTensors(file, 'model');
  const card = modelCard.safeParse(JSON.parse(metadata['card'] ?? 'null'));
  if (!card.success) {
    const said: Said = { code: 'runBroken', values: { file } };
    throw new LinesideError('badInput', `${file} is damaged: train again`, { cause: card.error, said });
  }
  return { ...card.data, parameters: tensors };
}

async function writeTensors(file: string, content: TensorFile): Promise<void> {
  await onDisk(file, () => writeWhole(file, encodeSafetensors(content)));
}

async function readTensors(file: string, kind: 'checkpoint' | 'model'): Promise<TensorFile> {
  let content: TensorFile;
  try {
    content = decodeSafetensors(await readFile(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LinesideError('badInput', `${file} cannot be read (${reason}): train again or restore it from a copy`, {
      cause,
      said: { code: 'runBroken', values: { file } } satisfies Said,
    });
  }
  if (content.metadata['lineside'] !== kind) {
    throw new LinesideError('badInput', `${file} is not a ${kind} of Lineside: choose another`, {
      said: { code: 'runBroken', values: { file } } satisfies Said,
    });
  }
  if (Number(content.metadata['version']) > version) {
    throw new LinesideError('newerVersion', `${file} was made by a newer Lineside: update this one`, {
      said: { code: 'newerModel', values: { file } } satisfies Said,
    });
  }
  return content;
}
