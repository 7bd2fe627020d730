import { letOthersIn } from '../cancel';
import type { DatasetItem } from '../dataset/items';
import { Runner } from '../detector/forward';
import { Weights } from '../detector/weights';
import { openEngine } from '../engine/engine';
import type { Batch } from '../preprocessing/batch';
import { createBatchSource } from '../preprocessing/batches';
import type { TrainedDetector } from './runs';

/**
 * Shows pictures to the trained detector, one at a time, as evaluation does.
 * @throws 'cancelled' when the signal is aborted
 */
export async function eachPicture(
  { network, model }: TrainedDetector,
  items: readonly DatasetItem[],
  signal: AbortSignal,
  look: (runner: Runner, picture: Batch) => void,
): Promise<void> {
  if (items.length === 0) return;
  const engine = await openEngine();
  const weights = new Weights(network, model.parameters);
  const source = createBatchSource(items, { size: network.input, batchSize: 1, seed: 0, augment: false });
  try {
    const runner = new Runner(network, weights, engine.kernels);
    for (let index = 0; index < source.batchesPerEpoch; index++) {
      await letOthersIn();
      signal.throwIfAborted();
      look(runner, await source.batch(0, index));
    }
  } finally {
    weights.dispose();
    await source.close();
  }
}
