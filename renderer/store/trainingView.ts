import type { EpochReport, StepReport } from './job';

/** How the training goes, as a word for a sentence. */
export type TrainingMood = 'starting' | 'quickly' | 'steadily' | 'hardly' | 'overfitting';

/** Gain in "found of 100" over the last rounds, as a share, from which it still gets better quickly or at all. */
const quickGain = 0.05;
const steadyGain = 0.01;
/** Rounds looked back on. */
const window = 3;
/** The validation loss has risen by this share above its best while the training loss went on falling. */
const overfitRise = 0.15;

export function trainingMood(epochs: readonly EpochReport[]): TrainingMood {
  const scored = epochs.filter(({ mAP50 }) => mAP50 !== null);
  if (scored.length < 2) return 'starting';
  if (isOverfitting(epochs)) return 'overfitting';
  const last = scored.at(-1)?.mAP50 ?? 0;
  const before = bestOf(scored.slice(0, Math.max(1, scored.length - window)));
  const gain = Math.max(last, bestOf(scored.slice(-window))) - before;
  if (gain >= quickGain) return 'quickly';
  return gain >= steadyGain ? 'steadily' : 'hardly';
}

function bestOf(epochs: readonly EpochReport[]): number {
  return Math.max(0, ...epochs.map(({ mAP50 }) => mAP50 ?? 0));
}

function isOverfitting(epochs: readonly EpochReport[]): boolean {
  const losses = epochs.flatMap(({ validation, train }) =>
    validation ? [{ held: validation.total, seen: train.total }] : [],
  );
  const last = losses.at(-1);
  if (!last || losses.length < 2 * window) return false;
  const best = losses.reduce((least, one) => (one.held < least.held ? one : least));
  return last.held > best.held * (1 + overfitRise) && last.seen < best.seen;
}

export interface LossCurves {
  /** In rounds through all pictures. */
  readonly rounds: readonly number[];
  readonly total: readonly number[];
  readonly regression: readonly number[];
  readonly classification: readonly number[];
}

/** Weight of what was before in the smoothed curves. */
const smoothing = 0.9;
/** A plot this wide shows no more points than this. */
const mostPoints = 600;

/** The losses of the steps, smoothed with bias correction, thinned to what can be seen. */
export function lossCurves(steps: readonly StepReport[], epochs: number): LossCurves {
  const rounds: number[] = [];
  const total: number[] = [];
  const regression: number[] = [];
  const classification: number[] = [];
  const every = Math.max(1, Math.ceil(steps.length / mostPoints));
  let mean = { total: 0, regression: 0, classification: 0 };
  steps.forEach((report, index) => {
    mean = {
      total: smoothing * mean.total + (1 - smoothing) * report.total,
      regression: smoothing * mean.regression + (1 - smoothing) * report.regression,
      classification: smoothing * mean.classification + (1 - smoothing) * report.classification,
    };
    if (index % every !== 0 && index !== steps.length - 1) return;
    const correction = 1 - smoothing ** (index + 1);
    rounds.push(report.steps > 0 ? (report.step / report.steps) * epochs : report.step);
    total.push(mean.total / correction);
    regression.push(mean.regression / correction);
    classification.push(mean.classification / correction);
  });
  return { rounds, total, regression, classification };
}
