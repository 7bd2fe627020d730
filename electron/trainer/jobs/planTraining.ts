import {
  batchSizeResult,
  type Handlers,
  lrFinderResult,
  type ParsedInputOf,
  type TrainingPlan,
} from '../../../shared/contract';
import { scaleRate } from '../batchSize/recommend';
import { readJson } from '../projectStore';
import { planSteps, priorPlan } from '../training/plan';
import { drawnRates, planSchedule } from '../training/schedule';
import { openWorkplace, type Workplace } from './workplace';

/** What a training may take when nobody says how long: the operator has twenty minutes between two other jobs. */
const budgetSeconds = 15 * 60;
/** A drawing of a few hundred pixels shows no more. */
const drawnPoints = 120;

/** Handler of 'training.plan': what 'training.run' would do with the same input. */
export const planTraining: Handlers['training.plan'] = async (input, context) =>
  planFor(input, await openWorkplace(input.project, input.seed, context));

/** Rate, batch, length and schedule of a training. */
export async function planFor(input: ParsedInputOf<'training.plan'>, place: Workplace): Promise<TrainingPlan> {
  const recommended = await readJson(input.project, 'batchSize.json', batchSizeResult);
  const found = await readJson(input.project, 'lrFinder.json', lrFinderResult);
  const pictures = place.items.train.length;
  const usual = priorPlan({ pictures, classes: place.items.classes.length, inputSize: place.network.input });
  // What was asked for; else what was measured; else what published recipes do. A rate belongs to a batch size.
  const known = recommended ?? found ?? usual;
  const batchSize = input.batchSize ?? known.batchSize;
  const learningRate = input.learningRate ?? carried(known, batchSize);

  const speed = recommended?.table.find((row) => row.batchSize === batchSize)?.imagesPerSecond ?? undefined;
  const secondsPerStep = speed === undefined ? undefined : batchSize / speed;
  const perRound = Math.ceil(pictures / batchSize);
  const planned = planSteps({
    trainPictures: pictures,
    batchSize,
    stepsPerRound: perRound,
    ...(secondsPerStep === undefined ? {} : { secondsPerStep, budgetSeconds }),
  });
  const epochs = input.epochs ?? planned.epochs;
  const steps = epochs * perRound;
  const takeOff =
    found?.takeOff === undefined
      ? undefined
      : carried({ learningRate: found.takeOff, batchSize: found.batchSize }, batchSize);
  const schedule = planSchedule(input.schedule, learningRate, steps, takeOff);
  const seconds = secondsPerStep === undefined ? null : steps * secondsPerStep;
  return { learningRate, batchSize, epochs, schedule, rates: drawnRates(schedule, drawnPoints), seconds };
}

function carried(known: { readonly learningRate: number; readonly batchSize: number }, batchSize: number): number {
  return batchSize === known.batchSize ? known.learningRate : scaleRate(known, batchSize).learningRate;
}
