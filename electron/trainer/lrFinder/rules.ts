import type { Suggestion } from '../../../shared/contract';
import { divergenceOf, drop, lowestIndex, median, type SmoothCurve } from './curve';
import { rateText } from '../twoDigits';

/** The lowest loss lies just before the rise, so the rate to train at is a quarter of it (Smith 2017: base ⅓ to ¼ of the maximum). */
const backOff = 4;

/** The seed's rule: raise the rate until the loss rises, then back off from the rate with the lowest loss. */
export function lowestLoss(curve: SmoothCurve): Suggestion | undefined {
  const bottom = bottomRate(curve);
  if (bottom === undefined) return undefined;
  return {
    rule: 'lowestLoss',
    learningRate: bottom / backOff,
    reason: `The loss was lowest at ${rateText(bottom)}, shortly before it rises; backed off to a quarter of that.`,
  };
}

/** The rate at which the loss falls fastest over the logarithm of the rate, once it falls for good. */
export function steepest(curve: SmoothCurve): Suggestion | undefined {
  const { first, last } = fallingPart(curve);
  const candidates = curve.slope.slice(first, last + 1);
  if (candidates.length < 3) return undefined;
  const most = Math.min(...candidates);
  const rate = curve.rates[first + candidates.indexOf(most)];
  if (most >= 0 || rate === undefined) return undefined;
  return { rule: 'steepest', learningRate: rate, reason: `The loss fell fastest at ${rateText(rate)}.` };
}

/** The middle of the longest run in which the loss keeps falling, as fastai's "valley", once it falls for good. */
export function valley(curve: SmoothCurve): Suggestion | undefined {
  const part = fallingPart(curve);
  const falling = longestFall(curve.logLoss.slice(part.first, part.last + 1)).map((index) => part.first + index);
  const first = curve.rates[falling[0] ?? -1];
  const last = curve.rates[falling.at(-1) ?? -1];
  if (first === undefined || last === undefined || falling.length < 3) return undefined;
  const rate = Math.sqrt(first * last);
  return {
    rule: 'valley',
    learningRate: rate,
    reason: `The loss kept falling from ${rateText(first)} to ${rateText(last)}; the middle of that is ${rateText(rate)}.`,
  };
}

/** A tenth of the rate with the lowest loss: one decade of safety. */
export function minimumTenth(curve: SmoothCurve): Suggestion | undefined {
  const bottom = bottomRate(curve);
  if (bottom === undefined) return undefined;
  return {
    rule: 'minimumTenth',
    learningRate: bottom / 10,
    reason: `A tenth of ${rateText(bottom)}, where the loss was lowest.`,
  };
}

/** From where the loss was last near its start (less than 15 % of the fall done) to its lowest: before that, it is noise that falls. */
function fallingPart(curve: SmoothCurve): { readonly first: number; readonly last: number } {
  const last = lowestIndex(curve);
  const nearStart = (curve.logLoss[last] ?? 0) + 0.85 * drop(curve);
  let first = last;
  while (first > 0 && (curve.logLoss[first] ?? Infinity) < nearStart) first--;
  return { first, last };
}

/** Middle of the flat bottom: noise moves the single lowest point far along it. */
export function bottomRate(curve: SmoothCurve): number | undefined {
  const lowest = lowestIndex(curve);
  const bottom = curve.logLoss[lowest];
  if (bottom === undefined || lowest === 0) return undefined;
  const limit = bottom + 0.05 * drop(curve);
  let first = lowest;
  let last = lowest;
  while (first > 0 && (curve.logLoss[first - 1] ?? Infinity) <= limit) first--;
  while ((curve.logLoss[last + 1] ?? Infinity) <= limit) last++;
  const middle = Math.sqrt((curve.rates[first] ?? 0) * (curve.rates[last] ?? 0));
  return Math.min(middle, divergenceOf(curve) ?? Infinity);
}

/** Indices of the longest strictly falling subsequence; of equally long ones that which ends lowest. */
function longestFall(values: readonly number[]): number[] {
  const length = values.map(() => 1);
  const previous = values.map(() => -1);
  let end = 0;
  values.forEach((value, index) => {
    for (let earlier = 0; earlier < index; earlier++) {
      if (value < (values[earlier] ?? -Infinity) && (length[earlier] ?? 0) + 1 > (length[index] ?? 0)) {
        length[index] = (length[earlier] ?? 0) + 1;
        previous[index] = earlier;
      }
    }
    if ((length[index] ?? 0) >= (length[end] ?? 0)) end = index;
  });
  const run: number[] = [];
  for (let index = end; index >= 0 && index < values.length; index = previous[index] ?? -1) run.unshift(index);
  return run;
}

/** Middle of the suggested rates on the logarithmic scale: one rule far off does not move it much. */
export function consensusOf(suggestions: readonly Suggestion[]): number {
  return Math.exp(median(suggestions.map(({ learningRate }) => Math.log(learningRate))));
}

/** How many of the suggestions lie within `factor` of their consensus, above or below. */
export function agreeing(suggestions: readonly Suggestion[], factor: number): number {
  const middle = consensusOf(suggestions);
  return suggestions.filter(({ learningRate }) => learningRate <= factor * middle && middle <= factor * learningRate)
    .length;
}
