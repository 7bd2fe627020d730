import type { ParameterSlot } from '../detector/weights';

export interface OptimizerOptions {
  readonly momentum: number;
  readonly weightDecay: number;
  /** Gradients are scaled down to at most this global L2 norm. */
  readonly clipNorm: number;
  /** Rate of each group relative to the schedule's. */
  readonly groupRates: Readonly<Record<ParameterSlot['group'], number>>;
}

/** train_ssd.py's momentum and weight decay. What the backbone has learned from COCO is kept better at a lower rate (docs/decisions/0006). */
export const defaultOptimizer: OptimizerOptions = {
  momentum: 0.9,
  weightDecay: 5e-4,
  clipNorm: 10,
  groupRates: { backbone: 0.3, extra: 1, head: 1 },
};

/** Scale that brings the gradients' global L2 norm down to `clipNorm`, at most 1; NaN where a gradient is not finite. */
export function clipScale(gradients: Float32Array, clipNorm: number): number {
  let squares = 0;
  for (let index = 0; index < gradients.length; index++) {
    const gradient = gradients[index] as number;
    squares += gradient * gradient;
  }
  const norm = Math.sqrt(squares);
  return Number.isFinite(norm) ? Math.min(1, clipNorm / Math.max(norm, 1e-12)) : NaN;
}

/**
 * Stochastic gradient descent with momentum in PyTorch's form, in place:
 * velocity = momentum · velocity + scale · gradient + decay · weight; weight −= rate · velocity. Biases do not decay.
 * @param slots those to update; the others keep their values
 */
export function sgdStep(
  values: Float32Array,
  velocity: Float32Array,
  gradients: Float32Array,
  slots: readonly ParameterSlot[],
  learningRate: number,
  scale: number,
  options: OptimizerOptions,
): void {
  const { momentum } = options;
  for (const { offset, length, group, isBias } of slots) {
    const rate = learningRate * options.groupRates[group];
    const decay = isBias ? 0 : options.weightDecay;
    for (let index = offset; index < offset + length; index++) {
      const weight = values[index] as number;
      const moved = momentum * (velocity[index] as number) + scale * (gradients[index] as number) + decay * weight;
      velocity[index] = moved;
      values[index] = weight - rate * moved;
    }
  }
}

/** Moves an average towards the values: average += (1 − decay) · (value − average), in place. */
export function moveAverage(average: Float32Array, values: Float32Array, decay: number): void {
  const share = 1 - decay;
  for (let index = 0; index < average.length; index++) {
    const old = average[index] as number;
    average[index] = old + share * ((values[index] as number) - old);
  }
}
