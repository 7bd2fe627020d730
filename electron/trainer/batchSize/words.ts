import type { BatchRow } from '../../../shared/contract';
import type { Sentence } from '../../../shared/said';
import { gigabytes } from '../memoryText';

/** The sentences of a recommendation: in English, and as codes for the page. */

/** What a step takes: what was measured, else what was predicted. */
export function bytesOf({ measuredBytes, predictedBytes }: BatchRow): number {
  return measuredBytes ?? predictedBytes;
}

function picturesText(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}

/** @param steps of a round through all pictures. @param why ends the sentence: why not more */
export function fitsSentence(row: BatchRow, budgetBytes: number, steps: number, why: Sentence): Sentence {
  const { batchSize: count } = row;
  const [used, budget] = [gigabytes(bytesOf(row)), gigabytes(budgetBytes)];
  const text =
    `${picturesText(count)} at a time: ${used} GB of the ${budget} GB that may be used, ` +
    `${steps} ${steps === 1 ? 'step' : 'steps'} in a round through all pictures; ${why.text}.`;
  return { text, said: { code: 'batchFits', values: { count, used, budget, steps } } };
}

export function inPartsSentence(atOnce: BatchRow, batchSize: number, budgetBytes: number, least: number): Sentence {
  const parts = batchSize / atOnce.batchSize;
  const [used, budget] = [gigabytes(bytesOf(atOnce)), gigabytes(budgetBytes)];
  const text =
    `${picturesText(batchSize)} at a time, in ${parts} parts: only ${picturesText(atOnce.batchSize)} at once ` +
    `(${used} GB) ${atOnce.batchSize === 1 ? 'fits' : 'fit'} into the ${budget} GB that may be used, ` +
    `and fewer than ${least} in a step learn unsteadily.`;
  const values = { count: batchSize, parts, atOnce: atOnce.batchSize, used, budget };
  return { text, said: { code: 'batchInParts', values } };
}

/** Why not more at a time. */
export const whyNotMore = {
  slower: { text: 'larger ones are slower here', said: { code: 'batchWhySlower', values: {} } },
  enough: { text: 'more would not learn better', said: { code: 'batchWhyEnough', values: {} } },
  untried: (count: number): Sentence => ({
    text: `beside this app there is not enough memory to try ${count}`,
    said: { code: 'batchWhyUntried', values: { count } },
  }),
  noFaster: { text: 'more at a time would not be faster', said: { code: 'batchWhyNoFaster', values: {} } },
  fewSteps: (pictures: number): Sentence => ({
    text: `with ${pictures} pictures a larger batch would leave too few steps in a round`,
    said: { code: 'batchWhyFewSteps', values: { pictures } },
  }),
  tooLarge: (row: BatchRow): Sentence => {
    const { batchSize: count } = row;
    if (row.limit === 'time') {
      const text = `${count} took too long to be measured, as if the memory were full`;
      return { text, said: { code: 'batchWhyTime', values: { count } } };
    }
    const needed = gigabytes(bytesOf(row));
    const text = `${count} would need ${needed} GB, more than may be used`;
    return { text, said: { code: 'batchWhyMemory', values: { count, needed } } };
  },
} as const satisfies Readonly<Record<string, Sentence | ((of: never) => Sentence)>>;

/** How a rate is carried to another batch size. Rates come with two digits. */
export const rateWords = {
  found: (rate: number): Sentence => ({
    text: `The rate ${rate} was found with this batch size.`,
    said: { code: 'rateAsFound', values: { rate } },
  }),
  recipe: (rate: number): Sentence => ({
    text: `The rate ${rate} is what published recipes use for this batch size: it has not been looked for yet.`,
    said: { code: 'rateAsRecipe', values: { rate } },
  }),
  linear: (before: number, rate: number, squareRoot: number): Sentence => ({
    text: `The rate goes from ${before} to ${rate}, in proportion to the batch, so that each picture counts as before (by the square root it would be ${squareRoot}).`,
    said: { code: 'rateInProportion', values: { before, rate, squareRoot } },
  }),
  squareRoot: (before: number, rate: number, linear: number, turn: number): Sentence => ({
    text: `The rate goes from ${before} to ${rate}, with the square root of the batch: in proportion it would be ${linear}, too near ${turn}, where the loss turned up.`,
    said: { code: 'rateBySquareRoot', values: { before, rate, linear, turn } },
  }),
  capped: (before: number, rate: number, squareRoot: number, turn: number): Sentence => ({
    text: `The rate goes from ${before} to ${rate} and no further: even with the square root of the batch it would be ${squareRoot}, too near ${turn}, where the loss turned up.`,
    said: { code: 'rateCapped', values: { before, rate, squareRoot, turn } },
  }),
} as const;
