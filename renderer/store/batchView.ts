import type { BatchRow, BatchSizeResult } from '../../shared/contract';

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

/**
 * The rate for another batch size, from the rate of the recommended one: in proportion, or with the square root, as the
 * recommendation itself did. A measured rate is carried over with the square root, the more careful of the two.
 */
export function rateFor(batchSize: number, { batchSize: from, learningRate, scaling }: BatchSizeResult): number {
  const ratio = batchSize / from;
  return learningRate * (scaling.chosen === 'linear' ? ratio : Math.sqrt(ratio));
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
