import type { BatchRow, BatchSizeResult } from '../../../shared/contract';
import type { Said, Sentence } from '../../../shared/said';
import { bytesOf, fitsSentence, inPartsSentence, rateWords, whyNotMore } from './words';
import { twoDigits } from '../twoDigits';

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
    /** True where there was no sweep: published recipes use this rate for this batch size. */
    readonly isRecipe?: true;
  };
}

export type BatchRecommendation = Pick<
  BatchSizeResult,
  'batchSize' | 'accumulate' | 'learningRate' | 'reason' | 'reasonSaid' | 'scaling'
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
  const why = at < start ? whyNotMore.slower : whyNotThe(next, { chosen, cap, fitting, pictures });
  const fits = fitsSentence(chosen, budgetBytes, Math.ceil(pictures / chosen.batchSize), why);
  const { reason, said, learningRate, ...scaling } = scaleRate(found, chosen.batchSize);
  return {
    ...{ batchSize: chosen.batchSize, accumulate: 1, learningRate, scaling },
    reason: `${fits.text} ${reason}`,
    reasonSaid: [fits.said, why.said, said],
  };
}

/** Why the next size was not taken. */
function whyNotThe(
  next: BatchRow | undefined,
  at: { chosen: BatchRow; cap: number; fitting: readonly BatchRow[]; pictures: number },
): Sentence {
  const { chosen, cap, fitting, pictures } = at;
  if (next !== undefined && !fitting.includes(next)) return whyNotMore.tooLarge(next);
  if (chosen.batchSize >= cap && cap < largestUseful) return whyNotMore.fewSteps(pictures);
  if (chosen.batchSize >= largestUseful) return whyNotMore.enough;
  return next?.imagesPerSecond === null ? whyNotMore.untried(next.batchSize) : whyNotMore.noFaster;
}

function inParts(
  atOnce: BatchRow,
  batchSize: number,
  budgetBytes: number,
  found: RecommendRequest['found'],
): BatchRecommendation {
  const parts = inPartsSentence(atOnce, batchSize, budgetBytes, smallestUseful);
  const { reason, said, learningRate, ...scaling } = scaleRate(found, batchSize);
  return {
    ...{ batchSize, accumulate: batchSize / atOnce.batchSize, learningRate, scaling },
    reason: `${parts.text} ${reason}`,
    reasonSaid: [parts.said, said],
  };
}

/** So near to where the loss turned up a rate is carried at most. */
export const shareOfTurn = 0.6;

export type ScaledRate = BatchRecommendation['scaling'] & {
  readonly learningRate: number;
  readonly reason: string;
  readonly said: Said;
};

/**
 * Carries a rate to another batch size. Linear (Goyal 2017: with warm-up, the same progress per picture), unless that
 * comes beyond 0.6 of the rate at which the sweep's loss turned up: then by the square root, if the batch grows, and no
 * further than those 0.6, or than the found rate itself where that lies beyond. Rates have two significant digits.
 */
export function scaleRate(
  { learningRate, batchSize, divergence = Infinity, isRecipe }: RecommendRequest['found'],
  newBatchSize: number,
): ScaledRate {
  const factor = newBatchSize / batchSize;
  const before = twoDigits(learningRate);
  const linear = twoDigits(learningRate * factor);
  const squareRoot = twoDigits(learningRate * Math.sqrt(factor));
  const turn = twoDigits(divergence);
  const most = Math.max(before, twoDigitsDown(shareOfTurn * divergence));
  const scaled = (chosen: ScaledRate['chosen'], rate: number, { text, said }: Sentence): ScaledRate => ({
    ...{ linear, squareRoot, chosen, learningRate: rate },
    ...{ reason: text, said },
  });
  if (isRecipe) return scaled(factor === 1 ? 'measured' : 'linear', linear, rateWords.recipe(linear));
  if (factor === 1) return scaled('measured', linear, rateWords.found(linear));
  if (factor < 1 || linear <= shareOfTurn * divergence)
    return scaled('linear', linear, rateWords.linear(before, linear, squareRoot));
  if (squareRoot <= most)
    return scaled('squareRoot', squareRoot, rateWords.squareRoot(before, squareRoot, linear, turn));
  return scaled('capped', most, rateWords.capped(before, most, squareRoot, turn));
}

function faster(row: BatchRow | undefined, than: BatchRow | undefined, factor: number): boolean {
  const speed = row?.imagesPerSecond ?? null;
  const other = than?.imagesPerSecond ?? null;
  return speed !== null && other !== null && speed >= factor * other;
}

function twoDigitsDown(rate: number): number {
  const rounded = twoDigits(rate);
  return rounded <= rate ? rounded : twoDigits(rounded - 10 ** (Math.floor(Math.log10(rate)) - 1));
}
