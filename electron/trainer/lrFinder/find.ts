import type { CurvePoint, LrFinderResult } from '../../../shared/contract';
import { firstTurn } from '../../../shared/divergence';
import type { SweepPlan } from './cost';
import { median, smooth } from './curve';
import { agreement, beganTooHigh, suggest, suggestLinear, type LrSuggestion, type RateRange } from './suggest';
import {
  fineTune,
  sweep,
  sweepSteps,
  type SweepKind,
  type SweepOptions,
  type SweepResult,
  type SweepTrainable,
} from './sweep';
import { rateText, twoDigits } from '../twoDigits';

export interface FindRequest<State> {
  readonly kind: SweepKind;
  readonly plan: SweepPlan;
  /** The detector in training of a sweep, counted from 0: each with other first weights. It need not outlive the next one. */
  readonly trainableOf: (repeat: number) => SweepTrainable<State>;
  readonly batchSize: number;
  /** Steps of the training that follows, what the cost is measured against: fewer where they are slow and its time is short. */
  readonly trainingSteps: (secondsPerStep: number) => number;
  /** Rates of published recipes for this batch size (training/plan: recipeRates). */
  readonly fallback: RateRange;
  /** Seconds, from any monotonic clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** repeat counts from 0. */
  readonly onPoint: (point: CurvePoint, repeat: number) => void;
  readonly onProgress: (stepsDone: number, stepsTotal: number, text: string) => void;
}

/**
 * Finds the rate: sweeps, sweeps again as often as the plan pays for, puts the sweeps together, and asks the four rules.
 * @throws as `sweep` does.
 */
export async function findLearningRate<State>(request: FindRequest<State>): Promise<LrFinderResult> {
  const { kind, plan, now, fallback, signal } = request;
  const started = now();
  const sweeps: (readonly CurvePoint[])[] = [];
  const fine: CurvePoint[] = [];
  const durations: number[] = [];
  let steps = 0;
  let lowered = false;
  let options: SweepOptions | undefined = plan.options;
  while (options !== undefined) {
    const repeat = sweeps.length;
    const text = repeat === 0 ? 'Trying slow and fast rates' : 'Trying them again with other pictures, to be sure';
    const before = steps;
    const total = before + sweepSteps(kind, options);
    const tell = (done: number): void => request.onProgress(before + done, total, text);
    const trainable = timed(request.trainableOf(repeat), now, durations);
    const swept: SweepResult = await sweep(kind, options, trainable, signal, (point, done) => {
      request.onPoint(point, repeat);
      tell(done);
    });
    steps += swept.steps;
    if (repeat === 0 && !lowered && swept.stoppedBy !== 'end' && beganTooHigh(swept.curve, kind)) {
      lowered = true;
      options = begunLower(options);
      continue;
    }
    sweeps.push(swept.curve);
    if (kind === 'linear') {
      const { learningRate } = suggestLinear(swept.curve, fallback);
      const tried = await fineTune(learningRate, options, trainable, signal, (done) => tell(swept.steps + done));
      fine.push(...tried.curve.filter(isFinitePoint));
      steps += tried.steps;
    }
    const mostSteps = Math.floor(plan.share * request.trainingSteps(median(durations)));
    options = sweeps.length < plan.mostSweeps ? repeatOf({ options, mostSteps }, sweeps, steps, fallback) : undefined;
  }

  const seconds = now() - started;
  const merged = mergeCurves(sweeps);
  const alone = (kind === 'linear' ? [] : sweeps)
    .map((curve, repeat) => suggest(repeat === 0 ? curve : completed(curve, sweeps[0]), fallback))
    // A repeat that saw no fall or no turn says where its steps ended, not which rates work.
    .filter(({ takeOff, doubt }) => takeOff !== undefined && doubt !== 'neverTurnsUp');
  const judged =
    kind === 'linear'
      ? fineTuned(suggestLinear(merged, fallback), fine)
      : comparedWithRepeats(suggest(merged, fallback), alone);
  return {
    ...judged,
    curve: smoothed(merged),
    sweeps: sweeps.map((curve) => curve.filter(isFinitePoint)),
    repeats: alone.map(({ learningRate }) => learningRate),
    fine,
    sweep: kind,
    seconds,
    cost: { steps, trainingSteps: request.trainingSteps(median(durations)) },
    batchSize: request.batchSize,
  };
}

/**
 * Adds the seconds of each step to `durations`. Their median is the pace of a training: the first step, in which the engine
 * warms up, and the first round, in which every picture is decoded, do not count in it.
 */
function timed<State>(trainable: SweepTrainable<State>, now: () => number, durations: number[]): SweepTrainable<State> {
  return {
    ...trainable,
    step: async (learningRate, index) => {
      const began = now();
      const losses = await trainable.step(learningRate, index);
      durations.push(now() - began);
      return losses;
    },
  };
}

/** A sweep that met the rise at once begins again so much lower. */
const stepDown = 32;

function begunLower(options: SweepOptions): SweepOptions {
  const { exponential, linear } = options;
  return {
    ...options,
    exponential: { ...exponential, lowest: exponential.lowest / stepDown },
    linear: { ...linear, base: linear.base / stepDown, increment: linear.increment / stepDown },
  };
}

/** Where between the rates of the first sweep those of a repeat lie, as a share of a step. */
const shifts = [0, 0.5, 0.25] as const;
/** A repeat begins so far below where learning took off: what lies before that says nothing. */
const leadIn = 2;
/** And should come so far beyond the rate where a loss turned up. */
const leadOut = 1.5;

/** The next repeat: other pictures, and only the rates where something happens. Undefined where the steps do not pay for it. */
function repeatOf(
  { options, mostSteps }: { readonly options: SweepOptions; readonly mostSteps: number },
  sweeps: readonly (readonly CurvePoint[])[],
  steps: number,
  fallback: RateRange,
): SweepOptions | undefined {
  const { lowest, highest, growth } = options.exponential;
  const { takeOff = lowest, divergence } = suggest(sweeps[0] ?? [], fallback);
  const turnsUp = Math.min(highest, firstTurn({ divergence }) ?? highest);
  const whole = Math.max(0, Math.floor(Math.log(takeOff / leadIn / lowest) / Math.log(growth)));
  const first = lowest * growth ** (whole + (shifts[sweeps.length] ?? 0));
  const affordable = Math.min(highest, first * growth ** (mostSteps - steps - 2));
  if (!(affordable >= Math.min(highest / growth, turnsUp * leadOut))) return undefined;
  return {
    ...options,
    exponential: { ...options.exponential, lowest: first, highest: affordable },
    firstIndex: options.firstIndex + steps,
  };
}

/** A repeat that begins where learning takes off, with what lies below from the first sweep: so it can be read on its own. */
function completed(repeat: readonly CurvePoint[], first: readonly CurvePoint[] = []): CurvePoint[] {
  const begins = repeat[0]?.learningRate ?? Infinity;
  return [...first.filter(({ learningRate }) => learningRate < begins), ...repeat];
}

/** The points of all sweeps at rising rates. */
export function mergeCurves(curves: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  return curves.flat().sort((a, b) => a.learningRate - b.learningRate);
}

/** The three losses as the rules see them; ends where one is no longer a number. */
function smoothed(curve: readonly CurvePoint[]): CurvePoint[] {
  const [total, regression, classification] = (['total', 'regression', 'classification'] as const).map((loss) =>
    smooth(curve, loss),
  );
  const lossAt = (index: number, of: typeof total): number => Math.exp(of?.logLoss[index] ?? NaN);
  return curve
    .map(({ learningRate }, index) => ({
      learningRate,
      total: lossAt(index, total),
      regression: lossAt(index, regression),
      classification: lossAt(index, classification),
    }))
    .filter(isFinitePoint);
}

function isFinitePoint({ total, regression, classification }: CurvePoint): boolean {
  return Number.isFinite(total + regression + classification);
}

/** Sweeps that differ by no more than this confirm each other. */
const confirmation = 2;

/** Lowers the confidence by as much as the single sweeps contradict each other; one that nothing confirms is not sure. */
export function comparedWithRepeats(read: LrSuggestion, repeats: readonly LrSuggestion[]): LrSuggestion {
  if (read.confidence === 'notReliable') return read;
  if (repeats.length < 2) return { ...read, confidence: 'fairlySure', doubt: read.doubt ?? 'oneSweep' };
  const rates = repeats.map(({ learningRate }) => learningRate);
  const spread = Math.max(...rates) / Math.min(...rates);
  const range = `${rateText(Math.min(...rates))} to ${rateText(Math.max(...rates))}`;
  if (spread <= confirmation)
    return { ...read, reason: `${read.reason} ${repeats.length} sweeps on different pictures gave ${range}.` };
  const contradiction = `But ${repeats.length} sweeps on different pictures gave ${range}: more pictures would make it surer.`;
  const reason = `${read.reason} ${contradiction}`;
  if (spread <= agreement) return { ...read, confidence: 'fairlySure', doubt: read.doubt ?? 'sweepsDiffer', reason };
  return { ...read, confidence: 'notReliable', doubt: 'sweepsDisagree', reason };
}

/** The fine-tuning pass may go so near to where a loss turns up, as a share of that rate. */
const shareOfFineTuning = 1 / 2;

/**
 * The last step of the seed's way: the best rate of the fine-tuning pass, the lower one where two are within 1 %, none
 * beyond a half of where a loss turns up.
 */
export function fineTuned(read: LrSuggestion, fine: readonly CurvePoint[]): LrSuggestion {
  const limit = Math.max(read.learningRate, shareOfFineTuning * (firstTurn(read) ?? Infinity));
  const safe = fine.filter((point) => point.learningRate <= limit);
  if (read.confidence === 'notReliable' || safe.length === 0) return read;
  const lowest = Math.min(...safe.map((point) => point.total));
  const best = safe.find((point) => point.total <= 1.01 * lowest)?.learningRate ?? read.learningRate;
  const reason = `${read.reason} Fine-tuning in small steps around it found ${rateText(best)} to be best.`;
  return { ...read, learningRate: twoDigits(best), reason };
}
