import type { Said } from '../../../shared/said';
import { lossOfGuessing } from '../detector/multiboxLoss';
import { epochWords, type EpochWords } from './epochWords';
import {
  type EpochSeen,
  isForgetting,
  isOverfitting,
  isPlateau,
  isUnderfitting,
  learnsPlacesOnly,
  leastGain,
  lossFell,
  roundsWithoutGain,
} from './signs';

/** Plain data: goes into the checkpoint, so that a resumed run is watched as if it had not stopped. */
export interface WatchState {
  /** Running average of the total loss, not yet corrected for its bias, and how many steps are in it. */
  readonly average: number;
  readonly count: number;
  /** Lowest corrected average so far, at most that of guessing. */
  readonly best: number;
  readonly rollBacks: number;
  readonly epochs: readonly EpochSeen[];
  /** Round after which the rate was last halved because the result fell; 0 before. */
  readonly loweredAt: number;
}

/** No loss is better than guessing at first: one that explodes in the first steps is no level to compare later ones with. */
export function freshWatch(classes: number): WatchState {
  return { average: 0, count: 0, best: lossOfGuessing(classes), rollBacks: 0, epochs: [], loweredAt: 0 };
}

export type StepAction =
  | { readonly kind: 'goOn' }
  /** Go back to the last good state and multiply the schedule by the factor. */
  | { readonly kind: 'rollBack'; readonly learningRateFactor: number; readonly text: string; readonly said: Said }
  /** Rolling back did not help: stop and keep the best state. `nothingLearned`: what to say where there is none. */
  | { readonly kind: 'giveUp'; readonly text: string; readonly said: Said; readonly nothingLearned: Spoken };

/** The same sentence in English and for the page. */
interface Spoken {
  readonly text: string;
  readonly said: Said;
}

/** About the last ten steps. */
const smoothing = 0.9;
/** The average must have settled before it can be judged. */
const fewestStepsToJudge = 10;
/** The finder stops at 4× the best; a training must react before it is lost. */
const riseThatDiverges = 3;
const rollBackFactor = 0.5;
/** After three halvings the rate is an eighth: then it is not the rate. */
const mostRollBacks = 3;

/** A step whose loss was no finite number: relative to the project, the picture that stands out. */
export interface NotFinite {
  readonly picture: string;
}

/** Takes in the total loss of a step, before its update. */
export function watchStep(
  state: WatchState,
  total: number | NotFinite,
): { readonly state: WatchState; readonly action: StepAction } {
  if (typeof total !== 'number') return rollBack(state, notFiniteAt(total));
  const average = smoothing * state.average + (1 - smoothing) * total;
  const count = state.count + 1;
  const corrected = average / (1 - smoothing ** count);
  const settled = count >= fewestStepsToJudge;
  if (settled && diverges(corrected, state.best)) return rollBack(state, roseTooFar);
  const best = settled ? Math.min(corrected, state.best) : state.best;
  return { state: { ...state, average, count, best }, action: { kind: 'goOn' } };
}

/** Whether a smoothed loss is so far above its best that the training is running away. */
export function diverges(smoothed: number, best: number): boolean {
  return smoothed > riseThatDiverges * best;
}

interface Trouble {
  readonly what: string;
  readonly check: string;
  readonly saidBack: Said;
  readonly saidGaveUp: Said;
  readonly saidNothing: Said;
}

const roseTooFar: Trouble = {
  what: 'The loss rose to three times its best',
  check: 'Find the learning rate again, and check the pictures and labels.',
  saidBack: { code: 'watchRoseTooFar', values: {} },
  saidGaveUp: { code: 'watchGaveUp', values: {} },
  saidNothing: { code: 'nothingLearned', values: {} },
};

const notFiniteAt = ({ picture }: NotFinite): Trouble => ({
  what: `The loss was not a number at ${picture}`,
  check: 'Check this picture and its labels, and find the learning rate again.',
  saidBack: { code: 'watchNotANumber', values: { picture } },
  saidGaveUp: { code: 'watchGaveUpAt', values: { picture } },
  saidNothing: { code: 'nothingLearnedAt', values: { picture } },
});

function rollBack(
  state: WatchState,
  { what, check, saidBack, saidGaveUp, saidNothing }: Trouble,
): { readonly state: WatchState; readonly action: StepAction } {
  const rollBacks = state.rollBacks + 1;
  const next: WatchState = { ...state, average: 0, count: 0, rollBacks };
  if (rollBacks > mostRollBacks) {
    const again = `${what} again, although the rate was halved ${mostRollBacks} times`;
    const text = `${again}: it stops and keeps the best state. ${check}`;
    const nothingLearned = { text: `${again}, and nothing was learned. ${check}`, said: saidNothing };
    return { state: next, action: { kind: 'giveUp', text, said: saidGaveUp, nothingLearned } };
  }
  const text = `${what}, so it went back to the last good state and goes on at half the rate.`;
  return { state: next, action: { kind: 'rollBack', learningRateFactor: rollBackFactor, text, said: saidBack } };
}

/** The watch of the state that was gone back to: a best of later steps would make its own losses look like a rise. */
export function wentBackTo(good: WatchState, { rollBacks }: WatchState): WatchState {
  return { ...good, average: 0, count: 0, rollBacks };
}

/** What is known of the run's way ahead. */
export interface RunAhead {
  /** Planned rounds. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Whether the result of a round, counted from 1, is settled (schedule). */
  readonly settledAfter: (epoch: number) => boolean;
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

/** How many rounds without a gain are waited for: a quarter of the run, 4 at least. */
export function patienceOf(epochs: number): number {
  return Math.max(4, Math.ceil(epochs / 4));
}

/** Small sets have short rounds: nothing is judged before this many steps. */
const fewestStepsToStop = 200;

/**
 * Rounds until early stopping, if nothing improves from here on: the patience must be used up, the result be settled, and
 * 200 steps be done. Infinity where the run ends first, or nothing was evaluated.
 */
export function roundsUntilStop(epochs: readonly EpochSeen[], ahead: RunAhead): number {
  const last = epochs.at(-1);
  if (last === undefined || !epochs.some(({ mAP50 }) => mAP50 !== null)) return Infinity;
  const without = roundsWithoutGain(epochs);
  for (let epoch = last.epoch; epoch < ahead.epochs; epoch++) {
    const waited = without + epoch - last.epoch >= patienceOf(ahead.epochs);
    if (waited && ahead.settledAfter(epoch) && epoch * ahead.stepsPerEpoch >= fewestStepsToStop)
      return epoch - last.epoch;
  }
  return Infinity;
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
  if (isUnderfitting(epochs, ahead)) {
    return learnsPlacesOnly(epochs) ? epochWords.placesOnly : epochWords.little(Math.round(100 * lossFell(epochs)));
  }
  if (latest > before + leastGain) return epochWords.better;
  if (isOverfitting(epochs)) return epochWords.byHeart;
  if (roundsWithoutGain(epochs) < 2) return epochWords.asBefore;
  if (left <= 10) return epochWords.stopsIn(left);
  const remaining = ahead.epochs - (epochs.at(-1)?.epoch ?? 0);
  if (remaining === 0) return epochWords.done;
  return isPlateau(epochs) ? epochWords.standsStill : epochWords.hardly(remaining);
}
