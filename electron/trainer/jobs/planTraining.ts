import { type Handlers, lrFinderResult, type ParsedInputOf, type TrainingPlan } from '../../../shared/contract';
import { feasibleBatches, scaleRate } from '../batchSize/recommend';
import { readJson } from '../projectStore';
import { planChain, secondsOf } from '../training/chain';
import { drawnRates, planSchedule } from '../training/schedule';
import { foundRate, readBatchSize, secondsPerStep, validationLooks } from './chain';
import { openWorkplace, type Workplace } from './workplace';

/** A drawing of a few hundred pixels shows no more. */
const drawnPoints = 120;

/** Handler of 'training.plan': what 'training.run' would do with the same input. */
export const planTraining: Handlers['training.plan'] = async (input, context) =>
  planFor(input, await openWorkplace(input.project, input.seed, context));

/** Rate, batch, length and schedule of a training: what was asked for, the rest follows from it. */
export async function planFor(input: ParsedInputOf<'training.plan'>, place: Workplace): Promise<TrainingPlan> {
  const recommended = await readBatchSize(input.project);
  const found = await foundRate(place);
  const batchSize = input.batchSize ?? recommended?.batchSize ?? found.batchSize;
  const trainPictures = place.items.train.length;
  const feasible = feasibleBatches(recommended?.table ?? [], trainPictures);
  const accumulate = input.accumulate ?? feasible.find((one) => one.batchSize === batchSize)?.accumulate ?? 1;
  const measured = secondsPerStep(recommended?.table ?? [], batchSize, accumulate);
  const chain = planChain({ found, batchSize, accumulate, trainPictures, ...measured });
  const learningRate = input.learningRate ?? chain.learningRate;
  const epochs = input.epochs ?? chain.epochs;
  const steps = epochs * Math.ceil(trainPictures / batchSize);
  const schedule = planSchedule(input.schedule, learningRate, steps, await takeOffFor(input.project, batchSize));
  const { secondsPerStep: perStep } = measured;
  const looks = validationLooks(place);
  const seconds =
    perStep === undefined
      ? null
      : secondsOf({ steps, epochs, batchSize, secondsPerStep: perStep, validationLooks: looks });
  return { learningRate, batchSize, accumulate, epochs, schedule, rates: drawnRates(schedule, drawnPoints), seconds };
}

/** Where the finder's loss began to fall, carried to the batch. */
async function takeOffFor(project: string, batchSize: number): Promise<number | undefined> {
  const sweep = await readJson(project, 'lrFinder.json', lrFinderResult);
  if (sweep?.takeOff === undefined) return undefined;
  return scaleRate({ learningRate: sweep.takeOff, batchSize: sweep.batchSize }, batchSize).learningRate;
}
