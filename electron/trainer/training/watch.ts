import type { EpochReport } from '../../../shared/contract';
import type { Said } from '../../../shared/said';
import { epochWords, type EpochWords } from './epochWords';

/** What the watch reads of an epoch. */
export type EpochSeen = Pick<EpochReport, 'epoch' | 'train' | 'validation' | 'mAP50' | 'learningRate'>;

/** Plain data: goes into the checkpoint, so that a resumed run is watched as if it had not stopped. */
export interface WatchState {
  /** Running average of the total loss, not yet corrected for its bias, and how many steps are in it. */
  readonly average: number;
  readonly count: number;
  /** Lowest corrected average so far. */
  readonly best: number | null;
  readonly rollBacks: number;
  readonly epochs: readonly EpochSeen[];
  /** Round after which the rate was last halved because the result fell; 0 before. */
  readonly loweredAt: number;
}

export const freshWatch: WatchState = { average: 0, count: 0, best: null, rollBacks: 0, epochs: [], loweredAt: 0 };

export type StepAction =
  | { readonly kind: 'goOn' }
  /** Go back to the last good state and multiply the schedule by the factor. `text` does not name the picture. */
  | { readonly kind: 'rollBack'; readonly learningRateFactor: number; readonly text: string; readonly said: Said }
  /** Rolling back did not help: stop and keep the best state. */
  | { readonly kind: 'giveUp'; readonly text: string; readonly said: Said };

/** About the last ten steps. */
const smoothing = 0.9;
/** The average must have settled before it can be judged. */
const fewestStepsToJudge = 10;
/** The finder stops at 4× the best; a training must react before it is lost. */
const riseThatDiverges = 3;
const rollBackFactor = 0.5;
/** After three halvings the rate is an eighth: then it is not the rate. */
const mostRollBacks = 3;

/** Takes in the total loss of a step, before its update. */
export function watchStep(
  state: WatchState,
  total: number,
): { readonly state: WatchState; readonly action: StepAction } {
  if (!Number.isFinite(total)) return rollBack(state, notANumber);
  const average = smoothing * state.average + (1 - smoothing) * total;
  const count = state.count + 1;
  const corrected = average / (1 - smoothing ** count);
  const settled = count >= fewestStepsToJudge;
  if (settled && diverges(corrected, state.best)) return rollBack(state, roseTooFar);
  const best = settled ? Math.min(corrected, state.best ?? Infinity) : state.best;
  return { state: { ...state, average, count, best }, action: { kind: 'goOn' } };
}

/** Whether a smoothed loss is so far above its best that the training is running away. */
export function diverges(smoothed: number, best: number | null): boolean {
  return best !== null && smoothed > riseThatDiverges * best;
}

const notANumber = { text: 'The loss was not a number', said: { code: 'watchNotANumber', values: {} } } as const;
const roseTooFar = {
  text: 'The loss rose to three times its best',
  said: { code: 'watchRoseTooFar', values: {} },
} as const;

function rollBack(
  state: WatchState,
  { text: what, said }: { readonly text: string; readonly said: Said },
): { readonly state: WatchState; readonly action: StepAction } {
  const rollBacks = state.rollBacks + 1;
  const next: WatchState = { ...state, average: 0, count: 0, rollBacks };
  if (rollBacks > mostRollBacks) {
    const text = `${what} again, although the rate was halved ${mostRollBacks} times: it stops and keeps the best state. Check the pictures and labels.`;
    return { state: next, action: { kind: 'giveUp', text, said: { code: 'watchGaveUp', values: {} } } };
  }
  const text = `${what}, so it went back to the last good state and goes on at half the rate.`;
  return { state: next, action: { kind: 'rollBack', learningRateFactor: rollBackFactor, text, said } };
}

/** What is known of the run's way ahead. */
export interface RunAhead {
  /** Planned rounds. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly peakRate: number;
  /** Planned rate at the end of a round, counted from 1. */
  readonly rateAfter: (epoch: number) => number;
}

/** Takes in a finished round: whether to stop, and one sentence for the operator. A round that was not judged keeps the last verdict. */
export function watchEpoch(
  state: WatchState,
  seen: EpochSeen,
  ahead: RunAhead,
): {
  readonly state: WatchState;
  readonly stop: boolean;
  /** What to multiply the rest of the schedule by: 1, or less where it forgets what it knew. */
  readonly learningRateFactor: number;
  readonly words: EpochWords;
} {
  const epochs = [...state.epochs.filter(({ epoch }) => epoch < seen.epoch), seen];
  const left = roundsUntilStop(epochs, ahead);
  const stop = left === 0 && seen.epoch < ahead.epochs;
  if (!stop && seen.epoch < ahead.epochs && isForgetting(epochs, state.loweredAt)) {
    const lowered = { ...state, epochs, loweredAt: seen.epoch };
    return { state: lowered, stop, learningRateFactor: rollBackFactor, words: epochWords.forgot };
  }
  return {
    state: { ...state, epochs },
    stop,
    learningRateFactor: 1,
    words: stop ? epochWords.stops(roundsWithoutGain(epochs)) : wordsFor(epochs, left, ahead),
  };
}

/** A fall in mAP50 of this much, twice in a row, is no noise. */
const clearFall = 0.04;

/** Whether the last two results since the rate was last halved are both clearly below the best there was. */
export function isForgetting(epochs: readonly EpochSeen[], loweredAt: number): boolean {
  const judged = epochs.filter((seen) => seen.mAP50 !== null);
  const best = Math.max(...judged.map(({ mAP50 }) => mAP50 ?? 0));
  const latest = judged.filter(({ epoch }) => epoch > loweredAt).slice(-2);
  return latest.length === 2 && latest.every(({ mAP50 }) => (mAP50 ?? 0) < best - clearFall);
}

/** An mAP50 gain below this is noise on a few dozen validation pictures. */
export const leastGain = 0.003;

/** Rounds since mAP50 last rose by more than `leastGain`; rounds that were not evaluated count. 0 when the last one did. */
export function roundsWithoutGain(epochs: readonly EpochSeen[]): number {
  let best = -Infinity;
  let bestEpoch = epochs[0]?.epoch ?? 0;
  for (const { epoch, mAP50 } of epochs) {
    if (mAP50 !== null && mAP50 > best + leastGain) {
      best = mAP50;
      bestEpoch = epoch;
    }
  }
  return (epochs.at(-1)?.epoch ?? 0) - bestEpoch;
}

/** How many rounds without a gain are waited for: a quarter of the run, 4 at least. */
export function patienceOf(epochs: number): number {
  return Math.max(4, Math.ceil(epochs / 4));
}

/** Small sets have short rounds: nothing is judged before this many steps. */
const fewestStepsToStop = 200;
/** While the rate is high the result jumps and improves again once it falls; below this share of the peak it is settling. */
const decayedShare = 0.2;

/**
 * Rounds until early stopping, if nothing improves from here on: the patience must be used up, the rate have decayed
 * below a fifth of its peak, and 200 steps be done. Infinity where the run ends first, or nothing was evaluated.
 */
export function roundsUntilStop(epochs: readonly EpochSeen[], ahead: RunAhead): number {
  const last = epochs.at(-1);
  if (last === undefined || !epochs.some(({ mAP50 }) => mAP50 !== null)) return Infinity;
  const without = roundsWithoutGain(epochs);
  for (let epoch = last.epoch; epoch < ahead.epochs; epoch++) {
    const waited = without + epoch - last.epoch >= patienceOf(ahead.epochs);
    const decayed = ahead.rateAfter(epoch) <= decayedShare * ahead.peakRate;
    if (waited && decayed && epoch * ahead.stepsPerEpoch >= fewestStepsToStop) return epoch - last.epoch;
  }
  return Infinity;
}

/** Whether neither mAP50 nor the training loss has moved over the last four rounds. */
export function isPlateau(epochs: readonly EpochSeen[]): boolean {
  if (epochs.length < 6 || roundsWithoutGain(epochs) < 4) return false;
  const totals = epochs.slice(-5).map(({ train }) => train.total);
  return (totals.at(-1) ?? 0) > 0.97 * (totals[0] ?? 0);
}

/**
 * Whether it learns the training pictures by heart: the validation loss is 10 % above its lowest of three rounds or
 * more ago and was so in the last two rounds, while the training loss kept falling, and mAP50 does not gain.
 */
export function isOverfitting(epochs: readonly EpochSeen[]): boolean {
  const measured = epochs.filter(({ validation }) => validation !== null);
  const totals = measured.map(({ validation }) => validation?.total ?? Infinity);
  const lowest = totals.indexOf(Math.min(...totals));
  if (lowest < 0 || totals.length - 1 - lowest < 3 || roundsWithoutGain(epochs) < 3) return false;
  const risen = totals.slice(-2).every((total) => total > 1.1 * (totals[lowest] ?? Infinity));
  return risen && (measured.at(-1)?.train.total ?? 0) < 0.97 * (measured[lowest]?.train.total ?? 0);
}

/** From this gain in one round on it goes quickly. */
const quickGain = 0.03;

function wordsFor(epochs: readonly EpochSeen[], left: number, ahead: RunAhead): EpochWords {
  const evaluated = epochs.flatMap(({ mAP50 }) => (mAP50 === null ? [] : [mAP50]));
  const latest = evaluated.at(-1);
  if (latest === undefined) return epochWords.learning;
  if (evaluated.length === 1) return epochs.at(-1)?.mAP50 === null ? epochWords.learning : epochWords.first;
  const before = Math.max(...evaluated.slice(0, -1));
  if (latest > before + quickGain) return epochWords.quickly;
  if (latest > before + leastGain) return epochWords.better;
  if (isOverfitting(epochs)) return epochWords.byHeart;
  if (roundsWithoutGain(epochs) < 2) return epochWords.asBefore;
  if (left <= 10) return epochWords.stopsIn(left);
  const remaining = ahead.epochs - (epochs.at(-1)?.epoch ?? 0);
  if (remaining === 0) return epochWords.done;
  return isPlateau(epochs) ? epochWords.standsStill : epochWords.hardly(remaining);
}
