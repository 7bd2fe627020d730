import type { CurvePoint, Losses } from '../../../shared/contract';

/** Which of the three losses of a sweep. */
export type LossName = keyof Losses;

/** One loss over the rate, smoothed: arrays of equal length, in the order of the sweep. */
export interface SmoothCurve {
  readonly rates: readonly number[];
  /** Smoothed natural logarithm of the loss. */
  readonly logLoss: readonly number[];
  /** d(log loss) / d(log10 rate): −0.5 means that the loss falls by two fifths in a decade. */
  readonly slope: readonly number[];
  /** Standard error of the smoothed loss, as a share of it: the noise of a single one over the root of those averaged. */
  readonly error: number;
  /** The rate at which the loss was no longer a number, if the sweep met one. */
  readonly notFiniteAt: number | undefined;
}

/** Half of what a decade of rates gets: wide enough for batches of 8, narrow against the two decades of a useful curve. */
const bandwidthInDecades = 0.18;
/** The slope needs a wider view than the value for the same noise. */
const slopeBandwidthInDecades = 0.3;

/** How far a loss flies apart says nothing; averaged with the rates below, it would make those look worse than they are. */
const riseThatSaysAll = 4;

/**
 * Smooths one loss of a sweep without shifting it, as an exponential average would: median of three against outliers,
 * then a local straight line with Gaussian weights over log10 of the rate, in the logarithm of the loss.
 * The curve ends at the first value that is not finite.
 */
export function smooth(curve: readonly CurvePoint[], loss: LossName): SmoothCurve {
  const firstBad = curve.findIndex((point) => !Number.isFinite(point[loss]) || !Number.isFinite(point.total));
  const finite = firstBad === -1 ? curve : curve.slice(0, firstBad);
  const rates = finite.map((point) => point.learningRate);
  const values = finite.map((point) => point[loss]);
  const floor = Math.max(median(values) * 1e-3, 1e-9); // a batch without a single part has loss 0
  const logs = values.map((value) => Math.log(Math.max(value, floor)));
  const decades = rates.map((rate) => Math.log10(rate));
  const settled = medianOfThree(logs);
  const flownApart = Math.min(...settled) + Math.log(riseThatSaysAll);
  const calm = settled.map((value) => Math.min(value, flownApart));
  const spacing = median(decades.slice(1).map((decade, index) => Math.abs(decade - (decades[index] ?? decade))));
  const valueWidth = Math.max(bandwidthInDecades, 1.5 * spacing);
  const slopeWidth = Math.max(slopeBandwidthInDecades, 2.5 * spacing);
  const logLoss = decades.map((decade) => localLine(decades, calm, decade, valueWidth).value);
  const noise = 1.4826 * median(logs.map((value, index) => Math.abs(value - (logLoss[index] ?? value))));
  // Gaussian weights of width w at spacing d are worth 2 √π · w / d equal ones.
  const averaged = Math.max(1, (2 * Math.sqrt(Math.PI) * valueWidth) / Math.max(spacing, 1e-9));
  return {
    rates,
    logLoss,
    slope: decades.map((decade) => localLine(decades, calm, decade, slopeWidth).slope),
    error: noise / Math.sqrt(averaged),
    notFiniteAt: curve[firstBad]?.learningRate,
  };
}

/** Index of the lowest smoothed loss; −1 for an empty curve. */
export function lowestIndex({ logLoss }: SmoothCurve): number {
  let lowest = -1;
  logLoss.forEach((value, index) => {
    if (lowest === -1 || value < (logLoss[lowest] ?? Infinity)) lowest = index;
  });
  return lowest;
}

/** How far the loss falls from its start to its lowest, in log units (0.7 = to a half). Never negative. */
export function drop(curve: SmoothCurve): number {
  const lowest = lowestIndex(curve);
  if (lowest < 0) return 0;
  const start = median(curve.logLoss.slice(0, Math.max(3, Math.floor(curve.logLoss.length * 0.1))));
  return Math.max(0, start - (curve.logLoss[lowest] ?? start));
}

/**
 * Where a curve turns up for good: the first rate past the lowest loss from which on the loss stays clearly above it
 * (by a quarter of what it had fallen, by a tenth, and by twice the error of the smoothed curve). Undefined where it
 * never does.
 */
export function divergenceOf(curve: SmoothCurve): number | undefined {
  const lowest = lowestIndex(curve);
  if (lowest < 0) return curve.notFiniteAt;
  const margin = Math.max(0.25 * drop(curve), 0.1, 2 * curve.error);
  const limit = (curve.logLoss[lowest] ?? 0) + margin;
  let first = curve.logLoss.length;
  while (first > lowest + 1 && (curve.logLoss[first - 1] ?? 0) > limit) first--;
  return curve.rates[first] ?? curve.notFiniteAt;
}

/**
 * Spearman's rank correlation, −1…1, ties share their mean rank. 0 when one of the two does not vary or there are fewer
 * than three pairs.
 */
export function spearman(first: readonly number[], second: readonly number[]): number {
  if (first.length !== second.length) throw new RangeError(`${first.length} values against ${second.length}`);
  if (first.length < 3) return 0;
  const a = ranks(first);
  const b = ranks(second);
  const middle = (first.length + 1) / 2;
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  a.forEach((rank, index) => {
    const other = (b[index] ?? middle) - middle;
    product += (rank - middle) * other;
    squaresA += (rank - middle) ** 2;
    squaresB += other ** 2;
  });
  return squaresA === 0 || squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** Middle value, or the mean of the two middle ones; 0 for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function medianOfThree(values: readonly number[]): number[] {
  return values.map((value, index) => {
    const before = values[index - 1];
    const after = values[index + 1];
    return before === undefined || after === undefined ? value : median([before, value, after]);
  });
}

/** Weighted least squares of a line around `at`; a constant where the points do not spread. */
function localLine(
  xs: readonly number[],
  ys: readonly number[],
  at: number,
  width: number,
): { readonly value: number; readonly slope: number } {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  xs.forEach((x, index) => {
    const offset = x - at;
    const y = ys[index] ?? 0;
    const weight = Math.exp(-0.5 * (offset / width) ** 2);
    sum += weight;
    sumX += weight * offset;
    sumY += weight * y;
    sumXX += weight * offset * offset;
    sumXY += weight * offset * y;
  });
  const spread = sum * sumXX - sumX * sumX;
  if (spread < 1e-12 * sum * sum) return { value: sumY / sum, slope: 0 };
  const slope = (sum * sumXY - sumX * sumY) / spread;
  return { value: (sumY - slope * sumX) / sum, slope };
}
