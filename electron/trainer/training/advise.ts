import type { DetectorPlan, TrainingResult } from '../../../shared/contract';
import { isOverfitting, leastGain, roundsWithoutGain, type EpochSeen } from './watch';

/** A finished run, as the advisor reads it. */
export interface FinishedRun {
  readonly epochs: readonly EpochSeen[];
  readonly plannedEpochs: number;
  readonly stoppedBy: TrainingResult['stoppedBy'];
  readonly rollBacks: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Largest batch that fits in memory, if it was measured. */
  readonly largestBatch?: number;
  /** Where a loss turned up in the sweep. */
  readonly divergence?: number;
  readonly plan: Pick<DetectorPlan, 'smallestPixels' | 'inputWidth' | 'inputHeight'>;
  /** By class name: how well it is found, and how many of its boxes were trained on. */
  readonly classes: Readonly<Record<string, { readonly AP50: number | null; readonly trainBoxes: number }>>;
}

/** What to run next: settings to change, each with its new value. */
export interface AdvisedChange {
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  /** More pictures with parts of this class. */
  readonly picturesOf?: string;
  /** Cut pictures into tiles of the detector's input size. */
  readonly tiling?: true;
}

export interface Advice {
  readonly kind: 'slower' | 'tiling' | 'longer' | 'faster' | 'morePictures' | 'gentler';
  /** One sentence: what to do. */
  readonly text: string;
  /** One sentence: what in the run says so. */
  readonly reason: string;
  readonly change: AdvisedChange;
}

type Rule = (run: FinishedRun) => Advice | undefined;

/**
 * One suggestion after a run, the likeliest to help, or undefined where there is nothing to better. The order is that of
 * causes: a run that broke says nothing else; parts that cannot be seen are not mended by any rate; then too short, too
 * slow, too few examples, learned by heart.
 */
export function advise(run: FinishedRun): Advice | undefined {
  for (const rule of [brokeDown, tooSmallToSee, stillImproving, learnedTooLittle, weakClass, learnedByHeart]) {
    const advice = rule(run);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

/** Beyond this there is little to gain by settings. */
const goodEnough = 0.95;

/** The rate was too high: it ran away, or had to be rolled back twice. */
export const brokeDown: Rule = (run) => {
  if (run.stoppedBy !== 'diverged' && run.rollBacks < 2) return undefined;
  const learningRate = twoDigits(run.learningRate / 2);
  return {
    kind: 'slower',
    text: `Train again at half the rate, ${learningRate}.`,
    reason: `At ${run.learningRate} the loss ran away ${times(Math.max(1, run.rollBacks))}.`,
    change: { learningRate },
  };
};

/** Below this many pixels at the detector's input a part has hardly any features left (SEED.md: 2.7×4.7 px cannot be learned). */
const leastPixels = 8;

/** Parts too small at the detector's input. */
export const tooSmallToSee: Rule = (run) => {
  const { smallestPixels, inputWidth, inputHeight } = run.plan;
  if (smallestPixels >= leastPixels || bestOf(run) >= 0.9) return undefined;
  return {
    kind: 'tiling',
    text: 'Cut the pictures into tiles, so that small parts keep their pixels.',
    reason: `The smallest parts are ${smallestPixels.toFixed(1)} px at ${inputWidth}×${inputHeight}, too few to learn from.`,
    change: { tiling: true },
  };
};

/** It was cut off while the result still rose. */
export const stillImproving: Rule = (run) => {
  const evaluated = run.epochs.filter(({ mAP50 }) => mAP50 !== null);
  const fifth = Math.max(2, Math.ceil(evaluated.length / 5));
  if (run.stoppedBy === 'earlyStopping' || evaluated.length < 2 * fifth || bestOf(run) >= goodEnough) return undefined;
  const late = bestIn(evaluated.slice(-fifth)) - bestIn(evaluated.slice(0, -fifth));
  if (late < 3 * leastGain) return undefined;
  const epochs = 2 * run.plannedEpochs;
  return {
    kind: 'longer',
    text: `Train longer: ${epochs} rounds instead of ${run.plannedEpochs}.`,
    reason: `In the last ${fifth} rounds it still got better, by ${points(late)} points.`,
    change: { epochs },
  };
};

/** The seed's "underperforming": twice the rate, or the batch where the rate is at its limit. */
export const learnedTooLittle: Rule = (run) => {
  const first = run.epochs[0];
  const last = run.epochs.at(-1);
  if (first === undefined || last === undefined || run.epochs.length < 3 || bestOf(run) >= 0.8) return undefined;
  const fell = 1 - last.train.total / first.train.total;
  const gap = (last.validation?.total ?? last.train.total) / last.train.total;
  if (fell > 0.5 || gap > 1.3 || isOverfitting(run.epochs)) return undefined;
  const reason = `The training loss fell by only ${Math.round(100 * Math.max(0, fell))} %, and is about the same on pictures it has not seen: it has learned too little.`;
  const learningRate = twoDigits(2 * run.learningRate);
  const batchSize = 2 * run.batchSize;
  if (learningRate <= (run.divergence ?? Infinity) / 3) {
    return {
      kind: 'faster',
      text: `Train again at twice the rate, ${learningRate}.`,
      reason,
      change: { learningRate },
    };
  }
  if (batchSize <= (run.largestBatch ?? batchSize)) {
    const text = `Train again with ${batchSize} pictures at a time instead of ${run.batchSize}; a higher rate would run away.`;
    return { kind: 'faster', text, reason, change: { batchSize } };
  }
  const epochs = 2 * run.plannedEpochs;
  return {
    kind: 'longer',
    text: `Train longer: ${epochs} rounds instead of ${run.plannedEpochs}.`,
    reason,
    change: { epochs },
  };
};

/** A class with fewer examples than this can hardly be judged by its rate. */
const enoughBoxes = 100;

/** One class is far behind the best and has few examples. */
export const weakClass: Rule = (run) => {
  const known = Object.entries(run.classes).flatMap(([name, { AP50, trainBoxes }]) =>
    AP50 === null ? [] : [{ name, AP50, trainBoxes }],
  );
  const best = Math.max(...known.map(({ AP50 }) => AP50));
  const poor = known
    .filter(
      ({ AP50, trainBoxes }) => AP50 < goodEnough && trainBoxes < enoughBoxes && (AP50 < best - 0.1 || AP50 < 0.8),
    )
    .sort((a, b) => a.AP50 - b.AP50);
  const worst = poor[0];
  if (worst === undefined) return undefined;
  return {
    kind: 'morePictures',
    text: `Add pictures with "${worst.name}", until it is shown about ${Math.max(enoughBoxes, 2 * worst.trainBoxes)} times.`,
    reason: `It is found worst (${points(worst.AP50)} of 100) and was shown only ${worst.trainBoxes} times.`,
    change: { picturesOf: worst.name },
  };
};

/** The seed's "overfitting": half the rate, and half the batch from 16 on. */
export const learnedByHeart: Rule = (run) => {
  if (!isOverfitting(run.epochs) || bestOf(run) >= goodEnough) return undefined;
  const learningRate = twoDigits(run.learningRate / 2);
  const batchSize = run.batchSize >= 16 ? run.batchSize / 2 : run.batchSize;
  const batchText = batchSize < run.batchSize ? ` and with ${batchSize} pictures at a time` : '';
  return {
    kind: 'gentler',
    text: `Train again at half the rate, ${learningRate}${batchText}; more pictures would help even more.`,
    reason: `It got better on the training pictures and worse on others, for ${roundsWithoutGain(run.epochs)} rounds: it learned them by heart.`,
    change: batchSize < run.batchSize ? { learningRate, batchSize } : { learningRate },
  };
};

function bestOf(run: FinishedRun): number {
  return bestIn(run.epochs);
}

function bestIn(epochs: readonly EpochSeen[]): number {
  return Math.max(0, ...epochs.map(({ mAP50 }) => mAP50 ?? 0));
}

function points(share: number): string {
  return (100 * share).toFixed(share < 0.1 ? 1 : 0);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function twoDigits(rate: number): number {
  return Number(rate.toPrecision(2));
}
