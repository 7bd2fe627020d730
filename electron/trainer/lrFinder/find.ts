import type { CurvePoint, LrFinderResult } from '../../../shared/contract';
import { rateText, roundRate } from './rules';
import { agreement, suggest, type LrSuggestion, type RateRange } from './suggest';
import { sweep, sweepSteps, type SweepOptions, type SweepResult, type SweepTrainable } from './sweep';

export interface FindRequest<State> {
  readonly kind: 'exponential' | 'linear';
  readonly options: SweepOptions;
  readonly trainable: SweepTrainable<State>;
  readonly batchSize: number;
  /** Rates of published recipes for this batch size (training/plan: recipeRates). */
  readonly fallback: RateRange;
  /** The exponential sweep is repeated on other pictures as long as another one fits in here, at most three in all. */
  readonly budgetSeconds: number;
  /** Seconds, from any monotonic clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** repeat counts from 0: draw the points of the first live, those of a repeat faint. */
  readonly onPoint: (point: CurvePoint, repeat: number) => void;
  readonly onProgress: (stepsDone: number, stepsTotal: number, text: string) => void;
}

const mostRepeats = 3;

/**
 * Finds the rate: sweeps, repeats while the time allows, averages the curves, and asks the four rules.
 * @throws as `sweep` does.
 */
export async function findLearningRate<State>(request: FindRequest<State>): Promise<LrFinderResult> {
  const { kind, options, now, fallback } = request;
  const started = now();
  const steps = sweepSteps(kind, options);
  const results: SweepResult[] = [];
  let slowest = 0;
  do {
    const repeat = results.length;
    const sweepStarted = now();
    const text = repeat === 0 ? 'Trying slow and fast rates' : 'Trying them again with other pictures, to be sure';
    const shifted = { ...options, firstIndex: options.firstIndex + repeat * steps };
    const result = await sweep(kind, shifted, request.trainable, request.signal, (point, done) => {
      if (point !== undefined) request.onPoint(point, repeat);
      request.onProgress(done, steps, text);
    });
    results.push(result);
    slowest = Math.max(slowest, now() - sweepStarted);
  } while (
    kind === 'exponential' &&
    results.length < mostRepeats &&
    now() - started + slowest <= request.budgetSeconds
  );

  const merged = mergeCurves(results.map(({ curve }) => curve));
  const read = suggest(merged, fallback);
  const fine = results[0]?.fine ?? [];
  const judged =
    kind === 'linear'
      ? fineTuned(read, fine)
      : comparedWithRepeats(
          read,
          results.map(({ curve }) => suggest(curve, fallback)),
        );
  return {
    ...judged,
    curve: merged.filter((point) => Number.isFinite(point.total + point.regression + point.classification)),
    sweep: kind,
    seconds: now() - started,
    batchSize: request.batchSize,
  };
}

/** Geometric mean of each rate's losses, as far as the shortest sweep goes. */
export function mergeCurves(curves: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  const [first = [], ...others] = curves;
  const length = Math.min(...curves.map((curve) => curve.length));
  return first.slice(0, length).map((point, index) => {
    const all = [point, ...others.map((curve) => curve[index] ?? point)];
    const mean = (name: 'total' | 'regression' | 'classification'): number =>
      Math.exp(all.reduce((sum, each) => sum + Math.log(each[name]), 0) / all.length);
    return {
      learningRate: point.learningRate,
      total: mean('total'),
      regression: mean('regression'),
      classification: mean('classification'),
    };
  });
}

/** Lowers the confidence by as much as the single sweeps contradict each other. */
export function comparedWithRepeats(read: LrSuggestion, repeats: readonly LrSuggestion[]): LrSuggestion {
  if (repeats.length < 2 || read.confidence === 'notReliable') return read;
  const rates = repeats.map(({ learningRate }) => learningRate);
  const spread = Math.max(...rates) / Math.min(...rates);
  const range = `${rateText(Math.min(...rates))} to ${rateText(Math.max(...rates))}`;
  if (spread <= 2)
    return { ...read, reason: `${read.reason} ${repeats.length} sweeps on different pictures gave ${range}.` };
  const reason = `${read.reason} But ${repeats.length} sweeps on different pictures gave ${range}: more pictures would make it surer.`;
  return { ...read, confidence: 'fairlySure', reason };
}

/**
 * The last step of the seed's way: the best rate of the fine-tuning pass, the lower one where two are within 1 %.
 * Kept only within 3× of what the rules say: a few steps favour rates that are too high for a whole training.
 */
export function fineTuned(read: LrSuggestion, fine: readonly CurvePoint[]): LrSuggestion {
  const finite = fine.filter((point) => Number.isFinite(point.total));
  if (read.confidence === 'notReliable' || finite.length === 0) return read;
  const lowest = Math.min(...finite.map((point) => point.total));
  const best = finite.find((point) => point.total <= 1.01 * lowest)?.learningRate ?? read.learningRate;
  const learningRate = roundRate(best);
  if (Math.max(best / read.learningRate, read.learningRate / best) > agreement) {
    const reason = `${read.reason} Fine-tuning around the lowest loss preferred ${rateText(best)}, too far from that to follow.`;
    return { ...read, confidence: 'fairlySure', reason };
  }
  const reason = `${read.reason} Fine-tuning in small steps around it found ${rateText(best)} to be best.`;
  return { ...read, learningRate, reason };
}
