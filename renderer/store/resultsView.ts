import type { EvaluationResult, Mistake } from '../../shared/contract';

type Point = EvaluationResult['thresholds'][number];

/** The measured point nearest to a threshold; null where nothing was measured. */
export function pointAt(thresholds: readonly Point[], threshold: number): Point | null {
  return thresholds.reduce<Point | null>(
    (best, point) =>
      best && Math.abs(best.threshold - threshold) <= Math.abs(point.threshold - threshold) ? best : point,
    null,
  );
}

/** Mistakes that remain at a threshold: what the detector is less sure of than that, it keeps to itself. */
export function mistakesAt(mistakes: readonly Mistake[], threshold: number): readonly Mistake[] {
  return mistakes.filter(({ detected }) => !detected || detected.score >= threshold);
}

/** Fewer test pictures than this say little: one mistake more or less moves the result by over three in a hundred. */
const fewTestPictures = 10;
const goodRecall = 0.9;
const goodPrecision = 0.85;

export type Verdict = 'good' | 'notGoodEnough' | 'tooFewToSay';

export function verdictOf({ images, thresholds, threshold }: EvaluationResult): Verdict {
  if (images < fewTestPictures) return 'tooFewToSay';
  const point = pointAt(thresholds, threshold);
  return point && point.recall >= goodRecall && point.precision >= goodPrecision ? 'good' : 'notGoodEnough';
}
