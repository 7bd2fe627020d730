import type { CurvePoint, Losses } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { smooth } from './curve';
import { lowestLoss } from './rules';

/** What a sweep needs of the detector in training. `State` holds weights, optimizer and random state. */
export interface SweepTrainable<State = unknown> {
  snapshot(): State;
  restore(state: State): void;
  dispose(state: State): void;
  /**
   * One training step at that rate (the backbone at its own share of it), no warm-up.
   * @param index which batch: the same index gives the same pictures.
   * @returns the losses before the update; may be NaN or infinite.
   */
  step(learningRate: number, index: number): Promise<Losses>;
}

export interface SweepOptions {
  readonly exponential: {
    readonly lowest: number;
    readonly highest: number;
    /** Rates; one step each, and one more to see what the last did. */
    readonly steps: number;
  };
  /** The seed's seven steps. */
  readonly linear: {
    readonly base: number;
    readonly increment: number;
    readonly rates: number;
    readonly stepsPerRate: number;
    /** Steps of each rate of the fine-tuning pass. */
    readonly fineSteps: number;
  };
  /** Batches to skip, so that a repeat sees other pictures. */
  readonly firstIndex: number;
}

/** About 60 steps each: on two cores below a minute at batch 8. A rate grows by 1.22 a step in the exponential one. */
export const defaultSweep: SweepOptions = {
  exponential: { lowest: 1e-4, highest: 1, steps: 48 },
  linear: { base: 0.001, increment: 0.002, rates: 14, stepsPerRate: 3, fineSteps: 4 },
  firstIndex: 0,
};

export interface SweepResult {
  /** In the order of rising rates. The last point may not be finite: it is where the sweep stopped. */
  readonly curve: readonly CurvePoint[];
  /** Of the linear sweep: the mean loss of each rate around its pick, all from the same start on the same pictures. */
  readonly fine: readonly CurvePoint[];
  readonly stoppedBy: 'end' | 'rise' | 'notFinite';
  readonly steps: number;
}

/** fastai stops its range test at 4× the best smoothed loss. */
const riseThatStops = 4;
/** The seed's "rises significantly", for means of several steps. */
const linearRiseThatStops = 1.5;
const fineFactors = [0.6, 0.8, 1, 1.25, 1.6] as const;

/** Steps that a sweep takes at most: for the progress bar. */
export function sweepSteps(kind: 'exponential' | 'linear', { exponential, linear }: SweepOptions): number {
  return kind === 'exponential'
    ? exponential.steps + 1
    : linear.rates * linear.stepsPerRate + 1 + fineFactors.length * (linear.fineSteps + 1);
}

/**
 * Raises the rate while training and records the three losses of each rate. Whatever happens (end, cancel, a loss that
 * is not finite, an error) the trainable is restored to what it was.
 *
 * - `exponential`: the range test of Smith (2017) and fastai, one step a rate; stops when the smoothed total exceeds 4×
 *   its best or is not finite.
 * - `linear`: the seed's seven steps: base rate, increments, watching the loss, back off when it rises, then a
 *   fine-tuning pass around the pick.
 *
 * A step's losses are measured before its update, so what a rate did is read from the step after it.
 *
 * @param onPoint called for each point of the curve as it is measured, and for each step with the steps done.
 * @throws LinesideError 'cancelled' when the signal is aborted; 'wrongUse' for a range that is none.
 */
export async function sweep<State>(
  kind: 'exponential' | 'linear',
  options: SweepOptions,
  trainable: SweepTrainable<State>,
  signal: AbortSignal,
  onPoint: (point: CurvePoint | undefined, stepsDone: number) => void,
): Promise<SweepResult> {
  const rates = ratesOf(kind, options);
  const state = trainable.snapshot();
  let stepsDone = 0;
  const step = async (rate: number, index: number): Promise<Losses> => {
    if (signal.aborted)
      throw new LinesideError('cancelled', 'Finding the learning rate was stopped; nothing was changed.');
    const losses = await trainable.step(rate, index);
    stepsDone++;
    return losses;
  };
  try {
    if (kind === 'exponential') {
      const rise = exponentialRise(rates.length);
      const main = await pass(rates, 1, rise, step, options.firstIndex, (point) => onPoint(point, stepsDone));
      return { ...main, fine: [], steps: stepsDone };
    }
    const { stepsPerRate, fineSteps } = options.linear;
    const main = await pass(rates, stepsPerRate, linearRise(), step, options.firstIndex, (point) =>
      onPoint(point, stepsDone),
    );
    const around = lowestLoss(smooth(main.curve, 'total'))?.learningRate;
    const fine: CurvePoint[] = [];
    for (const factor of around === undefined ? [] : fineFactors) {
      trainable.restore(state);
      const tried = await pass(
        [(around ?? 0) * factor],
        fineSteps,
        () => false,
        step,
        options.firstIndex,
        () => onPoint(undefined, stepsDone),
      );
      fine.push(...tried.curve);
    }
    return { ...main, fine, steps: stepsDone };
  } finally {
    try {
      trainable.restore(state);
    } finally {
      trainable.dispose(state);
    }
  }
}

/** Rates of a sweep in rising order. */
export function ratesOf(kind: 'exponential' | 'linear', { exponential, linear }: SweepOptions): number[] {
  if (kind === 'linear') {
    if (!(linear.base > 0) || !(linear.increment > 0) || linear.rates < 2) {
      throw new LinesideError(
        'wrongUse',
        `A linear sweep needs a base and an increment above 0 and two rates or more, not ${linear.base}, ${linear.increment}, ${linear.rates}.`,
      );
    }
    return Array.from({ length: linear.rates }, (_, index) => linear.base + index * linear.increment);
  }
  const { lowest, highest, steps } = exponential;
  if (!(lowest > 0) || !(highest > lowest) || steps < 2) {
    throw new LinesideError(
      'wrongUse',
      `An exponential sweep needs rates above 0 that rise and two steps or more, not ${lowest} to ${highest} in ${steps}.`,
    );
  }
  return Array.from({ length: steps }, (_, index) => lowest * (highest / lowest) ** (index / (steps - 1)));
}

type Rise = (total: number) => boolean;

/** Exponential average with bias correction over about a sixth of the sweep: 0.98, as in fastai, would miss the rise in 60 steps. */
function exponentialRise(rates: number): Rise {
  const beta = Math.max(0, 1 - 6 / rates);
  let average = 0;
  let best = Infinity;
  let count = 0;
  return (total) => {
    average = beta * average + (1 - beta) * total;
    const corrected = average / (1 - beta ** ++count);
    if (count > 6 && corrected > riseThatStops * best) return true;
    best = Math.min(best, corrected);
    return false;
  };
}

function linearRise(): Rise {
  let best = Infinity;
  return (mean) => {
    best = Math.min(best, mean);
    return mean > linearRiseThatStops * best;
  };
}

/** Trains `hold` steps at each rate and averages the losses that follow them. */
async function pass(
  rates: readonly number[],
  hold: number,
  rises: Rise,
  step: (rate: number, index: number) => Promise<Losses>,
  firstIndex: number,
  onPoint: (point: CurvePoint) => void,
): Promise<Pick<SweepResult, 'curve' | 'stoppedBy'>> {
  const curve: CurvePoint[] = [];
  let index = firstIndex;
  await step(rates[0] ?? 0, index++);
  for (const [which, rate] of rates.entries()) {
    const effects: Losses[] = [];
    while (effects.length < hold) {
      const last = effects.length === hold - 1;
      effects.push(await step(last ? (rates[which + 1] ?? rate) : rate, index++));
      if (!isFinite(effects.at(-1)?.total ?? NaN)) break;
    }
    const point = { learningRate: rate, ...meanLosses(effects) };
    curve.push(point);
    if (!isFinite(point.total)) return { curve, stoppedBy: 'notFinite' };
    onPoint(point);
    if (rises(point.total)) return { curve, stoppedBy: 'rise' };
  }
  return { curve, stoppedBy: 'end' };
}

function meanLosses(list: readonly Losses[]): Losses {
  const mean = (name: keyof Losses): number => list.reduce((sum, losses) => sum + losses[name], 0) / list.length;
  return { total: mean('total'), regression: mean('regression'), classification: mean('classification') };
}
