import type { Quantization } from './tfliteTables';

/** The values that a tensor's 256 steps reach from and to. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const lowest = -128;
const highest = 127;

/** int8 steps over a range, widened to hold zero, which a step must meet exactly: it pads the borders of convolutions. */
export function activationQuantization({ low, high }: Range): Quantization {
  const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((to - from) / (highest - lowest) || 1);
  const zeroPoint = Math.min(highest, Math.max(lowest, Math.round(lowest - from / scale)));
  return { scale: [scale], zeroPoint: [zeroPoint] };
}

/** Ranges that are tried: the whole one down to half of it, cut at both ends, then at either one. */
const shares = Array.from({ length: 11 }, (_, index) => 1 - index * 0.05);

/** A range, and how much it spoils: the mean squared error of rounding, as a share of the values' mean square. */
export interface ChosenRange extends Range {
  readonly noise: number;
}

/**
 * The range that rounds the values with the least mean squared error. A few large values may fall outside, for finer steps
 * for all the others.
 * @param values a sample
 * @param whole the smallest and the largest of all values
 */
export function chooseRange(values: Float32Array, whole: Range): ChosenRange {
  const cut = (low: number, high: number): Range => ({ low: whole.low * low, high: whole.high * high });
  let best = cut(1, 1);
  let least = squaredError(values, best);
  const consider = (candidate: Range): void => {
    const error = squaredError(values, candidate);
    if (error < least) [best, least] = [candidate, error];
  };
  for (const share of shares) consider(cut(share, share));
  const { low } = best;
  for (const share of shares) consider({ low, high: whole.high * share });
  const { high } = best;
  for (const share of shares) consider({ low: whole.low * share, high });
  let power = 0;
  for (const value of values) power += value * value;
  return { ...best, noise: power === 0 ? 0 : least / power };
}

function squaredError(values: Float32Array, range: Range): number {
  const { scale, zeroPoint } = activationQuantization(range);
  const [step, zero] = [scale[0] as number, zeroPoint[0] as number];
  let sum = 0;
  for (const value of values) {
    const stored = Math.min(highest, Math.max(lowest, Math.round(value / step) + zero));
    const error = (stored - zero) * step - value;
    sum += error * error;
  }
  return sum;
}

export interface QuantizedWeights {
  readonly weights: Int8Array;
  readonly weightQuantization: Quantization;
  readonly bias: Int32Array;
  readonly biasQuantization: Quantization;
}

/** Sums of products must stay within 32 bits: the bias takes half of them at most. */
const largestBias = 2 ** 30;

/**
 * A convolution's weights as int8, symmetric, a scale for each filter, and its bias as int32 in steps of input scale times
 * weight scale, as the runtime's kernels want it.
 * @param weights [filters, taps]; depthwise [taps, filters]
 * @param filtersAt 0, or 3 for depthwise: the dimension of the filters
 */
export function quantizeConv(
  weights: Float32Array,
  bias: Float32Array,
  inputScale: number,
  filtersAt: 0 | 3,
): QuantizedWeights {
  const filters = bias.length;
  const taps = weights.length / filters;
  const at = (filter: number, tap: number): number => (filtersAt === 0 ? filter * taps + tap : tap * filters + filter);
  const stored = new Int8Array(weights.length);
  const storedBias = new Int32Array(filters);
  const scales: number[] = [];
  for (let filter = 0; filter < filters; filter++) {
    let largest = 0;
    for (let tap = 0; tap < taps; tap++) largest = Math.max(largest, Math.abs(weights[at(filter, tap)] as number));
    const offset = bias[filter] as number;
    const scale = Math.fround(Math.max(largest / highest, Math.abs(offset) / inputScale / largestBias) || 1);
    for (let tap = 0; tap < taps; tap++) {
      const index = at(filter, tap);
      stored[index] = Math.min(highest, Math.max(-highest, Math.round((weights[index] as number) / scale)));
    }
    storedBias[filter] = Math.round(offset / (inputScale * scale));
    scales.push(scale);
  }
  const zeroPoint = scales.map(() => 0);
  return {
    weights: stored,
    weightQuantization: { scale: scales, zeroPoint, dimension: filtersAt },
    bias: storedBias,
    biasQuantization: { scale: scales.map((scale) => Math.fround(inputScale * scale)), zeroPoint },
  };
}
