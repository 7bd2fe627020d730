import type { StepReport } from './job';

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
