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
