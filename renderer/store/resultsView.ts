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

export type Advice =
  | { readonly kind: 'weakClass'; readonly name: string; readonly found: number }
  | { readonly kind: 'falseAlarms' }
  | { readonly kind: 'missed' }
  | { readonly kind: 'export' };

/** A class that is found less often than this is what to work on first. */
const weakRecall = 0.8;

/** The one thing most likely to help. */
export function adviceOf(evaluation: EvaluationResult): Advice {
  const weakest = Object.entries(evaluation.perClass)
    .filter(([, { groundTruths }]) => groundTruths > 0)
    .sort(([, a], [, b]) => a.recall - b.recall)[0];
  if (weakest && weakest[1].recall < weakRecall) {
    return { kind: 'weakClass', name: weakest[0], found: Math.round(100 * weakest[1].recall) };
  }
  const verdict = verdictOf(evaluation);
  if (verdict === 'good') return { kind: 'export' };
  const point = pointAt(evaluation.thresholds, evaluation.threshold);
  return point && point.precision < point.recall ? { kind: 'falseAlarms' } : { kind: 'missed' };
}
