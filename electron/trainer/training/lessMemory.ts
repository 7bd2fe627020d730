import type { Said } from '../../../shared/said';
import { type RecommendRequest, scaleRate, smallestUseful } from '../batchSize/recommend';
import type { FormerPlan } from './resume';
import { peakRate, planSchedule } from './schedule';
import type { TrainingConfig } from './train';

type Settings = Pick<TrainingConfig, 'batchSize' | 'accumulate' | 'epochs' | 'schedule'> & {
  readonly learningRate: number;
  /** Oldest first: the last checkpoint may be of any of them. */
  readonly former?: readonly FormerPlan[] | undefined;
};

export interface LessMemory {
  readonly settings: Settings;
  /** What was done, in one sentence. */
  readonly text: string;
  readonly said: Said;
}

/**
 * The same training with less memory: half the batch, with the rate that would have been planned for it, the schedule
 * planned anew. A batch that would become too small for its loss to be steady goes through the engine in parts instead,
 * which changes nothing but the time.
 * @param trainPictures pictures, or views of them, in a round
 * @param found the rate that trainings are planned from
 * @returns undefined where a single picture is at work already
 */
export function withLessMemory(
  settings: Settings,
  trainPictures: number,
  found: RecommendRequest['found'],
): LessMemory | undefined {
  const { batchSize, accumulate, learningRate, epochs, schedule, former = [] } = settings;
  const half = Math.floor(batchSize / 2);
  if (accumulate === 1 && half >= smallestUseful) {
    const rate = rateForHalf(settings, half, found);
    const factor = rate / learningRate;
    const steps = epochs * Math.ceil(trainPictures / half);
    const before = peakRate(schedule);
    const takeOff = schedule.kind === 'triangular' ? schedule.base * factor : undefined;
    const how =
      rate === learningRate
        ? `and with the rate ${rate} as before`
        : `and with the rate ${rate} instead of ${learningRate}, as planned for that many`;
    return {
      settings: {
        ...{ batchSize: half, accumulate, learningRate: rate, epochs },
        schedule: planSchedule(schedule.kind, before * factor, steps, takeOff),
        former: [...former, { batchSize, peak: before }],
      },
      text: `The memory did not suffice for ${batchSize} pictures at a time. It goes on with ${half}, ${how}.`,
      said: { code: 'watchHalfBatch', values: { before: batchSize, count: half, rate } },
    };
  }
  const atOnce = Math.floor(Math.ceil(batchSize / accumulate) / 2);
  if (atOnce < 1) return undefined;
  return {
    settings: { ...settings, accumulate: Math.ceil(batchSize / atOnce) },
    text: `The memory did not suffice. It goes on with ${batchSize} pictures in each step, ${atOnce} of them at once: the same learning, somewhat slower.`,
    said: { code: 'watchInParts', values: { batch: batchSize, count: atOnce } },
  };
}

/** From the found rate, as the chain carries it, where the training's own was; a rate that the operator chose, in proportion. */
function rateForHalf({ batchSize, learningRate }: Settings, half: number, found: RecommendRequest['found']): number {
  const isPlanned = scaleRate(found, batchSize).learningRate === learningRate;
  return scaleRate(isPlanned ? found : { learningRate, batchSize }, half).learningRate;
}
