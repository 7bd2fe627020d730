import type { Losses, Tiling } from '../../../shared/contract';
import { letOthersIn } from '../cancel';
import type { DatasetItem } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import { detectionsOf, rawOutputs } from '../detector/detect';
import type { Detection } from '../detector/detections';
import { Runner } from '../detector/forward';
import { multiboxLoss } from '../detector/multiboxLoss';
import type { Network, Parameters } from '../detector/network';
import { evaluationPostprocess } from '../detector/postprocess';
import { makeTargets } from '../detector/targets';
import { mergeViews } from '../detector/tiling';
import { Weights } from '../detector/weights';
import type { Engine } from '../engine/engine';
import { createBatchSource } from '../preprocessing/batches';

/** Pictures that go through the engine together. */
const validationBatch = 8;

export interface Validation {
  readonly items: readonly DatasetItem[];
  /** Parallel to items, down to a score of 0.01. */
  readonly detections: readonly (readonly Detection[])[];
  /** Mean over the batches. */
  readonly losses: Losses;
}

/**
 * Detections and losses of a detector on pictures as they are, without augmentation.
 * @param tiling as the detector's plan has it: each picture is looked at tile by tile
 * @param onBatch counts looks, of which a picture takes one or as many as it has tiles
 */
export async function validate(
  engine: Engine,
  network: Network,
  parameters: Parameters,
  items: readonly DatasetItem[],
  tiling: Tiling | undefined,
  signal: AbortSignal,
  onBatch: (done: number, total: number) => void = () => undefined,
): Promise<Validation> {
  const weights = new Weights(network, parameters);
  const views = items.map((item) => viewItems(item, tiling));
  const source = createBatchSource(views.flat(), {
    size: network.input,
    batchSize: validationBatch,
    seed: 0,
    augment: false,
  });
  try {
    const runner = new Runner(network, weights, engine.kernels);
    const found: Detection[][] = [];
    const sums = { total: 0, regression: 0, classification: 0 };
    for (let index = 0; index < source.batchesPerEpoch; index++) {
      await letOthersIn();
      signal.throwIfAborted();
      const batch = await source.batch(0, index);
      const outputs = rawOutputs(runner, batch);
      found.push(...detectionsOf(outputs, batch.batchSize, network.priors, evaluationPostprocess));
      const targets = makeTargets(batch.gtBoxes, batch.gtLabels, network.priors);
      const { losses } = multiboxLoss(outputs.boxEncodings, outputs.classLogits, targets);
      sums.total += losses.total / source.batchesPerEpoch;
      sums.regression += losses.regression / source.batchesPerEpoch;
      sums.classification += losses.classification / source.batchesPerEpoch;
      onBatch(index + 1, source.batchesPerEpoch);
    }
    return { items, detections: items.map((item, index) => merge(item, views[index] ?? [], found)), losses: sums };
  } finally {
    weights.dispose();
    await source.close();
  }
}

/** Takes the detections of an item's views off the front of the list. */
function merge(item: DatasetItem, views: readonly DatasetItem[], found: Detection[][]): Detection[] {
  const whole = { x: 0, y: 0, ...item.size };
  const detections = found.splice(0, views.length);
  const seen = views.map(({ region = whole }, index) => ({ region, detections: detections[index] ?? [] }));
  return mergeViews(seen, item.size, evaluationPostprocess.nmsThreshold);
}
