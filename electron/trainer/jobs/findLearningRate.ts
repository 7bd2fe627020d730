import { type Handlers, lrFinderResult } from '../../../shared/contract';
import { initialParameters } from '../detector/baseModel';
import { predictBytes } from '../batchSize/memoryModel';
import { openEngine } from '../engine/engine';
import { tellMemory } from '../engine/memory';
import { planSweeps, thoroughSweeps } from '../lrFinder/cost';
import { findLearningRate } from '../lrFinder/find';
import type { SweepTrainable } from '../lrFinder/sweep';
import { createBatchSource } from '../preprocessing/batches';
import type { BatchSource } from '../preprocessing/batch';
import { writeJson } from '../projectStore';
import { createRandom } from '../random';
import { planSteps, priorPlan, recipeRates } from '../training/plan';
import { NotFiniteError, Trainee, type TrainingState } from '../training/step';
import { replanBatches } from './chain';
import { nothingFits } from './nothingFits';
import { clock, openWorkplace, type Workplace } from './workplace';

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
  const trainingSteps = planSteps({ trainPictures: pictures, batchSize }).steps;
  const fallback = recipeRates(batchSize);
  const parts = partsThatFit(place, batchSize);
  const source = createBatchSource(items.train, { size: network.input, batchSize, seed, augment: true });
  let trainee: Trainee | undefined;
  const traineeOf = (repeat: number): Trainee => {
    trainee?.dispose();
    const initial = initialParameters(network, createRandom(seed + repeat, 'init'));
    return (trainee = new Trainee(engine, network, initial, place.frozenLayers));
  };
  try {
    const result = await findLearningRate({
      kind: sweep,
      plan: thorough ? thoroughSweeps(sweep, fallback) : planSweeps(sweep, trainingSteps, fallback),
      trainableOf: (repeat) => trainable(traineeOf(repeat), source, parts),
      batchSize,
      trainingSteps,
      fallback,
      now: clock,
      signal,
      onPoint: (point, repeat) => emit({ kind: 'point', ...point, sweep: repeat }),
      onProgress: (done, total, text) => emit({ kind: 'progress', done, total, text }),
    });
    await writeJson(project, 'lrFinder.json', lrFinderResult, result);
    await replanBatches(place);
    return result;
  } finally {
    trainee?.dispose();
    await source.close();
  }
};

/**
 * Parts that a batch goes through the engine in so that the memory suffices; the batch sizes have not been measured yet.
 * @throws LinesideError 'outOfMemory' where not even one picture fits
 */
function partsThatFit(place: Workplace, batchSize: number): number {
  const { network, frozenLayers } = place;
  const { budgetBytes } = tellMemory();
  for (let parts = 1; parts <= batchSize; parts *= 2) {
    const atOnce = Math.ceil(batchSize / parts);
    if (predictBytes(network, { batchSize: atOnce, frozenLayers }).total <= budgetBytes) return parts;
  }
  throw nothingFits(place);
}

function trainable(trainee: Trainee, source: BatchSource, parts: number): SweepTrainable<TrainingState> {
  return {
    snapshot: () => trainee.snapshot(),
    restore: (state) => trainee.restore(state),
    dispose: () => undefined,
    step: async (learningRate, index) => {
      const batch = await source.batch(Math.floor(index / source.batchesPerEpoch), index % source.batchesPerEpoch);
      try {
        return trainee.step(batch, learningRate, parts).losses;
      } catch (error) {
        if (error instanceof NotFiniteError) return { total: NaN, regression: NaN, classification: NaN };
        throw error;
      }
    },
  };
}
