import { batchSizeResult, type BatchRow, type BatchSizeResult, lrFinderResult } from '../../../shared/contract';
import { feasibleBatches, recommend, type RecommendRequest } from '../batchSize/recommend';
import { viewItems } from '../dataset/tiles';
import { readJson, writeJson } from '../projectStore';
import { planChain } from '../training/chain';
import { priorPlan } from '../training/plan';
import type { Workplace } from './workplace';

const batchSizeFile = 'batchSize.json';

/** The rate that everything else is planned from: the finder's, else that of published recipes. */
export async function foundRate({ project, items, network }: Workplace): Promise<RecommendRequest['found']> {
  const measured = await readJson(project, 'lrFinder.json', lrFinderResult);
  if (measured === undefined) {
    return priorPlan({ pictures: items.train.length, classes: items.classes.length, inputSize: network.input });
  }
  const turns = Object.values(measured.divergence).filter((rate) => rate !== undefined);
  return {
    learningRate: measured.learningRate,
    batchSize: measured.batchSize,
    ...(turns.length > 0 && { divergence: Math.min(...turns) }),
  };
}

/** Seconds of a step as the batch size stage measured them, in parts or as a whole. */
export function secondsPerStep(
  table: readonly BatchRow[],
  batchSize: number,
  accumulate: number,
): { readonly secondsPerStep?: number } {
  const speed = table.find((row) => row.batchSize === batchSize / accumulate)?.imagesPerSecond ?? null;
  return speed === null ? {} : { secondsPerStep: batchSize / speed };
}

/** A tiled picture takes several looks. */
export function validationLooks({ items, plan }: Workplace): number {
  return items.validation.flatMap((item) => viewItems(item, plan.tiling)).length;
}

export async function readBatchSize(project: string): Promise<BatchSizeResult | undefined> {
  return readJson(project, batchSizeFile, batchSizeResult);
}

/** Recommends from what was measured, plans each size that fits, and keeps that in batchSize.json. */
export async function planBatches(
  place: Workplace,
  measured: Omit<BatchSizeResult, 'batchSize' | 'accumulate' | 'learningRate' | 'reason' | 'scaling' | 'plans'>,
): Promise<BatchSizeResult> {
  const found = await foundRate(place);
  const trainPictures = place.items.train.length;
  const { table, budgetBytes } = measured;
  const plans = feasibleBatches(table, trainPictures).map(({ batchSize, accumulate }) =>
    planChain({
      ...{ found, batchSize, accumulate, trainPictures, validationLooks: validationLooks(place) },
      ...secondsPerStep(table, batchSize, accumulate),
    }),
  );
  const result = {
    ...measured,
    ...recommend({ rows: table, budgetBytes, pictures: trainPictures, found }),
    plans,
  };
  await writeJson(place.project, batchSizeFile, batchSizeResult, result);
  return result;
}

/** A new rate has been found: what was measured of the batch sizes stays, what was planned from it is planned anew. */
export async function replanBatches(place: Workplace): Promise<void> {
  const old = await readBatchSize(place.project);
  if (old !== undefined && old.table.some(({ fits }) => fits)) await planBatches(place, old);
}
