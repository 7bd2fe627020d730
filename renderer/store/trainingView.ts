import type { Losses } from '../../shared/contract';
import type { EpochReport, StepReport } from './job';

/** Columns over common rounds through all pictures; null where a column has no value. */
export interface LossCurves {
  readonly rounds: readonly number[];
  readonly total: readonly (number | null)[];
  readonly regression: readonly (number | null)[];
  readonly classification: readonly (number | null)[];
  /** Total, on validation pictures. */
  readonly validation: readonly (number | null)[];
}

/** Weight of what was before in the smoothed curves. */
const smoothing = 0.9;
/** A plot this wide shows no more points than this. */
const mostPoints = 600;

/** The losses of the steps, smoothed with bias correction, thinned to what can be seen, and those on validation pictures. */
export function lossCurves(
  steps: readonly StepReport[],
  epochs: readonly EpochReport[],
  plannedRounds: number,
): LossCurves {
  const rows = [
    ...smoothedLosses(steps, plannedRounds).map((learned) => ({ ...learned, validation: null })),
    ...epochs.flatMap(({ epoch, validation }) =>
      validation === null
        ? []
        : [{ round: epoch, total: null, regression: null, classification: null, validation: validation.total }],
    ),
  ].sort((a, b) => a.round - b.round);
  return {
    rounds: rows.map(({ round }) => round),
    total: rows.map(({ total }) => total),
    regression: rows.map(({ regression }) => regression),
    classification: rows.map(({ classification }) => classification),
    validation: rows.map(({ validation }) => validation),
  };
}

function smoothedLosses(steps: readonly StepReport[], plannedRounds: number): readonly (Losses & { round: number })[] {
  const every = Math.max(1, Math.ceil(steps.length / mostPoints));
  const kept: (Losses & { round: number })[] = [];
  let mean: Losses = { total: 0, regression: 0, classification: 0 };
  steps.forEach((report, index) => {
    mean = {
      total: smoothing * mean.total + (1 - smoothing) * report.total,
      regression: smoothing * mean.regression + (1 - smoothing) * report.regression,
      classification: smoothing * mean.classification + (1 - smoothing) * report.classification,
    };
    if (index % every !== 0 && index !== steps.length - 1) return;
    const correction = 1 - smoothing ** (index + 1);
    kept.push({
      round: report.steps > 0 ? (report.step / report.steps) * plannedRounds : report.step,
      total: mean.total / correction,
      regression: mean.regression / correction,
      classification: mean.classification / correction,
    });
  });
  return kept;
}
