interface WithThresholds {
  readonly threshold: number;
  readonly thresholds: readonly { readonly threshold: number; readonly recall: number }[];
}

/** How good a detector is in one figure for the operator, 0–1: the share of parts that it finds at its own threshold. */
export function shareFound({ threshold, thresholds }: WithThresholds): number {
  let nearest: WithThresholds['thresholds'][number] | undefined;
  for (const point of thresholds) {
    if (!nearest || Math.abs(point.threshold - threshold) < Math.abs(nearest.threshold - threshold)) nearest = point;
  }
  return nearest?.recall ?? 0;
}
