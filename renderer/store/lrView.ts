import type { CurvePoint, LrFinderResult } from '../../shared/contract';

/** How far on either side of the pick a training still ends about as well. */
const zoneFactor = 3;
/** No nearer to divergence than this share of the rate where the first curve turns up. */
const safeShare = 0.7;

/** The rates where it learns and does not fall apart: three times around the pick, short of the first divergence. */
export function rateZone({ learningRate, divergence }: LrFinderResult): readonly [number, number] {
  const turns = [divergence.total, divergence.regression, divergence.classification].filter(
    (rate) => rate !== undefined,
  );
  const limit = turns.length > 0 ? Math.min(...turns) * safeShare : Infinity;
  return [learningRate / zoneFactor, Math.max(learningRate, Math.min(learningRate * zoneFactor, limit))];
}

export interface LrCurves {
  readonly rates: readonly number[];
  readonly total: readonly number[];
  readonly regression: readonly number[];
  readonly classification: readonly number[];
}

/** The curve as columns, in the order of the rate. */
export function lrCurves(points: readonly CurvePoint[]): LrCurves {
  const ordered = [...points].sort((a, b) => a.learningRate - b.learningRate);
  return {
    rates: ordered.map(({ learningRate }) => learningRate),
    total: ordered.map(({ total }) => total),
    regression: ordered.map(({ regression }) => regression),
    classification: ordered.map(({ classification }) => classification),
  };
}

/** Where a rate stands on the dial: 0 too slow, 0.5 right, 1 too fast, on a log scale around the zone. */
export function dialPosition(rate: number, [from, to]: readonly [number, number]): number {
  const middle = Math.sqrt(from * to);
  const half = Math.log(to / middle);
  if (half <= 0) return 0.5;
  return Math.max(0, Math.min(1, 0.5 + Math.log(rate / middle) / (6 * half)));
}

/** A curve may rise to this many times its start before it leaves the plot: beyond, only "it flew apart" is to be seen. */
const shownRise = 1.5;

/** The range of the error axis that shows the fall and the turn, not how far it flew afterwards. */
export function lossRange({ total }: LrCurves): readonly [number, number] {
  const highest = Math.max(...total, 1e-6);
  return [0, Math.min(highest * 1.06, Math.max((total[0] ?? highest) * shownRise, 1e-6))];
}
