import path from 'node:path';
import type { EventOf, JobContext } from '../../../shared/contract';
import { besideStepsBytes } from '../batchSize/memoryModel';
import { networkOf } from '../dataset/plan';
import { type MemoryTold, tellMemory } from '../engine/memory';
import { endSitting, type Sitting } from '../sitting';
import { withLessMemory } from '../training/lessMemory';
import { appendMetrics, type MetricsLine, readMetrics } from '../training/metrics';
import { metricsFile } from '../training/train';
import { foundRate, readMeasured } from './chain';
import { nothingFits } from './nothingFits';
import { type RunConfig, writeConfig } from './runConfig';
import { stepBytes } from './stepBytes';
import type { Workplace } from './workplace';

/** A run that is there to be trained. */
export interface Started {
  readonly run: string;
  readonly config: RunConfig;
}

/**
 * Parts that a batch has to go through the engine in, as it is predicted, so that the memory suffices: where that has not been
 * measured. undefined where not even one picture fits.
 */
export function partsThatFit(
  { network, frozenLayers, items }: Pick<Workplace, 'network' | 'frozenLayers' | 'items'>,
  batchSize: number,
  { budgetBytes }: Pick<MemoryTold, 'budgetBytes'> = tellMemory(),
): number | undefined {
  const forSteps = budgetBytes - besideStepsBytes(network, items.train.length);
  for (let parts = 1; ; parts = Math.min(batchSize, parts * 2)) {
    const atOnce = Math.ceil(batchSize / parts);
    if (stepBytes(network, { batchSize: atOnce, frozenLayers }) <= forSteps) return parts;
    if (atOnce === 1) return undefined;
  }
}

/** What a training is going to need, and what there is. */
export function memoryOf(
  { plan, classes, batchSize, accumulate, frozenLayers }: RunConfig,
  trainPictures: number,
): Sitting {
  const atOnce = Math.ceil(batchSize / accumulate);
  const network = networkOf(plan, classes.length);
  const step = stepBytes(network, { batchSize: atOnce, frozenLayers });
  const neededBytes = step + besideStepsBytes(network, trainPictures);
  return { neededBytes, freeBytes: tellMemory().freeBytes };
}

/** Makes a run need less memory from now on, and says so. @throws LinesideError 'outOfMemory' where it cannot */
export async function useLessMemory(
  { run, config }: Started,
  place: Workplace,
  { emit }: Pick<JobContext<EventOf<'training.run'>>, 'emit'>,
): Promise<Started> {
  const found = foundRate(place, await readMeasured(place));
  const less = withLessMemory(config, place.items.train.length, found);
  if (less === undefined) throw nothingFits(place);
  const changed = { ...config, ...less.settings };
  const metrics = path.join(place.project, run, metricsFile);
  const step = lastStep(await readMetrics(metrics));
  await writeConfig(place.project, run, changed);
  await endSitting(place.project, run);
  const told = { kind: 'watch' as const, text: less.text, said: less.said, step };
  // Ordered before all steps, so that it is kept when those after the last checkpoint are cut off.
  await appendMetrics(metrics, { ...told, atStep: 0 });
  emit(told);
  return { run, config: changed };
}

/** The step at which it happened: the last one that was logged was the last one done. */
export function lastStep(lines: readonly MetricsLine[]): number {
  return lines.findLast((line) => line.kind === 'step')?.step ?? 0;
}
