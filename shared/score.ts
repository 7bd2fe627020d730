/** The measured point nearest to a threshold, the lower of two equally near; null where nothing was measured. */
export function pointAt<P extends { readonly threshold: number }>(points: readonly P[], threshold: number): P | null {
  return points.reduce<P | null>(
    (best, point) =>
      best && Math.abs(best.threshold - threshold) <= Math.abs(point.threshold - threshold) ? best : point,
    null,
  );
}

interface WithThresholds {
  readonly threshold: number;
  readonly thresholds: readonly { readonly threshold: number; readonly recall: number }[];
}

/** How good a detector is in one figure for the operator, 0–1: the share of parts that it finds at its own threshold. */
export function shareFound({ threshold, thresholds }: WithThresholds): number {
  return pointAt(thresholds, threshold)?.recall ?? 0;
}

/** What a detector finds and reports rightly (shares), and what it reports wrongly in a hundred pictures. */
export interface ScoredPoint {
  readonly precision: number;
  readonly recall: number;
  readonly falseAlarms: number;
  readonly wrongParts?: number | undefined;
}

const goodRecall = 0.9;
const goodPrecision = 0.85;
/** False alarms and wrong names in a hundred pictures: with more than one in five pictures, nobody on the line trusts it. */
const mostWrong = 20;

/** What keeps a detector from the line: it misses parts, its reports are wrong, or there are wrong ones in too many pictures. */
export function shortcomings({ precision, recall, falseAlarms, wrongParts = 0 }: ScoredPoint): {
  readonly misses: boolean;
  readonly reportsWrongly: boolean;
  readonly disturbs: boolean;
} {
  return {
    misses: recall < goodRecall,
    reportsWrongly: precision < goodPrecision,
    disturbs: falseAlarms + wrongParts > mostWrong,
  };
}

/** Of fewer parts or reports nothing is sure. */
const fewestToBeSure = 10;

/** Whether few parts suffice to show that it is not good enough: not even the upper ends of the 95 % intervals are. */
export function surelyShort({ precision, recall }: ScoredPoint, parts: number): boolean {
  const found = recall * parts;
  const highest = (of: number): number => (of < fewestToBeSure ? 1 : wilsonInterval(found, of)[1]);
  return highest(parts) < goodRecall || highest(precision > 0 ? found / precision : 0) < goodPrecision;
}

/** 95 % interval of a share (E. B. Wilson, 1927): stays within 0–1 and is honest for few samples. */
export function wilsonInterval(part: number, whole: number): readonly [low: number, high: number] {
  const z = 1.96;
  const observed = part / whole;
  const denominator = 1 + z ** 2 / whole;
  const centre = (observed + z ** 2 / (2 * whole)) / denominator;
  const half = (z * Math.sqrt((observed * (1 - observed)) / whole + z ** 2 / (4 * whole ** 2))) / denominator;
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
