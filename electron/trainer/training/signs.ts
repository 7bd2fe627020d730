import type { EpochReport, Losses } from '../../../shared/contract';

/** What the curves of a training show: pure functions of its rounds, for the watch while it runs and for the advice after it. */

/** What the watch reads of an epoch. */
export type EpochSeen = Pick<EpochReport, 'epoch' | 'train' | 'validation' | 'mAP50' | 'learningRate'>;

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

/** Highest mAP50 of the rounds, 0 where none was judged. */
export function bestScore(epochs: readonly EpochSeen[]): number {
  return Math.max(0, ...epochs.map(({ mAP50 }) => mAP50 ?? 0));
}

/** The validation loss over the training loss at the last round that was judged; undefined where none was. */
function lastGap(epochs: readonly EpochSeen[]): number | undefined {
  const judged = epochs.findLast(({ validation, mAP50 }) => validation !== null && mAP50 !== null);
  return judged?.validation ? judged.validation.total / judged.train.total : undefined;
}

/** Rounds since the validation loss was lowest: for logs that tell no mAP50. 0 where none was measured. */
export function roundsSinceLowest(epochs: readonly EpochSeen[]): number {
  const measured = epochs.filter(({ validation }) => validation !== null);
  const totals = measured.map(({ validation }) => validation?.total ?? Infinity);
  const lowest = measured[totals.indexOf(Math.min(...totals))];
  return (measured.at(-1)?.epoch ?? 0) - (lowest?.epoch ?? 0);
}

/** A fall in mAP50 of this much, twice in a row, is no noise. */
const clearFall = 0.04;

/** Whether the last two results since the rate was last halved are both clearly below the best there was. */
export function isForgetting(epochs: readonly EpochSeen[], loweredAt: number): boolean {
  const latest = epochs.filter(({ epoch, mAP50 }) => mAP50 !== null && epoch > loweredAt).slice(-2);
  return latest.length === 2 && latest.every(({ mAP50 }) => (mAP50 ?? 0) < bestScore(epochs) - clearFall);
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

/** A run is not called slow before a third of its rounds, five of them and a hundred steps. */
const shareToLearn = 1 / 3;
const fewestRoundsToLearn = 5;
const fewestStepsToLearn = 100;
/** By then, trainings that ended well had lost 45 % of their first loss and more, and found 85 of 100 (recordedCurves.json). */
const leastFall = 0.4;
const littleFound = 0.8;
/** Validation losses of slow trainings lie this near to the training loss; of fast ones far below it, as weights are averaged. */
const sameLoss = [0.85, 1.3] as const;

/**
 * Share that the training loss, or a part of it, has fallen by since the first round, as the mean of the last three rounds.
 * @returns 0…1; 0 where it rose, or nothing was learned yet
 */
export function lossFell(epochs: readonly EpochSeen[], part: keyof Losses = 'total'): number {
  const first = epochs[0];
  const last = epochs.slice(-3);
  if (first === undefined) return 0;
  return Math.max(0, 1 - last.reduce((sum, { train }) => sum + train[part], 0) / last.length / first.train[part]);
}

/** A regression loss that has fallen by this much shows that the rate suffices to learn by. */
const placesLearned = 0.5;
/**
 * The classification loss falls with it: by 0.67 of that share and more in trainings that went well or slowly, by 0.39 and
 * 0.46 of it in two whose names had been drawn by lot (recordedRuns.json has one).
 */
const namesLag = 0.55;

/**
 * Whether it learns where parts are, but hardly what they are, and finds few of them under their names. No rate changes
 * that: the names contradict each other, parts lack their boxes, or look the same. Where the rate is too high the averaged
 * weights are far better on the validation pictures than the training loss tells: then it says nothing.
 */
export function learnsPlacesOnly(epochs: readonly EpochSeen[]): boolean {
  const placed = lossFell(epochs, 'regression');
  return (
    (lastGap(epochs) ?? 0) >= sameLoss[0] &&
    bestScore(epochs) < littleFound &&
    placed >= placesLearned &&
    lossFell(epochs, 'classification') < namesLag * placed
  );
}

/**
 * Whether it hardly learns: a third of the run is over, the training loss has fallen by less than two fifths, it is about
 * the same on pictures that it does not learn from, and mAP50 is low.
 */
export function isUnderfitting(
  epochs: readonly EpochSeen[],
  ahead: { readonly epochs: number; readonly stepsPerEpoch: number },
): boolean {
  const last = epochs.at(-1)?.epoch ?? 0;
  const gap = lastGap(epochs);
  if (gap === undefined || last < Math.max(fewestRoundsToLearn, shareToLearn * ahead.epochs)) return false;
  return (
    last * ahead.stepsPerEpoch >= fewestStepsToLearn &&
    gap >= sameLoss[0] &&
    gap <= sameLoss[1] &&
    bestScore(epochs) < littleFound &&
    lossFell(epochs) < leastFall
  );
}
