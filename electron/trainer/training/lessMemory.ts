import type { Said } from '../../../shared/said';
import { scaleRate, smallestUseful } from '../batchSize/recommend';
import { peakRate, planSchedule } from './schedule';
import type { TrainingConfig } from './train';

type Settings = Pick<TrainingConfig, 'batchSize' | 'accumulate' | 'epochs' | 'schedule'> & {
  readonly learningRate: number;
};

export interface LessMemory {
  readonly settings: Settings;
  /** What was done, in one sentence. */
  readonly text: string;
  readonly said: Said;
}

/**
 * The same training with less memory: half the batch, the rate in proportion, the schedule planned anew. A batch that would
 * become too small for its loss to be steady goes through the engine in parts instead, which changes nothing but the time.
 * @param trainPictures pictures, or views of them, in a round
 * @returns undefined where a single picture is at work already
 */
export function withLessMemory(settings: Settings, trainPictures: number): LessMemory | undefined {
  const { batchSize, accumulate, learningRate, epochs, schedule } = settings;
  const half = Math.floor(batchSize / 2);
  if (accumulate === 1 && half >= smallestUseful) {
    const scaled = scaleRate({ learningRate, batchSize }, half).learningRate;
    const steps = epochs * Math.ceil(trainPictures / half);
    const peak = (peakRate(schedule) * half) / batchSize;
    const takeOff = schedule.kind === 'triangular' ? (schedule.base * half) / batchSize : undefined;
    return {
      settings: {
        ...{ batchSize: half, accumulate, learningRate: scaled, epochs },
        schedule: planSchedule(schedule.kind, peak, steps, takeOff),
      },
      text: `The memory did not suffice for ${batchSize} pictures at a time. It goes on with ${half}, and with the rate ${scaled} instead of ${learningRate}, in proportion.`,
      said: { code: 'watchHalfBatch', values: { before: batchSize, count: half, rate: scaled } },
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
