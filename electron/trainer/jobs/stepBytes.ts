import { predictBytes, type StepShape } from '../batchSize/memoryModel';
import type { Network } from '../detector/network';
import { expectedEngine } from '../engine/expected';

/** Predicted peak of a training step on the engine that computes here. */
export function stepBytes(network: Network, shape: Pick<StepShape, 'batchSize' | 'frozenLayers'>): number {
  return predictBytes(network, { ...shape, engine: expectedEngine() }).total;
}
