import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { bestFirst, matchOverlaps, overlaps, type Truth } from './matching';

/** COCO's protocol (cocodataset.org/#detection-eval, pycocotools' COCOeval) for boxes, all areas. */
const maxDetections = 100; // a picture and class, Params.maxDets
const recallPoints = 101; // Params.recThrs
/** 0.5, 0.55 … 0.95 as np.linspace computes them, so that an overlap on the edge falls on the same side. */
const overlapThresholds = Array.from({ length: 10 }, (_, step) => 0.5 + step * ((0.95 - 0.5) / 9)); // Params.iouThrs

export interface ClassPrecision {
  /** Average precision at overlap 0.5; null where the class has no ground truth in these pictures. */
  readonly AP50: number | null;
  /** Mean over the overlaps 0.5, 0.55 … 0.95. */
  readonly AP5095: number | null;
  /** Labelled boxes, difficult ones not counted. */
  readonly groundTruths: number;
}

export interface Judged {
  readonly score: number;
  /** 'ignored': it lies on a difficult truth. */
  readonly verdict: 'right' | 'wrong' | 'ignored';
}

/**
 * Average precision of each class.
 *
 * @param detections parallel to `items`; any order, any score
 * @param classCount background not counted
 */
export function averagePrecisions(
  items: readonly DatasetItem[],
  detections: readonly (readonly Detection[])[],
  classCount: number,
): ClassPrecision[] {
  return Array.from({ length: classCount }, (_, classIndex) => {
    const perThreshold = judgeClass(items, detections, classIndex, overlapThresholds, maxDetections);
    const groundTruths = countTruths(items, classIndex);
    const precisions = perThreshold.map((judged) => averagePrecision(judged, groundTruths));
    return { AP50: precisions[0] ?? null, AP5095: mean(precisions), groundTruths };
  });
}

/** Mean over the classes that occur in the truth; null where none does. */
export function meanPrecision(classes: readonly ClassPrecision[], which: 'AP50' | 'AP5095'): number | null {
  return mean(classes.map((one) => one[which]));
}

/**
 * All detections of one class over all pictures, best first, each judged right or wrong.
 *
 * @param limit best detections of the class to look at in each picture
 * @returns one list for each of `thresholds` (overlaps that a match needs)
 */
export function judgeClass(
  items: readonly DatasetItem[],
  detections: readonly (readonly Detection[])[],
  classIndex: number,
  thresholds: readonly number[],
  limit = Infinity,
): Judged[][] {
  const judged: Judged[][] = thresholds.map(() => []);
  items.forEach((item, picture) => {
    const truths = truthsOfClass(item, classIndex);
    const found = bestFirst((detections[picture] ?? []).filter((one) => one.classIndex === classIndex));
    const kept = found.slice(0, limit);
    const table = overlaps(truths, kept);
    thresholds.forEach((threshold, level) => {
      matchOverlaps(truths, table, threshold).forEach((truth, index) => {
        judged[level]?.push({ score: kept[index]?.score ?? 0, verdict: verdictOf(truths[truth]) });
      });
    });
  });
  return judged.map(bestFirst);
}

function verdictOf(truth: Truth | undefined): Judged['verdict'] {
  if (truth === undefined) return 'wrong';
  return truth.difficult ? 'ignored' : 'right';
}

function truthsOfClass(item: DatasetItem, classIndex: number): Truth[] {
  return item.boxes
    .map((box, index) => ({ box, difficult: item.difficult[index] ?? false, classIndex: item.labels[index] }))
    .filter((truth) => truth.classIndex === classIndex);
}

export function countTruths(items: readonly DatasetItem[], classIndex: number): number {
  return items.reduce(
    (sum, item) =>
      sum + item.labels.filter((label, index) => label === classIndex && !(item.difficult[index] ?? false)).length,
    0,
  );
}

/**
 * Area under the precision-recall curve, made monotone, read off at 101 recalls.
 *
 * @param judged best first
 * @returns null where there is nothing to find
 */
export function averagePrecision(judged: readonly Judged[], groundTruths: number): number | null {
  if (groundTruths === 0) return null;
  const recalls: number[] = [];
  const precisions: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { verdict } of judged) {
    if (verdict === 'right') right++;
    if (verdict === 'wrong') wrong++;
    recalls.push(right / groundTruths);
    precisions.push(right / Math.max(1, right + wrong));
  }
  for (let index = precisions.length - 2; index >= 0; index--) {
    precisions[index] = Math.max(precisions[index] ?? 0, precisions[index + 1] ?? 0);
  }
  let sum = 0;
  let position = 0;
  for (let point = 0; point < recallPoints; point++) {
    const recall = Math.min(1, point * 0.01); // as np.linspace multiplies: 35 * 0.01 lies above 35 / 100
    while (position < recalls.length && (recalls[position] ?? 0) < recall) position++;
    sum += precisions[position] ?? 0;
  }
  return sum / recallPoints;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
