import path from 'node:path';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { networkOf } from '../dataset/plan';
import type { Network } from '../detector/network';
import { exists } from '../projectStore';
import { bestModel, configFile, lastCheckpoint, runNames, usedRun } from '../runTable';
import { isSatAt } from '../sitting';
import { readModel, type Model } from '../training/checkpoint';

/**
 * The run that a name stands for.
 * @param run runs/<time>, or 'latest': for a model the run that is used (runTable), for a checkpoint the newest
 * @returns relative to the project: runs/<time>
 * @throws LinesideError 'wrongUse' where there is none
 */
export async function findRun(project: string, run: string, needs: 'model' | 'checkpoint'): Promise<string> {
  const file = needs === 'model' ? bestModel : lastCheckpoint;
  // One that was killed before its first checkpoint can be gone on with as well: from its first step.
  const has = async (name: string): Promise<boolean> =>
    (await exists(path.join(project, name, file))) || (needs === 'checkpoint' && (await isSatAt(project, name)));
  if (run !== 'latest') {
    if (/^runs\/[\w.-]+$/.test(run) && (await has(run))) return run;
    throw new LinesideError('wrongUse', `${run} is not a training of ${project}: choose one of its runs/ folder`);
  }
  const used = needs === 'model' ? await usedRun(project) : undefined;
  if (used !== undefined) return used;
  for (const name of needs === 'model' ? [] : (await runNames(project)).reverse()) {
    if ((await exists(path.join(project, 'runs', name, configFile))) && (await has(`runs/${name}`)))
      return `runs/${name}`;
  }
  throw new LinesideError('wrongUse', `${project} has no training yet: train it first`, {
    said: { code: 'noTraining', values: {} } satisfies Said,
  });
}

export interface TrainedDetector {
  readonly run: string;
  readonly folder: string;
  readonly model: Model;
  readonly network: Network;
}

/** The best detector of a run, ready to be used. */
export async function openTrained(project: string, run: string): Promise<TrainedDetector> {
  const found = await findRun(project, run, 'model');
  const folder = path.join(project, found);
  const model = await readModel(path.join(folder, bestModel));
  return { run: found, folder, model, network: networkOf(model.plan, model.classes.length) };
}
