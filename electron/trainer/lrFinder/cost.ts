import type { RateRange } from './suggest';
import { fineTuneSteps, type SweepKind, type SweepOptions } from './sweep';

/** What sweeps, and what they may cost. */
export interface SweepPlan {
  readonly options: SweepOptions;
  /** Sweeps at most; repeats come as long as they fit into this share of the training's steps. */
  readonly mostSweeps: number;
  readonly share: number;
}

/** Finding the rate may cost this share of the steps of the training that follows. */
const affordableShare = 0.1;
const mostSweeps = 3;
const highest = 1;
/** Of a linear sweep: up to 0.1, in increments that leave a detector the steps to learn something before the loss turns up. */
const linearRates = 40;
const linearIncrement = 0.0025;

/**
 * The sweeps that a tenth of the training pays for.
 *
 * An exponential one begins at half of the lowest rate of any published recipe: below, a step learns nothing. It stops
 * when the loss has risen by a half. Rates must not grow faster than by a quarter: momentum carries what ten steps have gathered,
 * and with a rate that has grown tenfold meanwhile it overshoots long before a training would. A linear one takes as many
 * increments as the steps pay for, beside its fine-tuning pass, and several steps each where they pay for all of them.
 */
export function planSweeps(kind: SweepKind, trainingSteps: number, { lowest }: RateRange): SweepPlan {
  const fineSteps = 3;
  const affordable = Math.max(2, Math.floor(affordableShare * trainingSteps) - fineTuneSteps(fineSteps) - 1);
  return {
    options: {
      exponential: { lowest: lowest / 2, highest, growth: 1.26, riseThatStops: 1.5 },
      linear: {
        base: lowest,
        increment: linearIncrement,
        rates: Math.min(linearRates, affordable),
        stepsPerRate: Math.max(1, Math.min(3, Math.floor(affordable / linearRates))),
        fineSteps,
      },
      firstIndex: 0,
    },
    mostSweeps: kind === 'linear' ? 1 : mostSweeps,
    share: affordableShare,
  };
}

/** For who has the time: the seed's whole range, as fastai sweeps it, three times; or three steps at each increment. */
export function thoroughSweeps(kind: SweepKind, { lowest }: RateRange): SweepPlan {
  return {
    options: {
      exponential: { lowest: 1e-6, highest, growth: 1e6 ** (1 / 99), riseThatStops: 4 },
      linear: { base: lowest, increment: linearIncrement, rates: linearRates, stepsPerRate: 3, fineSteps: 8 },
      firstIndex: 0,
    },
    mostSweeps: kind === 'linear' ? 1 : mostSweeps,
    share: Infinity,
  };
}
