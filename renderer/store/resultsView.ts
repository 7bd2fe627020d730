import type { EvaluationResult, Mistake } from '../../shared/contract';
import { pointAt, shortcomings, surelyShort } from '../../shared/score';

/** Mistakes that remain at a threshold: what the detector is less sure of than that, it keeps to itself. */
export function mistakesAt(mistakes: readonly Mistake[], threshold: number): readonly Mistake[] {
  return mistakes.filter(({ detected }) => !detected || detected.score >= threshold);
}

/** Fewer test pictures than this say little: one mistake more or less moves the result by over three in a hundred. */
const fewTestPictures = 10;

export type Verdict = 'good' | 'notGoodEnough' | 'tooFewToSay';

/**
 * What can be said of a detector that reports from this threshold on: it has to find the parts and to leave the rest alone.
 * Of few test pictures only what its own threshold shows.
 */
export function verdictOf(
  { images, threshold: own, thresholds, perClass }: EvaluationResult,
  threshold: number,
): Verdict {
  const isFew = images < fewTestPictures;
  const point = pointAt(thresholds, isFew ? own : threshold);
  const parts = Object.values(perClass).reduce((sum, { groundTruths }) => sum + groundTruths, 0);
  if (isFew) return point && surelyShort(point, parts) ? 'notGoodEnough' : 'tooFewToSay';
  return point && !Object.values(shortcomings(point)).includes(true) ? 'good' : 'notGoodEnough';
}
