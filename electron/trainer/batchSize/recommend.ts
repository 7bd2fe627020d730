import type { BatchRow, BatchSizeResult } from '../../../shared/contract';

export interface RecommendRequest {
  /** Any order; a row that was measured counts by its measurement. */
  readonly rows: readonly BatchRow[];
  readonly budgetBytes: number;
  /** Training pictures. */
  readonly pictures: number;
  /** The rate to carry over: from the learning rate finder, or the plan before it. */
  readonly found: {
    readonly learningRate: number;
    readonly batchSize: number;
    /** Where a loss turned up in the sweep. */
    readonly divergence?: number;
  };
}

export type BatchRecommendation = Pick<
  BatchSizeResult,
  'batchSize' | 'accumulate' | 'learningRate' | 'reason' | 'scaling'
>;

/** Fewer steps in a round and the averages over a round say little; fewer weight updates, too. */
const stepsPerRound = 7;
/** SSD normalises its loss by matched priors: below 4 pictures that number jumps from step to step. */
export const smallestUseful = 4;
const largestUseful = 32;
/** The smallest batch of published SSD recipes (train_ssd.py: 16 to 32; torchvision: 32). Beyond it only for speed. */
const enough = 16;
const gainThatPays = 1.05;
/**
 * A smaller batch must be that much faster. Trainings are planned in steps, and a step with fewer pictures teaches less;
 * a measured speed is also what other programs left over at that moment. Only memory that is short halves it.
 */
const lossThatHurts = 2;

/** Most pictures at a time for a set of this size: a power of two, 4 to 32, with at least 7 steps in a round. */
export function largestBatchFor(pictures: number): number {
  const byRounds = 2 ** Math.floor(Math.log2(Math.max(1, pictures / stepsPerRound)));
  return Math.min(largestUseful, Math.max(smallestUseful, byRounds));
}

/** Sizes worth measuring: powers of two from 1, so that something is known where little fits, up to the largest useful one. */
export function batchSizesFor(pictures: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size <= largestBatchFor(pictures); size *= 2) sizes.push(size);
  return sizes;
}

/** The batch that is worked in parts where only one or two pictures fit: enough for a steady loss, in bearable time. */
const inPartsBatch = 8;

/**
 * Sizes that can be trained with, and in how many parts: those that fit in one; where none of them is large enough for a
 * steady loss, larger ones in parts of the largest that fits.
 */
export function feasibleBatches(
  rows: readonly BatchRow[],
  pictures: number,
): { readonly batchSize: number; readonly accumulate: number }[] {
  const fitting = rows.filter(({ fits }) => fits).map(({ batchSize }) => batchSize);
  const atOnce = Math.max(0, ...fitting);
  const whole = fitting.map((batchSize) => ({ batchSize, accumulate: 1 }));
  if (atOnce === 0 || atOnce >= smallestUseful) return whole;
  const most = Math.min(enough, largestBatchFor(pictures));
  const larger = batchSizesFor(pictures).filter((size) => size >= smallestUseful && size <= most);
  return [...whole, ...larger.map((batchSize) => ({ batchSize, accumulate: batchSize / atOnce }))];
}

/**
 * Picks by memory, steps in a round, and speed: the largest batch up to 16 that fits, a larger one as long as each
 * doubling brings 5 % more pictures a second, a smaller one where that is much faster. Where fewer than 4 pictures fit, 8
 * at a time in parts.
 *
 * @throws RangeError where not even the smallest measured batch fits
 */
export function recommend({ rows, budgetBytes, pictures, found }: RecommendRequest): BatchRecommendation {
  const sorted = [...rows].sort((a, b) => a.batchSize - b.batchSize);
  const fitting = sorted.filter((row) => row.fits && bytesOf(row) <= budgetBytes);
  const atOnce = fitting.at(-1);
  if (atOnce === undefined) throw new RangeError(`no batch fits into ${budgetBytes} bytes`);
  const cap = largestBatchFor(pictures);
  if (atOnce.batchSize < smallestUseful) return inParts(atOnce, Math.min(cap, inPartsBatch), budgetBytes, found);
  const useful = fitting.filter(({ batchSize }) => batchSize <= cap);
  const candidates = useful.length > 0 ? useful : fitting.slice(0, 1);
  let at = Math.max(
    0,
    candidates.findLastIndex(({ batchSize }) => batchSize <= enough),
  );
  const start = at;
  while (faster(candidates[at + 1], candidates[at], gainThatPays)) at++;
  if (at === start)
    while (
      at > 0 &&
      (candidates[at - 1]?.batchSize ?? 0) >= smallestUseful &&
      faster(candidates[at - 1], candidates[at], lossThatHurts)
    )
      at--;
  const chosen = candidates[at] as BatchRow;

  const next = sorted.find(({ batchSize }) => batchSize > chosen.batchSize);
  const rounds = Math.ceil(pictures / chosen.batchSize);
  const why =
    at < start
      ? `larger ones are slower here`
      : next !== undefined && !fitting.includes(next)
        ? `${next.batchSize} would need ${gigabytes(bytesOf(next))}, more than may be used`
        : chosen.batchSize >= cap && cap < largestUseful
          ? `with ${pictures} pictures a larger batch would leave too few steps in a round`
          : chosen.batchSize >= largestUseful
            ? `more would not learn better`
            : `more at a time would not be faster`;
  const scaling = scaleRate(found, chosen.batchSize);
  const reason =
    `${picturesText(chosen.batchSize)} at a time: ${gigabytes(bytesOf(chosen))} of the ${gigabytes(budgetBytes)} that may be used, ` +
    `${rounds} ${rounds === 1 ? 'step' : 'steps'} in a round through all pictures; ${why}. ${scaling.reason}`;
  return {
    batchSize: chosen.batchSize,
    accumulate: 1,
    learningRate: scaling.learningRate,
    reason,
    scaling: { linear: scaling.linear, squareRoot: scaling.squareRoot, chosen: scaling.chosen },
  };
}

function inParts(
  atOnce: BatchRow,
  batchSize: number,
  budgetBytes: number,
  found: RecommendRequest['found'],
): BatchRecommendation {
  const scaling = scaleRate(found, batchSize);
  const accumulate = batchSize / atOnce.batchSize;
  const reason =
    `${picturesText(batchSize)} at a time, in ${accumulate} parts: only ${picturesText(atOnce.batchSize)} at once ` +
    `(${gigabytes(bytesOf(atOnce))}) ${atOnce.batchSize === 1 ? 'fits' : 'fit'} into the ${gigabytes(budgetBytes)} that may be used, ` +
    `and fewer than ${smallestUseful} in a step learn unsteadily. ${scaling.reason}`;
  const { linear, squareRoot, chosen, learningRate } = scaling;
  return { batchSize, accumulate, learningRate, reason, scaling: { linear, squareRoot, chosen } };
}

/**
 * Carries a rate to another batch size. Linear (Goyal 2017: with warm-up, the same progress per picture), unless that
 * comes beyond 0.6 of the rate at which the sweep's loss turned up: then by the square root, if the batch grows.
 * Rates have two significant digits.
 */
export function scaleRate(
  { learningRate, batchSize, divergence = Infinity }: RecommendRequest['found'],
  newBatchSize: number,
): BatchRecommendation['scaling'] & { readonly learningRate: number; readonly reason: string } {
  const factor = newBatchSize / batchSize;
  const linear = twoDigits(learningRate * factor);
  const squareRoot = twoDigits(learningRate * Math.sqrt(factor));
  if (factor === 1) {
    const reason = `The rate ${linear} was found with this batch size.`;
    return { linear, squareRoot, chosen: 'measured', learningRate: linear, reason };
  }
  if (factor > 1 && linear > 0.6 * divergence) {
    const reason = `The rate goes from ${twoDigits(learningRate)} to ${squareRoot}, with the square root of the batch: in proportion it would be ${linear}, too near ${twoDigits(divergence)}, where the loss turned up.`;
    return { linear, squareRoot, chosen: 'squareRoot', learningRate: squareRoot, reason };
  }
  const reason = `The rate goes from ${twoDigits(learningRate)} to ${linear}, in proportion to the batch, so that each picture counts as before (by the square root it would be ${squareRoot}).`;
  return { linear, squareRoot, chosen: 'linear', learningRate: linear, reason };
}

function faster(row: BatchRow | undefined, than: BatchRow | undefined, factor: number): boolean {
  const speed = row?.imagesPerSecond ?? null;
  const other = than?.imagesPerSecond ?? null;
  return speed !== null && other !== null && speed >= factor * other;
}

function bytesOf(row: BatchRow): number {
  return row.measuredBytes ?? row.predictedBytes;
}

function twoDigits(rate: number): number {
  return Number(rate.toPrecision(2));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function picturesText(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}
