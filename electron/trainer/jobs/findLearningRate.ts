import { type Handlers, lrFinderResult } from '../../../shared/contract';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { findLearningRate } from '../lrFinder/find';
import { defaultSweep, type SweepTrainable } from '../lrFinder/sweep';
import { createBatchSource } from '../preprocessing/batches';
import type { BatchSource } from '../preprocessing/batch';
import { writeJson } from '../projectStore';
import { createRandom } from '../random';
import { priorPlan, recipeRates } from '../training/plan';
import { NotFiniteError, Trainee, type TrainingState } from '../training/step';
import { clock, openWorkplace } from './workplace';

/** What the finder may take for repeats that make it surer. */
const budgetSeconds = 60;
/** More pictures at a time make a calmer curve and a longer wait; a rate can be carried over. */
const largestBatch = 16;

/** Handler of 'lrFinder.run': sweeps the rate on the project's own pictures and keeps the result in lrFinder.json. */
export const runLrFinder: Handlers['lrFinder.run'] = async ({ project, seed, sweep }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const engine = await openEngine();
  const { network, items } = place;
  const usual = priorPlan({ pictures: items.train.length, classes: items.classes.length, inputSize: network.input });
  const batchSize = Math.min(largestBatch, usual.batchSize);
  const trainee = new Trainee(
    engine,
    network,
    initialParameters(network, createRandom(seed, 'init')),
    place.frozenLayers,
  );
  const source = createBatchSource(items.train, { size: network.input, batchSize, seed, augment: true });
  try {
    const result = await findLearningRate({
      kind: sweep,
      options: defaultSweep,
      trainable: trainable(trainee, source),
      batchSize,
      fallback: recipeRates(batchSize),
      budgetSeconds,
      now: clock,
      signal,
      onPoint: (point, repeat) => {
        if (repeat === 0) emit({ kind: 'point', ...point });
      },
      onProgress: (done, total, text) => emit({ kind: 'progress', done, total, text }),
    });
    await writeJson(project, 'lrFinder.json', lrFinderResult, result);
    return result;
  } finally {
    trainee.dispose();
    await source.close();
  }
};

function trainable(trainee: Trainee, source: BatchSource): SweepTrainable<TrainingState> {
  return {
    snapshot: () => trainee.snapshot(),
    restore: (state) => trainee.restore(state),
    dispose: () => undefined,
    step: async (learningRate, index) => {
      const batch = await source.batch(Math.floor(index / source.batchesPerEpoch), index % source.batchesPerEpoch);
      try {
        return trainee.step(batch, learningRate).losses;
      } catch (error) {
        if (error instanceof NotFiniteError) return { total: NaN, regression: NaN, classification: NaN };
        throw error;
      }
    },
  };
}
