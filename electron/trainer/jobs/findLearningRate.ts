import type { Handlers } from '../../../shared/contract';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { planSweeps, thoroughSweeps } from '../lrFinder/cost';
import { findLearningRate } from '../lrFinder/find';
import type { SweepTrainable } from '../lrFinder/sweep';
import { createBatchSource } from '../preprocessing/batches';
import type { BatchSource } from '../preprocessing/batch';
import { createRandom } from '../random';
import { budgetSeconds } from '../training/chain';
import { planSteps, priorPlan, recipeRates } from '../training/plan';
import { Trainee, type StepResult, type TrainingState } from '../training/step';
import { replanBatches, writeSweep } from './chain';
import { inFewerAtOnce } from './inFewerAtOnce';
import { nothingFits } from './nothingFits';
import { lossesOfRate } from './otherPictures';
import { partsThatFit } from './trainingMemory';
import { clock, openWorkplace } from './workplace';

/** More pictures at a time make a calmer curve and a longer wait; a rate can be carried over. */
const largestBatch = 16;

/** Handler of 'lrFinder.run': sweeps the rate on the project's own pictures and keeps the result in lrFinder.json. */
export const runLrFinder: Handlers['lrFinder.run'] = async ({ project, seed, sweep, thorough }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const engine = await openEngine();
  const { network, items } = place;
  const pictures = items.train.length;
  const usual = priorPlan({ pictures, classes: items.classes.length, inputSize: network.input });
  const batchSize = Math.min(largestBatch, usual.batchSize);
  const trainingSteps = (secondsPerStep?: number): number =>
    planSteps({
      trainPictures: pictures,
      batchSize,
      ...(secondsPerStep !== undefined && { secondsPerStep, budgetSeconds: budgetSeconds() }),
    }).steps;
  const fallback = recipeRates(batchSize);
  const parts = partsThatFit(place, batchSize);
  if (parts === undefined) throw nothingFits(place);
  let fewer = '';
  const attempt = inFewerAtOnce<StepResult>({
    ...{ batchSize, parts, nothingFits: () => nothingFits(place) },
    onFewer: (atOnce) => (fewer = `; the memory did not suffice, so only ${atOnce} of ${batchSize} pictures at once`),
  });
  const leftOut = new Set<string>();
  const source = createBatchSource(items.train, { size: network.input, batchSize, seed, augment: true });
  let trainee: Trainee | undefined;
  const traineeOf = (repeat: number): Trainee => {
    trainee?.dispose();
    const initial = initialParameters(network, createRandom(seed + repeat, 'init'));
    return (trainee = new Trainee(engine, network, initial, place.frozenLayers));
  };
  try {
    const found = await findLearningRate({
      kind: sweep,
      plan: thorough ? thoroughSweeps(sweep, fallback) : planSweeps(sweep, trainingSteps(), fallback),
      trainableOf: (repeat) => trainable(traineeOf(repeat), source, attempt, (picture) => leftOut.add(picture)),
      batchSize,
      trainingSteps,
      fallback,
      now: clock,
      signal,
      onPoint: (point, repeat) => emit({ kind: 'point', ...point, sweep: repeat }),
      onProgress: (done, total, text) => emit({ kind: 'progress', done, total, text: text + fewer }),
    });
    const result = await writeSweep(place, { ...found, ...(leftOut.size > 0 && { leftOut: [...leftOut] }) });
    await replanBatches(place);
    return result;
  } finally {
    trainee?.dispose();
    await source.close();
  }
};

function trainable(
  trainee: Trainee,
  source: BatchSource,
  attempt: (step: (parts: number) => StepResult) => StepResult,
  onBadPicture: (picture: string) => void,
): SweepTrainable<TrainingState> {
  const perRound = source.batchesPerEpoch;
  return {
    snapshot: () => trainee.snapshot(),
    restore: (state) => trainee.restore(state),
    dispose: () => undefined,
    step: (learningRate, index) =>
      lossesOfRate(
        async (at) => {
          const batch = await source.batch(Math.floor(at / perRound), at % perRound);
          return attempt((parts) => trainee.step(batch, learningRate, parts)).losses;
        },
        index,
        Math.ceil(perRound / 2),
        onBadPicture,
      ),
  };
}
