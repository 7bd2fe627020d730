import * as tf from '@tensorflow/tfjs-core';
import type { ConvLayer, Network, Parameters } from './network';

export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it lies in the flat arrays. */
  readonly offset: number;
  readonly length: number;
  readonly group: ConvLayer['group'];
  readonly isBias: boolean;
}

/** The parameters of a network in the order of its layers, weights before bias. */
export function parameterSlots(network: Network): readonly ParameterSlot[] {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  for (const layer of network.layers) {
    if (layer.kind === 'add') continue;
    const { kernel, inChannels, outChannels, group } = layer;
    const shapes = [
      { name: weightsOf(layer), shape: [kernel, kernel, inChannels, layer.kind === 'conv2d' ? outChannels : 1] },
      { name: biasOf(layer), shape: [outChannels] },
    ];
    for (const { name, shape } of shapes) {
      const length = shape.reduce((product, size) => product * size, 1);
      slots.push({ name, shape, offset, length, group, isBias: shape.length === 1 });
      offset += length;
    }
  }
  return slots;
}

export const weightsOf = (layer: { readonly name: string }): string => `${layer.name}/weights`;
export const biasOf = (layer: { readonly name: string }): string => `${layer.name}/bias`;

/**
 * All weights of a detector: one flat array on the host, which the optimizer and checkpoints work on, and the engine's
 * tensors made from it.
 */
export class Weights {
  readonly slots: readonly ParameterSlot[];
  readonly values: Float32Array;
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(network: Network, parameters: Parameters) {
    this.slots = parameterSlots(network);
    const last = this.slots[this.slots.length - 1];
    this.values = new Float32Array(last === undefined ? 0 : last.offset + last.length);
    for (const slot of this.slots) {
      const parameter = parameters.get(slot.name);
      if (parameter?.values.length !== slot.length) {
        throw new Error(
          `parameter ${slot.name} has ${parameter?.values.length ?? 'no'} values: ${slot.length} expected`,
        );
      }
      this.values.set(parameter.values, slot.offset);
    }
    this.upload();
  }

  /** Makes the engine's tensors anew from the host values, all of them or from a slot on. */
  upload(firstSlot = 0): void {
    for (const slot of this.slots.slice(firstSlot)) {
      this.#tensors.get(slot.name)?.dispose();
      // A copy: tfjs keeps the array it is given until the engine first needs it.
      const values = this.values.slice(slot.offset, slot.offset + slot.length);
      this.#tensors.set(slot.name, tf.keep(tf.tensor(values, [...slot.shape], 'float32')));
    }
  }

  weights(layer: { readonly name: string }): tf.Tensor4D {
    return this.#tensors.get(weightsOf(layer)) as tf.Tensor4D;
  }

  bias(layer: { readonly name: string }): tf.Tensor1D {
    return this.#tensors.get(biasOf(layer)) as tf.Tensor1D;
  }

  /** A view by name for exporters and checkpoints; not a copy. */
  parameters(values: Float32Array = this.values): Parameters {
    return new Map(
      this.slots.map(({ name, shape, offset, length }) => [
        name,
        { shape, values: values.subarray(offset, offset + length) },
      ]),
    );
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
