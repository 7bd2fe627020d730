import type { RateRange } from './suggest';
import type { SweepKind, SweepOptions } from './sweep';

/** What sweeps, and what they may cost. */
export interface SweepPlan {
  readonly options: SweepOptions;
  /** Sweeps at most; repeats come as long as they fit into the steps. */
  readonly mostSweeps: number;
  readonly mostSteps: number;
}

/** Finding the rate may cost this share of the steps of the training that follows. */
const affordableShare = 0.1;
const mostSweeps = 3;
const highest = 1;

/**
 * The sweeps that a tenth of the training pays for.
 *
 * An exponential one begins at half of the lowest rate of any published recipe: below, a step learns nothing. It stops
 * when the loss has risen by a half. Rates must not grow faster than by a quarter: momentum carries what ten steps have gathered,
 * and with a rate that has grown tenfold meanwhile it overshoots long before a training would.
 */
export function planSweeps(kind: SweepKind, trainingSteps: number, { lowest }: RateRange): SweepPlan {
  return {
    options: {
      exponential: { lowest: lowest / 2, highest, growth: 1.26, riseThatStops: 1.5 },
      linear: { base: 0.001, increment: 0.004, rates: 10, stepsPerRate: 2, fineSteps: 4 },
      firstIndex: 0,
    },
    mostSweeps: kind === 'linear' ? 1 : mostSweeps,
    mostSteps: Math.floor(affordableShare * trainingSteps),
  };
}

/** For who has the time: the seed's whole range, as fastai sweeps it, three times; or smaller increments. */
export function thoroughSweeps(kind: SweepKind): SweepPlan {
  return {
    options: {
      exponential: { lowest: 1e-6, highest, growth: 1e6 ** (1 / 99), riseThatStops: 4 },
      linear: { base: 0.001, increment: 0.002, rates: 20, stepsPerRate: 3, fineSteps: 8 },
      firstIndex: 0,
    },
    mostSweeps: kind === 'linear' ? 1 : mostSweeps,
    mostSteps: Infinity,
  };
}
