import type { BatchPlan } from '../../../shared/contract';
import { scaleRate, type RecommendRequest } from '../batchSize/recommend';
import { judgingsLeft, secondsOfJudging } from './judging';
import { planSteps } from './plan';
import { planSchedule } from './schedule';

export interface ChainRequest {
  /** The rate to carry over: from the learning rate finder, or from published recipes. */
  readonly found: RecommendRequest['found'];
  readonly batchSize: number;
  /** Parts that a batch goes through the engine in; 1 by default. */
  readonly accumulate?: number;
  /** Pictures, or views of them, in a round. */
  readonly trainPictures: number;
  readonly secondsPerStep?: number;
  /** Looks at validation pictures each time that it is judged; 0 by default. */
  readonly validationLooks?: number;
}

/** What a training may take when nobody says how long: the operator has twenty minutes between two other jobs. */
const usualMinutes = 15;

/** Seconds that a training may take: LINESIDE_MINUTES, where the person in charge says so, else a quarter of an hour. */
export function budgetSeconds(wish = process.env['LINESIDE_MINUTES']): number {
  const minutes = Number(wish);
  return 60 * (minutes > 0 && Number.isFinite(minutes) ? minutes : usualMinutes);
}

/**
 * All that follows from a batch size: its rate, by both scalings and with the reason for the one taken; how many rounds,
 * with how much warm-up; and how long that takes.
 */
export function planChain({
  found,
  batchSize,
  accumulate = 1,
  trainPictures,
  secondsPerStep,
  validationLooks = 0,
}: ChainRequest): BatchPlan {
  const { linear, squareRoot, chosen, learningRate } = scaleRate(found, batchSize);
  const { epochs, steps } = planSteps({
    trainPictures,
    batchSize,
    ...(secondsPerStep === undefined ? {} : { secondsPerStep, budgetSeconds: budgetSeconds() }),
  });
  const schedule = planSchedule('cosine', learningRate, steps);
  const { divergence = Infinity } = found;
  return {
    batchSize,
    accumulate,
    learningRate,
    scaling: { linear, squareRoot, chosen },
    foundWith: found.batchSize,
    ...(found.isRecipe && { isRecipe: true }),
    divergence: Number.isFinite(divergence) ? divergence : null,
    epochs,
    steps,
    warmUpSteps: 'warmUpSteps' in schedule ? schedule.warmUpSteps : 0,
    seconds:
      secondsPerStep === undefined ? null : secondsOf({ steps, epochs, batchSize, secondsPerStep, validationLooks }),
  };
}

export interface TrainingTime {
  readonly steps: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly secondsPerStep: number;
  readonly validationLooks: number;
}

/** How long a training takes: its steps, and looking at the validation pictures after its rounds. */
export function secondsOf({ steps, epochs, batchSize, secondsPerStep, validationLooks }: TrainingTime): number {
  const judgings = judgingsLeft(0, epochs, steps / epochs);
  return steps * secondsPerStep + judgings * secondsOfJudging(validationLooks, secondsPerStep, batchSize);
}
