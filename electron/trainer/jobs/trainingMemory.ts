import path from 'node:path';
import type { EventOf, JobContext } from '../../../shared/contract';
import { besideStepsBytes, predictBytes } from '../batchSize/memoryModel';
import { networkOf } from '../dataset/plan';
import { tellMemory } from '../engine/memory';
import { endSitting, type Sitting } from '../sitting';
import { withLessMemory } from '../training/lessMemory';
import { appendMetrics } from '../training/metrics';
import { metricsFile } from '../training/train';
import { nothingFits } from './nothingFits';
import { type RunConfig, writeConfig } from './runConfig';
import type { Workplace } from './workplace';

/** A run that is there to be trained. */
export interface Started {
  readonly run: string;
  readonly config: RunConfig;
}

/** What a training is going to need, and what there is. */
export function memoryOf(
  { plan, classes, batchSize, accumulate, frozenLayers }: RunConfig,
  trainPictures: number,
): Sitting {
  const atOnce = Math.ceil(batchSize / accumulate);
  const network = networkOf(plan, classes.length);
  const step = predictBytes(network, { batchSize: atOnce, frozenLayers }).total;
  const neededBytes = step + besideStepsBytes(network, trainPictures);
  return { neededBytes, freeBytes: tellMemory().freeBytes };
}

/** Makes a run need less memory from now on, and says so. @throws LinesideError 'outOfMemory' where it cannot */
export async function useLessMemory(
  { run, config }: Started,
  place: Workplace,
  { emit }: Pick<JobContext<EventOf<'training.run'>>, 'emit'>,
): Promise<Started> {
  const less = withLessMemory(config, place.items.train.length);
  if (less === undefined) throw nothingFits(place);
  const changed = { ...config, ...less.settings };
  await writeConfig(place.project, run, changed);
  await endSitting(place.project, run);
  const told = { kind: 'watch' as const, text: less.text, said: less.said, step: 0 };
  await appendMetrics(path.join(place.project, run, metricsFile), { ...told, atStep: 0 });
  emit(told);
  return { run, config: changed };
}
