import type { CurvePoint } from '../../shared/contract';

/** A point as it was measured, by its sweep, counted from 0. */
export type SweepPoint = CurvePoint & { readonly sweep: number };

type Losses = Pick<CurvePoint, 'total' | 'regression' | 'classification'>;

/** Columns over a common rate; null where a column has no value. */
export interface LrCurves {
  readonly rates: readonly number[];
  readonly lines: Readonly<Record<keyof Losses, readonly (number | null)[]>>;
  readonly dots: Readonly<Record<keyof Losses, readonly (number | null)[]>>;
}

/** Lines: the smoothed mean, or the first sweep as long as there is none. Dots: what was measured besides. */
export function lrCurves(line: readonly CurvePoint[], dots: readonly CurvePoint[]): LrCurves {
  const rows = [
    ...line.map((point) => ({ rate: point.learningRate, line: point, dot: null })),
    ...dots.map((point) => ({ rate: point.learningRate, line: null, dot: point })),
  ].sort((a, b) => a.rate - b.rate);
  const columns = (of: 'line' | 'dot'): LrCurves['lines'] => ({
    total: rows.map((row) => row[of]?.total ?? null),
    regression: rows.map((row) => row[of]?.regression ?? null),
    classification: rows.map((row) => row[of]?.classification ?? null),
  });
  return { rates: rows.map(({ rate }) => rate), lines: columns('line'), dots: columns('dot') };
}

/**
 * What to draw while it sweeps: the first sweep as a line, its repeats as dots. One that met the rise at once begins again
 * lower: what it measured before that is not of this curve.
 */
export function liveCurves(points: readonly SweepPoint[]): LrCurves {
  const first = points.filter(({ sweep }) => sweep === 0);
  const began = first.findLastIndex(({ learningRate }, at) => learningRate < (first[at - 1]?.learningRate ?? 0));
  return lrCurves(
    first.slice(Math.max(0, began)),
    points.filter(({ sweep }) => sweep > 0),
  );
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
export function lossRange({ lines }: LrCurves): readonly [number, number] {
  const total = lines.total.filter((value) => value !== null);
  if (total.length === 0) return [0, 1];
  const highest = Math.max(...total, 1e-6);
  return [0, Math.min(highest * 1.06, Math.max((total[0] ?? highest) * shownRise, 1e-6))];
}
