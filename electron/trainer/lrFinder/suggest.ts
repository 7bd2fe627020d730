import type { CurvePoint, LrDoubt, LrFinderResult, Suggestion } from '../../../shared/contract';
import { firstTurn } from '../../../shared/divergence';
import { divergenceOf, drop, lowestIndex, smooth, spearman, type LossName, type SmoothCurve } from './curve';
import { agreeing, bottomRate, consensusOf, lowestLoss, minimumTenth, steepest, valley } from './rules';
import type { SweepKind } from './sweep';
import { rateText, twoDigits } from '../twoDigits';

/** Rates that published recipes use for this batch size: what to fall back on when a curve says nothing. */
export interface RateRange {
  readonly lowest: number;
  readonly usual: number;
  readonly highest: number;
}

export type LrSuggestion = Pick<
  LrFinderResult,
  | 'learningRate'
  | 'confidence'
  | 'reason'
  | 'doubt'
  | 'suggestions'
  | 'takeOff'
  | 'lowest'
  | 'divergence'
  | 'correlation'
>;

/** Rules that differ by more than this do not speak of the same rate (SEED.md). */
export const agreement = 3;
/**
 * The highest rate of a training that warms up to it and falls from there, as a share of the rate at which a loss turns
 * up, and at most so many times the rate with the lowest loss. A sweep gives each rate one step, so its rules tell where
 * learning takes off, well below what pays over hundreds of steps; and so it survives rates that a training does not.
 * A third, so that three times the pick is where the loss turns up (docs/decisions/0006).
 */
export const shareOfDivergence = 1 / 3;
const mostAboveLowest = 3;
/** Points of a sweep below which its curve cannot be read; a linear one is read by a single rule, the seed's. */
const fewestPoints: Readonly<Record<SweepKind, number>> = { exponential: 10, linear: 5 };
/** A fall of so many standard errors is seen, or clear. */
const visibly = 4;
const clearly = 8;

/**
 * Reads an exponential sweep: four rules, their consensus, and how far to trust it.
 *
 * The rules read the curve that turns up first, regression or classification, as both must survive the rate; the total
 * where neither does or where that curve hardly falls. `sure`: all four lie within 3× of their consensus;
 * `fairlySure`: three of them do, or the curve is noisy, or never turned up; otherwise `notReliable`, and the rate is the
 * consensus held within `fallback`. The recommended rate is the peak of a schedule with warm-up and decay: a third of
 * where the first loss turns up, or of the highest rate of a sweep in which none did, and three times the lowest at most.
 * Never throws: a curve that is flat, short or not finite gives `fallback.usual` and says so.
 *
 * @param curve in the order of rising rates; may end in a point whose losses are not finite.
 */
export function suggest(curve: readonly CurvePoint[], fallback: RateRange): LrSuggestion {
  const { curves, measured, ceiling, turnsUp, safe } = measure(curve);
  const { divergence } = measured;
  const unusable = whyUnusable(curve, curves.total, 'exponential');
  if (unusable !== undefined) return { ...unread(unusable, safe(fallback.usual)), ...measured };

  const source = sourceCurve(curves, divergence);
  const suggestions = [lowestLoss, steepest, valley, minimumTenth]
    .map((rule) => rule(curves[source]))
    .filter((suggestion): suggestion is Suggestion => suggestion !== undefined)
    .map((suggestion) => ({ ...suggestion, learningRate: twoDigits(suggestion.learningRate) }));
  const consensus = consensusOf(suggestions);
  const takeOff = twoDigits(consensus);
  const lowest = bottomRate(curves[source]) ?? consensus;
  const agreed = agreeing(suggestions, agreement);

  if (agreed < 3) {
    const learningRate = safe(Math.min(Math.max(consensus, fallback.lowest), fallback.highest));
    const rates = suggestions.map((suggestion) => suggestion.learningRate);
    const reason =
      `The curve is not reliable: the rules suggest ${rateText(Math.min(...rates))} to ${rateText(Math.max(...rates))}, ` +
      `more than ${agreement} times apart. It takes ${rateText(learningRate)}, which published recipes use: careful, and ` +
      'perhaps slow to learn. More pictures or a larger batch make the curve smoother; then find the rate again.';
    const doubt = 'rulesDisagree';
    return { learningRate, confidence: 'notReliable', reason, doubt, suggestions, takeOff, lowest, ...measured };
  }

  const learningRate = safe(mostAboveLowest * lowest);
  const clear = drop(curves.total) >= clearly * curves.total.error;
  const doubt = !turnsUp ? 'neverTurnsUp' : agreed < 4 ? 'oneRuleOff' : !clear ? 'rough' : undefined;
  const rise = turnsUp
    ? `the ${nameOf(source)} turns up at ${rateText(ceiling)}`
    : `the loss did not turn up even at ${rateText(ceiling)}`;
  const reason =
    `${agreed === 4 ? 'All four' : 'Three of four'} rules agree that learning takes off at about ${rateText(consensus)}; the loss is lowest at ${rateText(lowest)}, and ${rise}. ` +
    `Training warms up and slows down again, so ${rateText(learningRate)} is its highest rate.`;
  return {
    learningRate,
    ...(doubt === undefined ? { confidence: 'sure' } : { confidence: 'fairlySure', doubt }),
    reason,
    suggestions,
    takeOff,
    lowest,
    ...measured,
  };
}

/**
 * Reads a linear sweep by the seed's rule: back off from where the loss rises to the rate with the lowest loss, and start
 * there; but no higher than an exponential sweep would allow, as that rate is a peak too. One sweep, read by one rule, is
 * `fairlySure` at most. Its loss falls with the rate and with the steps alike, so the other rules say nothing here.
 * Never throws, as `suggest`.
 *
 * @param curve in the order of rising rates; may end in a point whose losses are not finite.
 */
export function suggestLinear(curve: readonly CurvePoint[], fallback: RateRange): LrSuggestion {
  const { curves, measured, ceiling, turnsUp, safe } = measure(curve);
  const unusable = whyUnusable(curve, curves.total, 'linear');
  const lowest = bottomRate(curves.total);
  if (unusable !== undefined || lowest === undefined)
    return { ...unread(unusable ?? roseAtOnce, safe(fallback.usual)), ...measured };
  const learningRate = safe(lowest);
  const rise = turnsUp
    ? `and turned up at ${rateText(ceiling)}`
    : `and had not turned up at ${rateText(ceiling)}, the highest rate tried`;
  const reason =
    `The loss was lowest at ${rateText(lowest)}, ${rise}. ` +
    `Training warms up and slows down again, so ${rateText(learningRate)} is its highest rate.`;
  const seeds = { rule: 'lowestLoss' as const, learningRate, reason: `The loss was lowest at ${rateText(lowest)}.` };
  return {
    learningRate,
    confidence: 'fairlySure',
    doubt: turnsUp ? 'oneSweep' : 'neverTurnsUp',
    reason,
    suggestions: [seeds],
    lowest,
    ...measured,
  };
}

/** Whether a sweep began too high: it met the rise before there was a curve to read. One that begins lower shows more. */
export function beganTooHigh(curve: readonly CurvePoint[], kind: SweepKind): boolean {
  return whyUnusable(curve, smooth(curve, 'total'), kind)?.doubt === 'tooShort';
}

type Curves = Readonly<Record<LossName, SmoothCurve>>;

function measure(curve: readonly CurvePoint[]): {
  readonly curves: Curves;
  readonly measured: Pick<LrSuggestion, 'divergence' | 'correlation'>;
  /** Where the first loss turns up, or the highest rate that was tried. */
  readonly ceiling: number;
  readonly turnsUp: boolean;
  /** Holds a rate to the share of the ceiling that a training survives; two digits. */
  readonly safe: (rate: number) => number;
} {
  const curves = {
    total: smooth(curve, 'total'),
    regression: smooth(curve, 'regression'),
    classification: smooth(curve, 'classification'),
  };
  const divergence = divergences(curves);
  const turn = firstTurn({ divergence });
  const ceiling = turn ?? curves.total.rates.at(-1) ?? Infinity;
  return {
    curves,
    measured: { divergence, correlation: correlations(curve, divergence) },
    ceiling,
    turnsUp: turn !== undefined,
    safe: (rate) => twoDigits(Math.min(rate, ceiling * shareOfDivergence)),
  };
}

interface Unusable {
  readonly doubt: LrDoubt;
  readonly reason: string;
}

function unread(
  { doubt, reason }: Unusable,
  learningRate: number,
): Pick<LrSuggestion, 'learningRate' | 'confidence' | 'reason' | 'doubt' | 'suggestions'> {
  const until = `Until then it takes ${rateText(learningRate)}, the rate that published recipes use.`;
  return { learningRate, confidence: 'notReliable', reason: `${reason} ${until}`, doubt, suggestions: [] };
}

function divergences(curves: Curves): LrFinderResult['divergence'] {
  const found: { total?: number; regression?: number; classification?: number } = {};
  for (const name of ['total', 'regression', 'classification'] as const) {
    const rate = divergenceOf(curves[name]);
    if (rate !== undefined) found[name] = rate;
  }
  return found;
}

/** Of the rate and each loss, up to the divergence of that loss. */
function correlations(
  curve: readonly CurvePoint[],
  divergence: LrFinderResult['divergence'],
): LrFinderResult['correlation'] {
  const before = (name: 'regression' | 'classification'): number => {
    const limit = divergence[name] ?? Infinity;
    const points = curve.filter((point) => point.learningRate < limit && Number.isFinite(point[name]));
    return spearman(
      points.map((point) => point.learningRate),
      points.map((point) => point[name]),
    );
  };
  return { regression: before('regression'), classification: before('classification') };
}

/** The part loss that turns up first, if it falls by at least half as much as the total and beyond its error. */
function sourceCurve(curves: Curves, divergence: LrFinderResult['divergence']): LossName {
  const { regression = Infinity, classification = Infinity } = divergence;
  if (regression === Infinity && classification === Infinity) return 'total';
  const earlier = regression < classification ? 'regression' : 'classification';
  const falls = bottomRate(curves[earlier]) === undefined ? 0 : drop(curves[earlier]);
  return falls >= Math.max(0.5 * drop(curves.total), leastDrop, 3 * curves[earlier].error) ? earlier : 'total';
}

/** A loss that falls by less than 7 % says nothing about the rate. */
const leastDrop = 0.07;

/** Rank correlation of rate and loss on the way down, of a fall that is not clear: noise, smoothed, falls as well, but not rate by rate. */
const leastCorrelation = -0.4;

function fallsWithRate(curve: readonly CurvePoint[], lowest: number): boolean {
  const down = curve.slice(0, lowest + 1);
  const rates = down.map(({ learningRate }) => learningRate);
  return (
    spearman(
      rates,
      down.map(({ total }) => total),
    ) <= leastCorrelation
  );
}

const roseAtOnce: Unusable = {
  doubt: 'tooShort',
  reason:
    'The loss rose from the lowest rate on, so there is no fall to read: check that the labels fit the pictures, then find the rate again.',
};

function whyUnusable(curve: readonly CurvePoint[], total: SmoothCurve, kind: SweepKind): Unusable | undefined {
  const points = total.rates.length;
  if (points === 0 && curve.length > 0) {
    const reason =
      'The loss was not a number from the first step on: check the pictures and their labels, then find the rate again.';
    return { doubt: 'notFinite', reason };
  }
  if (points < fewestPoints[kind]) {
    const reason = `The sweep has only ${points} usable points, too few to read: check that the labels fit the pictures, then find the rate again.`;
    return { doubt: 'tooShort', reason };
  }
  if (lowestIndex(total) === 0 && divergenceOf(total) !== undefined) return roseAtOnce;
  const lowest = lowestIndex(total);
  const fall = drop(total);
  const isSeen = fall >= visibly * total.error && (fall >= clearly * total.error || fallsWithRate(curve, lowest));
  if (lowest === 0 || fall < leastDrop || !isSeen) {
    const reason =
      'The loss hardly changed with the rate, so the curve cannot show which one is right: check that the labels fit the pictures, add pictures, or find the rate again.';
    return { doubt: 'flat', reason };
  }
  return undefined;
}

function nameOf(loss: LossName): string {
  switch (loss) {
    case 'total':
      return 'loss';
    case 'regression':
      return 'regression loss';
    case 'classification':
      return 'classification loss';
    default:
      return loss satisfies never;
  }
}
