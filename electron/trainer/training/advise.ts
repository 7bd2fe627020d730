import type { Advice, AdvisedSettings } from '../../../shared/advice';
import type { DetectorPlan, TrainingResult } from '../../../shared/contract';
import { smallestVisible } from '../../../shared/layout';
import { shortcomings, type ScoredPoint } from '../../../shared/score';
import { scaleRate, shareOfTurn } from '../batchSize/recommend';
import { planSteps } from './plan';
import {
  bestScore,
  isOverfitting,
  learnsPlacesOnly,
  leastGain,
  lossFell,
  roundsSinceLowest,
  roundsWithoutGain,
  type EpochSeen,
} from './signs';
import { twoDigits } from '../twoDigits';

/** A run, as the advisor reads it. */
export interface FinishedRun {
  readonly epochs: readonly EpochSeen[];
  readonly plannedEpochs: number;
  /** How it ended; null where it broke off. */
  readonly stoppedBy: TrainingResult['stoppedBy'] | null;
  readonly rollBacks: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly schedule: AdvisedSettings['schedule'];
  readonly trainPictures: number;
  /** Largest batch that fits in memory, if it was measured. */
  readonly largestBatch?: number;
  /** Where a loss turned up in the sweep. */
  readonly divergence?: number;
  /** The rate that the sweep found, where it was sure enough, and the batch size that it is for. */
  readonly found?: { readonly learningRate: number; readonly batchSize: number };
  readonly plan: Pick<DetectorPlan, 'smallestPixels' | 'inputWidth' | 'inputHeight' | 'tilingOffer'>;
  /** By class name: how well it is found, and how many of its boxes were trained on. */
  readonly classes: Readonly<Record<string, { readonly AP50: number | null; readonly trainBoxes: number }>>;
  /** At the chosen threshold, once it has been tested. */
  readonly tested?: TestedAt;
  /** Whether, if it has not ended, it is the one that is gone on with. */
  readonly canGoOn: boolean;
  /** The other runs of the project that learned from the same pictures and boxes. */
  readonly others: readonly OtherRun[];
}

/** Wrong reports are told by what is wrong with them; those that are not counted apart are false alarms. */
export interface TestedAt extends ScoredPoint {
  readonly badBoxes?: number | undefined;
  /** The wrong name that is given most often: parts called `label` are taken for `taken`. */
  readonly mixedUp?: { readonly label: string; readonly taken: string };
}

export interface OtherRun extends AdvisedSettings {
  readonly run: string;
  /** Of its best round on the validation pictures. */
  readonly mAP50: number;
  /** False where it was paused or broke off: then its settings have not been tried to the end. */
  readonly ended: boolean;
}

type Rule = (run: FinishedRun) => Advice | undefined;

/**
 * One suggestion after a run, the likeliest to help, or undefined where there is nothing to better. The order is that of
 * causes: a run that broke says nothing else; parts that cannot be seen are not mended by any rate; a rate far from the one
 * that was found explains all that follows; then too short, names that cannot be learned, too slow, too few examples,
 * learned by heart; last, what the test pictures lack. What has been tried is not suggested again. Of a run that has not
 * ended its end says nothing: then only what was wrong from its start.
 */
export function advise(run: FinishedRun): Advice | undefined {
  const fromTheStart = [tooSmallToSee, farFromFound];
  const causes = hasEnded(run)
    ? [
        ...fromTheStart,
        stillImproving,
        namesUnclear,
        learnedTooLittle,
        weakClass,
        learnedByHeart,
        seesTooMuch,
        seesTooLittle,
      ]
    : [...fromTheStart, notEnded];
  for (const rule of [wasBetter, ...(isBroken(run) ? [brokeDown] : causes)]) {
    const advice = rule(run);
    if (advice !== undefined && !wasTried(advice, run.others)) return advice;
  }
  return undefined;
}

/** Beyond this there is little to gain by settings. */
const goodEnough = 0.95;
/** A difference between two runs below this is chance. */
const clearlyBetter = 0.01;

/** The change that was tried did not help: the best run of the project is another one. */
const wasBetter: Rule = (run) => {
  const [best] = [...run.others].sort((a, b) => b.mAP50 - a.mAP50);
  const than = bestOf(run);
  if (best === undefined || !hasEnded(run) || run.epochs.length === 0 || best.mAP50 < than + clearlyBetter)
    return undefined;
  return { kind: 'earlierRun', run: best.run, mAP50: best.mAP50, than };
};

function hasEnded({ stoppedBy }: FinishedRun): boolean {
  return stoppedBy !== null && stoppedBy !== 'operator';
}

/** It was paused, or broke off. */
const notEnded: Rule = (run) =>
  run.canGoOn ? { kind: 'goOn', done: run.epochs.at(-1)?.epoch ?? 0, planned: run.plannedEpochs } : undefined;

/** It ran away, or had to be rolled back twice. */
function isBroken({ stoppedBy, rollBacks }: FinishedRun): boolean {
  return stoppedBy === 'diverged' || rollBacks >= 2;
}

/** The rate was too high: half of it, or the found one where that is lower still. What has been tried is halved again. */
const brokeDown: Rule = (run) => {
  if (!isBroken(run)) return undefined;
  const slower = (learningRate: number): Advice => ({
    kind: 'slower',
    settings: changed(run, { learningRate }),
    from: run.learningRate,
    rollBacks: Math.max(1, run.rollBacks),
  });
  const start = Math.min(run.learningRate / 2, foundHere(run) ?? Infinity);
  const candidates = [1, 2, 4].map((times) => slower(twoDigits(start / times)));
  return candidates.find((candidate) => !wasTried(candidate, run.others));
};

/** Parts too small at the detector's input. */
const tooSmallToSee: Rule = (run) => {
  const { smallestPixels: pixels, inputWidth, inputHeight, tilingOffer } = run.plan;
  if (pixels >= smallestVisible || bestOf(run) >= 0.9) return undefined;
  if (tilingOffer !== undefined) {
    return { kind: 'tiling', pixels, tiledPixels: tilingOffer.smallestPixels, views: tilingOffer.views };
  }
  return { kind: 'smallParts', pixels, inputWidth, inputHeight };
};

/** Within so many times of the found rate trainings end alike (docs/studies/lr-grid-*). */
const farFrom = 2.5;

/** The found rate at the run's batch size, as the chain carries it over; undefined where none was found. */
function foundHere({ found, divergence, batchSize }: FinishedRun): number | undefined {
  return found && scaleRate({ ...found, ...(divergence !== undefined && { divergence }) }, batchSize).learningRate;
}

/**
 * The rate is far from the one that the sweep found. Its curves do not tell: under a schedule that falls, a run still gets
 * better at its end whether its rate was far too high or far too low. At another batch size, what the chain would take there.
 */
const farFromFound: Rule = (run) => {
  const { found, largestBatch } = run;
  const here = foundHere(run);
  if (
    found === undefined ||
    here === undefined ||
    bestOf(run) >= goodEnough ||
    found.batchSize > (largestBatch ?? found.batchSize)
  ) {
    return undefined;
  }
  if (Math.abs(Math.log(run.learningRate / here)) < Math.log(farFrom)) return undefined;
  return { kind: 'foundRate', settings: changed(run, found), from: run.learningRate };
};

/** It was cut off while the result still rose. */
const stillImproving: Rule = (run) => {
  const evaluated = run.epochs.filter(({ mAP50 }) => mAP50 !== null);
  const fifth = Math.max(2, Math.ceil(evaluated.length / 5));
  if (run.stoppedBy === 'earlyStopping' || evaluated.length < 2 * fifth || bestOf(run) >= goodEnough) return undefined;
  const gained = bestScore(evaluated.slice(-fifth)) - bestScore(evaluated.slice(0, -fifth));
  if (gained < 3 * leastGain) return undefined;
  const rounds = (evaluated.at(-1)?.epoch ?? 0) - (evaluated.at(-fifth - 1)?.epoch ?? 0);
  return { kind: 'stillRising', settings: longer(run), from: run.plannedEpochs, gained, rounds };
};

/** Places were learned and names were not. Once it was tested, what it reports says which boxes to look at. */
const namesUnclear: Rule = (run) => {
  const { epochs, tested } = run;
  if (epochs.length < 3 || !learnsPlacesOnly(epochs)) return undefined;
  if (tested !== undefined) return seesTooMuch(run);
  return {
    kind: 'unclearNames',
    placed: lossFell(epochs, 'regression'),
    named: lossFell(epochs, 'classification'),
  };
};

/** The seed's "underperforming": twice the rate, or the batch where the rate is at its limit. */
const learnedTooLittle: Rule = (run) => {
  const last = run.epochs.at(-1);
  if (last === undefined || run.epochs.length < 3 || bestOf(run) >= 0.8 || learnsPlacesOnly(run.epochs))
    return undefined;
  const fell = lossFell(run.epochs);
  const gap = (last.validation?.total ?? last.train.total) / last.train.total;
  if (fell > 0.5 || gap > 1.3 || isOverfitting(run.epochs)) return undefined;
  const learningRate = twoDigits(2 * run.learningRate);
  const batchSize = 2 * run.batchSize;
  const { divergence = Infinity } = run;
  const near = learningRate > shareOfTurn * divergence;
  const candidates: Advice[] = [
    ...(!near
      ? [{ kind: 'faster' as const, settings: changed(run, { learningRate }), from: run.learningRate, fell }]
      : []),
    ...(batchSize <= (run.largestBatch ?? batchSize)
      ? [
          {
            kind: 'largerBatch' as const,
            settings: changed(run, { batchSize }),
            from: run.batchSize,
            fell,
            ...(near && { divergence }),
          },
        ]
      : []),
    { kind: 'longer', settings: longer(run), from: run.plannedEpochs, fell },
  ];
  return candidates.find((candidate) => !wasTried(candidate, run.others));
};

/** A class with fewer examples than this can hardly be judged by its rate. */
const enoughBoxes = 100;

/** One class is far behind the best and has few examples. */
const weakClass: Rule = (run) => {
  const known = Object.entries(run.classes).flatMap(([label, { AP50, trainBoxes }]) =>
    AP50 === null ? [] : [{ label, AP50, trainBoxes }],
  );
  const best = Math.max(...known.map(({ AP50 }) => AP50));
  const [worst] = known
    .filter(
      ({ AP50, trainBoxes }) => AP50 < goodEnough && trainBoxes < enoughBoxes && (AP50 < best - 0.1 || AP50 < 0.8),
    )
    .sort((a, b) => a.AP50 - b.AP50);
  if (worst === undefined) return undefined;
  const { label, AP50: found, trainBoxes: shown } = worst;
  return { kind: 'morePictures', label, found, shown, wanted: Math.max(enoughBoxes, 2 * shown) };
};

/** The seed's "overfitting": half the rate, and half the batch from 16 on. */
const learnedByHeart: Rule = (run) => {
  if (!isOverfitting(run.epochs) || bestOf(run) >= goodEnough) return undefined;
  const settings = {
    learningRate: twoDigits(run.learningRate / 2),
    batchSize: run.batchSize >= 16 ? Math.floor(run.batchSize / 2) : run.batchSize,
    epochs: run.plannedEpochs,
    schedule: run.schedule,
  };
  const rounds = run.epochs.some(({ mAP50 }) => mAP50 !== null)
    ? roundsWithoutGain(run.epochs)
    : roundsSinceLowest(run.epochs);
  return { kind: 'gentler', settings, from: run.learningRate, fromBatch: run.batchSize, rounds };
};

/** Its reports are wrong more often than parts are missed, or in too many pictures: what is wrong with most of them. */
const seesTooMuch: Rule = ({ tested }) => {
  if (tested === undefined) return undefined;
  const { misses, reportsWrongly, disturbs } = shortcomings(tested);
  if (reportsWrongly ? tested.precision >= tested.recall : misses || !disturbs) return undefined;
  const { precision, falseAlarms, wrongParts = 0, badBoxes = 0, mixedUp } = tested;
  if (mixedUp !== undefined && wrongParts > Math.max(falseAlarms, badBoxes)) {
    return { kind: 'wrongNames', precision, ...mixedUp };
  }
  return { kind: badBoxes > falseAlarms ? 'badBoxes' : 'falseAlarms', precision };
};

/** Parts are missed. */
const seesTooLittle: Rule = ({ tested }) => {
  if (tested === undefined) return undefined;
  const { misses, reportsWrongly } = shortcomings(tested);
  return misses || reportsWrongly ? { kind: 'missed', recall: tested.recall } : undefined;
};

/** The run's settings with these changes. A larger batch makes fewer steps of a round: then the rounds are planned anew. */
function changed(run: FinishedRun, change: { learningRate?: number; batchSize?: number }): AdvisedSettings {
  const { learningRate, trainPictures, plannedEpochs, schedule } = run;
  const batchSize = change.batchSize ?? run.batchSize;
  const planned = batchSize === run.batchSize ? 0 : planSteps({ trainPictures, batchSize }).epochs;
  return {
    learningRate: change.learningRate ?? learningRate,
    batchSize,
    epochs: Math.max(plannedEpochs, planned),
    schedule,
  };
}

function longer({ learningRate, batchSize, plannedEpochs, schedule }: FinishedRun): AdvisedSettings {
  return { learningRate, batchSize, epochs: 2 * plannedEpochs, schedule };
}

function wasTried(advice: Advice, others: readonly OtherRun[]): boolean {
  if (!('settings' in advice)) return false;
  const { learningRate, batchSize, epochs, schedule } = advice.settings;
  return others.some(
    (other) =>
      other.ended &&
      other.learningRate === learningRate &&
      other.batchSize === batchSize &&
      other.schedule === schedule &&
      other.epochs >= epochs,
  );
}

function bestOf(run: FinishedRun): number {
  return bestScore(run.epochs);
}
