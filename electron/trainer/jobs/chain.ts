import {
  batchSizeResult,
  type BatchRow,
  type BatchSizeResult,
  lrFinderResult,
  type LrFinderResult,
} from '../../../shared/contract';
import { firstTurn } from '../../../shared/divergence';
import { isOfOtherLayout } from '../../../shared/layout';
import type { Sentence } from '../../../shared/said';
import { feasibleBatches, recommend, type RecommendRequest } from '../batchSize/recommend';
import { viewItems } from '../dataset/tiles';
import { readJson, writeJson } from '../projectStore';
import { planChain } from '../training/chain';
import { priorPlan } from '../training/plan';
import type { Workplace } from './workplace';

const batchSizeFile = 'batchSize.json';
const lrFinderFile = 'lrFinder.json';

/** What the project has measured, as far as it is of the layout that is trained now. */
export interface Measured {
  readonly sweep: LrFinderResult | undefined;
  readonly batches: BatchSizeResult | undefined;
  /** What was measured with another layout and is not used: a sentence each. */
  readonly remarks: readonly Sentence[];
}

const ofOtherLayout = {
  sweep: {
    text: 'The learning rate was found for another layout of the detector and is not used: find it again.',
    said: { code: 'rateOfOtherLayout', values: {} },
  },
  batches: {
    text: 'The batch size was measured with another layout of the detector and is not used: measure it again.',
    said: { code: 'batchOfOtherLayout', values: {} },
  },
} as const satisfies Readonly<Record<string, Sentence>>;

export async function readMeasured({ project, layout }: Pick<Workplace, 'project' | 'layout'>): Promise<Measured> {
  const sweep = await readJson(project, lrFinderFile, lrFinderResult);
  const batches = await readJson(project, batchSizeFile, batchSizeResult);
  const isOther = (result: LrFinderResult | BatchSizeResult | undefined): boolean =>
    result !== undefined && isOfOtherLayout(result, layout);
  return {
    sweep: isOther(sweep) ? undefined : sweep,
    batches: isOther(batches) ? undefined : batches,
    remarks: [...(isOther(sweep) ? [ofOtherLayout.sweep] : []), ...(isOther(batches) ? [ofOtherLayout.batches] : [])],
  };
}

/** Keeps what a sweep found, with the layout that it was found for. */
export async function writeSweep({ project, layout }: Workplace, found: LrFinderResult): Promise<LrFinderResult> {
  const result = { ...found, layout };
  await writeJson(project, lrFinderFile, lrFinderResult, result);
  return result;
}

/** The rate that everything else is planned from: the finder's, else that of published recipes. */
export function foundRate(
  { items, network }: Workplace,
  { sweep }: Pick<Measured, 'sweep'>,
): RecommendRequest['found'] {
  if (sweep === undefined) {
    const pictures = items.train.length;
    const { learningRate, batchSize } = priorPlan({
      pictures,
      classes: items.classes.length,
      inputSize: network.input,
    });
    return { learningRate, batchSize, isRecipe: true };
  }
  const divergence = firstTurn(sweep);
  return {
    learningRate: sweep.learningRate,
    batchSize: sweep.batchSize,
    ...(divergence !== undefined && { divergence }),
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

/** Recommends from what was measured, plans each size that fits, and keeps that in batchSize.json. */
export async function planBatches(
  place: Workplace,
  measured: Omit<
    BatchSizeResult,
    'batchSize' | 'accumulate' | 'learningRate' | 'reason' | 'reasonSaid' | 'scaling' | 'plans'
  >,
): Promise<BatchSizeResult> {
  const found = foundRate(place, await readMeasured(place));
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

/**
 * A new rate has been found: what was measured of the batch sizes stays, what was planned from it is planned anew. A table
 * of another layout is left as it is.
 */
export async function replanBatches(place: Workplace): Promise<void> {
  const { batches } = await readMeasured(place);
  if (batches?.table.some(({ fits }) => fits)) await planBatches(place, batches);
}
