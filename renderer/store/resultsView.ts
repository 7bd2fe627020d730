import type { EvaluationResult, Mistake } from '../../shared/contract';
import { pointAt } from '../../shared/score';

/** Mistakes that remain at a threshold: what the detector is less sure of than that, it keeps to itself. */
export function mistakesAt(mistakes: readonly Mistake[], threshold: number): readonly Mistake[] {
  return mistakes.filter(({ detected }) => !detected || detected.score >= threshold);
}

/** Fewer test pictures than this say little: one mistake more or less moves the result by over three in a hundred. */
const fewTestPictures = 10;
const goodRecall = 0.9;
const goodPrecision = 0.85;
/** False alarms and wrong names in a hundred pictures: with more than one in five pictures, nobody on the line trusts it. */
const mostWrong = 20;

export type Verdict = 'good' | 'notGoodEnough' | 'tooFewToSay';

/** What can be said of a detector that reports from this threshold on: it has to find the parts and to leave the rest alone. */
export function verdictOf({ images, thresholds }: EvaluationResult, threshold: number): Verdict {
  if (images < fewTestPictures) return 'tooFewToSay';
  const point = pointAt(thresholds, threshold);
  if (!point || point.recall < goodRecall || point.precision < goodPrecision) return 'notGoodEnough';
  return point.falseAlarms + (point.wrongParts ?? 0) <= mostWrong ? 'good' : 'notGoodEnough';
}
