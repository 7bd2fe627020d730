import type { z } from 'zod';
import type { thresholdPoint } from '../../../shared/contract';
import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { countTruths } from './averagePrecision';
import { compareWithTruth, type Outcome } from './confusion';

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
 * What each threshold would lead to, over all classes together and for the recall of each: a detection counts if its
 * score reaches the threshold. Matching is greedy from the best score down, so a threshold keeps a prefix of one matching.
 */
export function thresholdCurve(
  items: readonly DatasetItem[],
  detections: readonly (readonly Detection[])[],
  classes: readonly string[],
): ThresholdPoint[] {
  const reported = items
    .flatMap((item, index) => compareWithTruth(item, detections[index] ?? [], 0))
    .filter((outcome) => outcome.kind !== 'missed');
  const truths = classes.map((_, classIndex) => countTruths(items, classIndex));
  const groundTruths = truths.reduce((sum, count) => sum + count, 0);
  return thresholdSteps.map((threshold) => {
    const kept = reported.filter(({ detection }) => detection.score >= threshold);
    const count = (kind: Outcome['kind']): number => kept.filter((one) => one.kind === kind).length;
    const aHundred = (kind: Outcome['kind']): number => 100 * share(count(kind), items.length);
    const right = kept.filter((one) => one.kind === 'found');
    return {
      threshold,
      precision: share(right.length, kept.length - count('ignored')),
      recall: share(right.length, groundTruths),
      recallPerClass: Object.fromEntries(
        classes.map((name, classIndex) => [
          name,
          share(right.filter(({ detection }) => detection.classIndex === classIndex).length, truths[classIndex] ?? 0),
        ]),
      ),
      falseAlarms: aHundred('falseAlarm'),
      wrongParts: aHundred('wrongClass'),
      badBoxes: aHundred('poorlyPlaced'),
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
