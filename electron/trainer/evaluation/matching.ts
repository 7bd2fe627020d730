import type { Box } from '../../../shared/boxes';
import type { Detection } from '../detector/detections';
import { iou } from '../detector/iou';

/** A labelled box as evaluation sees it. */
export interface Truth {
  readonly box: Box;
  /** Ignored: a detection on it is neither right nor wrong, and leaving it out is no miss. */
  readonly difficult: boolean;
}

/** Detections may overlap a truth this much at least to count as found (PASCAL VOC's criterion, COCO's AP50). */
export const foundOverlap = 0.5;

/** A new array, best score first; equal scores keep their order. */
export function bestFirst<T extends { readonly score: number }>(detections: readonly T[]): T[] {
  return [...detections].sort((a, b) => b.score - a.score);
}

/**
 * Which truth each detection of one class in one picture takes, as pycocotools' COCOeval.evaluateImg decides it: best
 * score first, each takes the free truth that it overlaps most, and a difficult one only where no other will do.
 *
 * @param truths of this class in this picture
 * @param detections of this class in this picture, best first
 * @param minimumOverlap intersection over union that a match needs
 * @returns for each detection the index of its truth, or -1
 */
export function matchToTruths(
  truths: readonly Truth[],
  detections: readonly Pick<Detection, 'box'>[],
  minimumOverlap: number,
): number[] {
  return matchOverlaps(truths, overlaps(truths, detections), minimumOverlap);
}

/** Intersection over union of each detection (outer) with each truth (inner). */
export function overlaps(truths: readonly Truth[], detections: readonly Pick<Detection, 'box'>[]): number[][] {
  return detections.map((detection) => truths.map((truth) => iou(detection.box, truth.box)));
}

/** As {@link matchToTruths}, for overlaps that are known already. */
export function matchOverlaps(
  truths: readonly Truth[],
  table: readonly (readonly number[])[],
  minimumOverlap: number,
): number[] {
  const free = new Set(truths.keys());
  return table.map((row) => {
    const chosen =
      mostOverlapped(row, minimumOverlap, (truth) => free.has(truth) && !isDifficult(truths, truth)) ??
      mostOverlapped(row, minimumOverlap, (truth) => free.has(truth) && isDifficult(truths, truth));
    if (chosen === undefined) return -1;
    free.delete(chosen);
    return chosen;
  });
}

function isDifficult(truths: readonly Truth[], index: number): boolean {
  return truths[index]?.difficult ?? false;
}

/** COCOeval lets the later of two equal overlaps win, hence the `>=`. */
function mostOverlapped(
  row: readonly number[],
  minimumOverlap: number,
  allowed: (truth: number) => boolean,
): number | undefined {
  let best = Math.min(minimumOverlap, 1 - 1e-10);
  let chosen: number | undefined;
  row.forEach((value, truth) => {
    if (value < best || !allowed(truth)) return;
    best = value;
    chosen = truth;
  });
  return chosen;
}
