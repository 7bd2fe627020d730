import type { BatchPlan, BatchRow, BatchSizeResult } from '../../shared/contract';

/** Bytes of a step with this many pictures: what was measured, else what was predicted. */
export function bytesOf({ measuredBytes, predictedBytes }: BatchRow): number {
  return measuredBytes ?? predictedBytes;
}

/** Fits, but takes more than this share of the budget: another program may push it over. */
const tightShare = 0.9;

export type Fit = 'well' | 'tight' | 'not';

export function fitOf(row: BatchRow, budgetBytes: number): Fit {
  if (!row.fits) return 'not';
  return bytesOf(row) > budgetBytes * tightShare ? 'tight' : 'well';
}

/** What a batch size leads to; null where it was planned by an older Lineside. */
export function planOf(batchSize: number, { plans }: BatchSizeResult): BatchPlan | null {
  return plans.find((plan) => plan.batchSize === batchSize) ?? null;
}

/** How its rate came about: carried over from the found one, or, where none was found yet, that of published recipes. */
export function scalingOf({ scaling, isRecipe }: BatchPlan): BatchPlan['scaling']['chosen'] | 'recipe' {
  return isRecipe ? 'recipe' : scaling.chosen;
}

/** In how many parts a size is worked: 1 where it is not known, or fits. */
export function partsOf(batchSize: number, result: BatchSizeResult | null): number {
  return (result && planOf(batchSize, result)?.accumulate) ?? 1;
}

/** How many pictures of a size are in the memory at once. */
export function atOnceOf(batchSize: number, result: BatchSizeResult): number {
  return batchSize / partsOf(batchSize, result);
}

/** What the network itself takes before any picture: the line through the smallest and the largest batch at zero. */
export function modelBytes(rows: readonly BatchRow[]): number {
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return 0;
  if (first.batchSize === last.batchSize) return bytesOf(first) / 2;
  const slope = (bytesOf(last) - bytesOf(first)) / (last.batchSize - first.batchSize);
  return Math.max(0, bytesOf(first) - slope * first.batchSize);
}
