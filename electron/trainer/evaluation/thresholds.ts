import type { z } from 'zod';
import type { thresholdPoint } from '../../../shared/contract';
import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { countTruths, judgeClass } from './averagePrecision';
import { foundOverlap } from './matching';

export type ThresholdPoint = z.output<typeof thresholdPoint>;

export interface ThresholdChoice {
  readonly threshold: number;
  /** One sentence for the operator. */
  readonly reason: string;
}

/** Where no detection teaches anything better. */
export const defaultThreshold = 0.5;

/** 0.01, 0.02 … 0.99. */
const thresholdSteps = Array.from({ length: 99 }, (_, step) => (step + 1) / 100);

/**
 * What each threshold would lead to, over all classes together: a detection counts if its score reaches the threshold.
 * Matching is greedy from the best score down, so a threshold keeps a prefix of one matching.
 */
export function thresholdCurve(
  items: readonly DatasetItem[],
  detections: readonly (readonly Detection[])[],
  classCount: number,
): ThresholdPoint[] {
  const classes = Array.from({ length: classCount }, (_, classIndex) => classIndex);
  const judged = classes.flatMap((classIndex) => judgeClass(items, detections, classIndex, [foundOverlap])[0] ?? []);
  const groundTruths = classes.reduce((sum, classIndex) => sum + countTruths(items, classIndex), 0);
  return thresholdSteps.map((threshold) => {
    const kept = judged.filter((one) => one.score >= threshold);
    const right = kept.filter((one) => one.verdict === 'right').length;
    const wrong = kept.filter((one) => one.verdict === 'wrong').length;
    return {
      threshold,
      precision: share(right, right + wrong),
      recall: share(right, groundTruths),
      falseAlarms: 100 * share(wrong, items.length),
    };
  });
}

/**
 * The threshold with the best F1 (harmonic mean of precision and recall). Where a range of thresholds is equally good it
 * takes the middle, which leaves most room on both sides.
 */
export function chooseThreshold(points: readonly ThresholdPoint[]): ThresholdChoice {
  const best = Math.max(0, ...points.map(f1));
  if (best === 0) {
    return {
      threshold: defaultThreshold,
      reason: 'Nothing was found at any threshold, so the usual 0.5 is kept.',
    };
  }
  const first = points.findIndex((point) => f1(point) === best);
  let last = first;
  while (f1(points[last + 1]) === best) last++;
  const chosen = points[Math.floor((first + last) / 2)];
  if (chosen === undefined) throw new RangeError(`no threshold point between ${String(first)} and ${String(last)}`);
  return {
    threshold: chosen.threshold,
    reason:
      `At ${chosen.threshold.toFixed(2)} it finds ${percent(chosen.recall)} of the parts and ${percent(chosen.precision)} ` +
      `of what it reports is right: the best balance of the two (F1 ${best.toFixed(3)}).`,
  };
}

function f1(point: ThresholdPoint | undefined): number {
  if (point === undefined || point.precision + point.recall === 0) return 0;
  return (2 * point.precision * point.recall) / (point.precision + point.recall);
}

/** Part of a whole, 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
