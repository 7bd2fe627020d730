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
