export interface Axis {
  /** With its unit. */
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly format?: (value: number) => string;
}

/** Where values stand between 0 and 1 along an axis; values outside land outside. */
export function place(axis: Axis, value: number): number {
  if (axis.scale === 'linear') return (value - axis.from) / (axis.to - axis.from);
  return Math.log(value / axis.from) / Math.log(axis.to / axis.from);
}

export function ticks(axis: Axis, about: number): number[] {
  return axis.scale === 'log' ? logTicks(axis.from, axis.to) : linearTicks(axis.from, axis.to, about);
}

/** Multiples of 1, 2 or 5 times a power of ten, about as many as asked for. */
export function linearTicks(from: number, to: number, about: number): number[] {
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(10)));
}

/** Powers of ten; below two decades also 2 and 5 times them. */
export function logTicks(from: number, to: number): number[] {
  const factors = to / from < 100 ? [1, 2, 5] : [1];
  const result: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const factor of factors) {
      const value = Number(`${String(factor)}e${String(power)}`);
      if (value >= from * 0.999 && value <= to * 1.001) result.push(value);
    }
  }
  return result;
}

/** A range for values on a linear axis that begins at 0 and ends at a round number above them. */
export function fromZero(values: readonly number[]): { readonly from: number; readonly to: number } {
  const largest = Math.max(0, ...values.filter((value) => Number.isFinite(value)));
  if (largest === 0) return { from: 0, to: 1 };
  const steps = linearTicks(0, largest, 5);
  const step = (steps[1] ?? largest) - (steps[0] ?? 0);
  return { from: 0, to: Math.ceil(largest / step - 1e-9) * step };
}
