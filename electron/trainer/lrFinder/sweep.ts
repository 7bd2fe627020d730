import type { CurvePoint, Losses } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { letOthersIn } from '../cancel';

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

export type SweepKind = 'exponential' | 'linear';

export interface SweepOptions {
  /** One step each rate, and one more to see what the last did. */
  readonly exponential: {
    readonly lowest: number;
    readonly highest: number;
    /** From one rate to the next. */
    readonly growth: number;
    /** Stops where the smoothed total is that many times its best. */
    readonly riseThatStops: number;
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

export interface SweepResult {
  /** In the order of rising rates. The last point may not be finite: it is where the sweep stopped. */
  readonly curve: readonly CurvePoint[];
  readonly stoppedBy: 'end' | 'rise' | 'notFinite';
  readonly steps: number;
}

/** The seed's "rises significantly": at two rates in a row so many times the best, as a single step may be bad luck. */
const linearRiseThatStops = 1.5;
const fineFactors = [0.7, 1, 1.4] as const;

/** Steps of a fine-tuning pass with so many steps each rate. */
export function fineTuneSteps(fineSteps: number): number {
  return fineFactors.length * (fineSteps + 1);
}

/** Steps that a sweep takes at most, the fine-tuning pass of a linear one included: for the progress bar. */
export function sweepSteps(kind: SweepKind, { exponential, linear }: Pick<SweepOptions, SweepKind>): number {
  return kind === 'exponential'
    ? ratesOf(kind, { exponential, linear }).length + 1
    : linear.rates * linear.stepsPerRate + 1 + fineTuneSteps(linear.fineSteps);
}

/**
 * Raises the rate while training and records the three losses of each rate.
 *
 * - `exponential`: the range test of Smith (2017) and fastai, one step a rate; stops when the smoothed total has risen far
 *   above its best or is not finite.
 * - `linear`: the first five of the seed's seven steps: base rate, increments, watching the loss, until it rises.
 *
 * A step's losses are measured before its update, so what a rate did is read from the step after it.
 *
 * @param onPoint called for each point of the curve as it is measured, with the steps done.
 * @throws LinesideError 'cancelled' when the signal is aborted; 'wrongUse' for a range that is none.
 */
export async function sweep<State>(
  kind: SweepKind,
  options: SweepOptions,
  trainable: SweepTrainable<State>,
  signal: AbortSignal,
  onPoint: (point: CurvePoint, stepsDone: number) => void,
): Promise<SweepResult> {
  const rates = ratesOf(kind, options);
  const hold = kind === 'exponential' ? 1 : options.linear.stepsPerRate;
  const rise = kind === 'exponential' ? exponentialRise(options.exponential) : linearRise();
  return restoring(trainable, signal, async (step, stepsDone) => {
    const main = await pass(rates, hold, rise, step, options.firstIndex, (point) => onPoint(point, stepsDone()));
    return { ...main, steps: stepsDone() };
  });
}

/**
 * The last of the seed's seven steps: a few steps at each of three rates around the pick, all from the same start on the
 * same pictures.
 * @param onStep called after each rate, with the steps done.
 * @returns the mean losses of each rate; not finite where it flew apart
 * @throws LinesideError 'cancelled' when the signal is aborted
 */
export async function fineTune<State>(
  pick: number,
  { linear, firstIndex }: SweepOptions,
  trainable: SweepTrainable<State>,
  signal: AbortSignal,
  onStep: (stepsDone: number) => void,
): Promise<Pick<SweepResult, 'curve' | 'steps'>> {
  const curve: CurvePoint[] = [];
  let steps = 0;
  for (const factor of fineFactors) {
    await restoring(trainable, signal, async (step, stepsDone) => {
      const tried = await pass(
        [pick * factor],
        linear.fineSteps,
        () => false,
        step,
        firstIndex,
        () => undefined,
      );
      curve.push(...tried.curve);
      steps += stepsDone();
    });
    onStep(steps);
  }
  return { curve, steps };
}

type Step = (rate: number, index: number) => Promise<Losses>;

/** Whatever happens (end, cancel, a loss that is not finite, an error), the trainable is restored to what it was. */
async function restoring<State, T>(
  trainable: SweepTrainable<State>,
  signal: AbortSignal,
  action: (step: Step, stepsDone: () => number) => Promise<T>,
): Promise<T> {
  const state = trainable.snapshot();
  let stepsDone = 0;
  const step: Step = async (rate, index) => {
    await letOthersIn();
    if (signal.aborted)
      throw new LinesideError('cancelled', 'Finding the learning rate was stopped; nothing was changed.');
    const losses = await trainable.step(rate, index);
    stepsDone++;
    return losses;
  };
  try {
    return await action(step, () => stepsDone);
  } finally {
    try {
      trainable.restore(state);
    } finally {
      trainable.dispose(state);
    }
  }
}

/** Rates of a sweep in rising order. */
export function ratesOf(kind: SweepKind, { exponential, linear }: Pick<SweepOptions, SweepKind>): number[] {
  if (kind === 'linear') {
    if (!(linear.base > 0) || !(linear.increment > 0) || linear.rates < 2) {
      throw new LinesideError(
        'wrongUse',
        `A linear sweep needs a base and an increment above 0 and two rates or more, not ${linear.base}, ${linear.increment}, ${linear.rates}.`,
      );
    }
    return Array.from({ length: linear.rates }, (_, index) => linear.base + index * linear.increment);
  }
  const { lowest, highest, growth } = exponential;
  if (!(lowest > 0) || !(growth > 1) || !(highest >= lowest * growth)) {
    throw new LinesideError(
      'wrongUse',
      `An exponential sweep needs two rates or more above 0 that rise, not ${lowest} to ${highest} by ${growth}.`,
    );
  }
  const steps = 1 + Math.floor(Math.log(highest / lowest) / Math.log(growth) + 1e-9);
  return Array.from({ length: steps }, (_, index) => lowest * growth ** index);
}

type Rise = (total: number) => boolean;

/** Over so many decades of rates the loss is averaged to see whether it rises. */
const riseInDecades = 0.4;

/** Exponential average with bias correction. Its window is a part of the range: fastai's 0.98 would miss the rise of a short sweep. */
function exponentialRise({ growth, riseThatStops }: SweepOptions['exponential']): Rise {
  const beta = Math.max(0, 1 - Math.log10(growth) / riseInDecades);
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
  let before = 0;
  return (mean) => {
    best = Math.min(best, mean);
    const rises = Math.min(before, mean) > linearRiseThatStops * best;
    before = mean;
    return rises;
  };
}

/** Trains `hold` steps at each rate and averages the losses that follow them. */
async function pass(
  rates: readonly number[],
  hold: number,
  rises: Rise,
  step: Step,
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
