import type { Handlers, LrFinderResult, ParsedInputOf, TrainingPlan } from '../../../shared/contract';
import type { Sentence } from '../../../shared/said';
import { feasibleBatches, scaleRate } from '../batchSize/recommend';
import { planChain, secondsOf } from '../training/chain';
import { drawnRates, planSchedule } from '../training/schedule';
import { foundRate, readMeasured, secondsPerStep, validationLooks } from './chain';
import { nothingFitsSentence } from './nothingFits';
import { partsThatFit } from './trainingMemory';
import { openWorkplace, type Workplace } from './workplace';

/** A drawing of a few hundred pixels shows no more. */
const drawnPoints = 120;

/** Handler of 'training.plan': what 'training.run' would do with the same input. */
export const planTraining: Handlers['training.plan'] = async (input, context) =>
  planFor(input, await openWorkplace(input.project, input.seed, context));

/** Rate, batch, length and schedule of a training: what was asked for, the rest follows from it. */
export async function planFor(input: ParsedInputOf<'training.plan'>, place: Workplace): Promise<TrainingPlan> {
  const { sweep, batches, remarks } = await readMeasured(place);
  const found = foundRate(place, { sweep });
  const batchSize = input.batchSize ?? batches?.batchSize ?? found.batchSize;
  const trainPictures = place.items.train.length;
  const table = batches?.table ?? [];
  const known =
    input.accumulate ?? feasibleBatches(table, trainPictures).find((one) => one.batchSize === batchSize)?.accumulate;
  const parts = known ?? partsThatFit(place, batchSize);
  const accumulate = parts ?? batchSize;
  const measured = secondsPerStep(table, batchSize, accumulate);
  const chain = planChain({ found, batchSize, accumulate, trainPictures, ...measured });
  const learningRate = input.learningRate ?? chain.learningRate;
  const epochs = input.epochs ?? chain.epochs;
  const steps = epochs * Math.ceil(trainPictures / batchSize);
  const schedule = planSchedule(input.schedule, learningRate, steps, takeOffFor(sweep, batchSize));
  const memoryRemarks =
    parts === undefined
      ? [nothingFitsSentence(place)]
      : known === undefined && parts > 1
        ? [inParts(batchSize, parts)]
        : [];
  const { secondsPerStep: perStep } = measured;
  const looks = validationLooks(place);
  const seconds =
    perStep === undefined
      ? null
      : secondsOf({ steps, epochs, batchSize, secondsPerStep: perStep, validationLooks: looks });
  return {
    ...{ learningRate, batchSize, accumulate, epochs, schedule, seconds },
    rates: drawnRates(schedule, drawnPoints),
    fits: parts !== undefined,
    remarks: [...remarks, ...memoryRemarks],
  };
}

/** Where the finder's loss began to fall, carried to the batch. */
function takeOffFor(sweep: LrFinderResult | undefined, batchSize: number): number | undefined {
  if (sweep?.takeOff === undefined) return undefined;
  return scaleRate({ learningRate: sweep.takeOff, batchSize: sweep.batchSize }, batchSize).learningRate;
}

function inParts(batch: number, parts: number): Sentence {
  const atOnce = Math.ceil(batch / parts);
  return {
    text: `As it is foreseen, the memory does not suffice for ${batch} pictures at once: each step takes them in ${parts} parts of ${atOnce}, which learns the same, somewhat slower.`,
    said: { code: 'partsForMemory', values: { batch, parts, atOnce } },
  };
}
