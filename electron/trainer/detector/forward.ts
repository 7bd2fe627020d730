import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../engine/kernels';
import { networkInput, type Layer, type Network } from './network';
import { biasOf, weightsOf, type Weights } from './weights';

/** [batch, priors, 4] in the order y, x, h, w, and [batch, priors, outputs]. */
export interface RawOutputs {
  readonly boxEncodings: tf.Tensor3D;
  readonly classLogits: tf.Tensor3D;
}

type OnOutput = (layer: string, output: tf.Tensor4D) => void;

/** Runs a network and, for training, its gradients, layer by layer, keeping no more activations than are needed. */
export class Runner {
  readonly network: Network;
  readonly #kernels: Kernels;
  readonly #weights: Weights;
  /** Index of the last layer that reads each output. */
  readonly #lastUse = new Map<string, number>();

  constructor(network: Network, weights: Weights, kernels: Kernels) {
    this.network = network;
    this.#weights = weights;
    this.#kernels = kernels;
    network.layers.forEach((layer, index) => {
      for (const name of inputsOf(layer)) this.#lastUse.set(name, index);
    });
  }

  /**
   * @param images [batch, height, width, 3], 0–255; not disposed
   * @param onOutput sees each layer's output as soon as it is there; must not keep or dispose it
   */
  infer(images: tf.Tensor4D, onOutput?: OnOutput): RawOutputs {
    const { outputs, heads } = this.#run(images, this.network.layers.length, onOutput);
    for (const tensor of outputs.values()) tensor.dispose();
    return heads;
  }

  /**
   * One forward and backward pass.
   * @param images [batch, height, width, 3], 0–255; not disposed
   * @param frozenLayers leading layers that are neither kept nor differentiated
   * @param loss gets the raw outputs on the host and gives the gradients by them, same shapes
   * @param onGradient gets each parameter's gradient as soon as it is there; must not keep the array
   */
  train(
    images: tf.Tensor4D,
    frozenLayers: number,
    loss: (boxEncodings: Float32Array, classLogits: Float32Array) => OutputGradients,
    onGradient: (name: string, gradient: Float32Array) => void,
  ): void {
    const { outputs, heads } = this.#run(images, frozenLayers);
    try {
      const gradients = loss(heads.boxEncodings.dataSync<'float32'>(), heads.classLogits.dataSync<'float32'>());
      this.#backward(outputs, gradients, images.shape[0], frozenLayers, onGradient);
    } finally {
      for (const tensor of [...outputs.values(), heads.boxEncodings, heads.classLogits]) tensor.dispose();
    }
  }

  #run(
    images: tf.Tensor4D,
    frozenLayers: number,
    onOutput?: OnOutput,
  ): { outputs: Map<string, tf.Tensor4D>; heads: RawOutputs } {
    const outputs = new Map<string, tf.Tensor4D>();
    const headNames = new Set(this.network.featureMaps.flatMap(({ boxHead, classHead }) => [boxHead, classHead]));
    const headOutputs = new Map<string, tf.Tensor4D>();
    outputs.set(
      networkInput,
      tf.tidy(() => tf.sub(tf.mul(images, 2 / 255), 1)),
    );
    this.network.layers.forEach((layer, index) => {
      const output = this.#layer(layer, outputs);
      onOutput?.(layer.name, output);
      if (headNames.has(layer.name)) headOutputs.set(layer.name, output);
      else outputs.set(layer.name, output);
      for (const name of inputsOf(layer)) {
        if (this.#lastUse.get(name) !== index || (index >= frozenLayers && this.#neededBackward(name, frozenLayers)))
          continue;
        outputs.get(name)?.dispose();
        outputs.delete(name);
      }
    });
    return { outputs, heads: this.#concatenate(headOutputs, images.shape[0]) };
  }

  #neededBackward(name: string, frozenLayers: number): boolean {
    return frozenLayers < this.network.layers.length && this.#readers(name).some((index) => index >= frozenLayers);
  }

  #readers(name: string): number[] {
    return this.network.layers.flatMap((layer, index) => (inputsOf(layer).includes(name) ? [index] : []));
  }

  #layer(layer: Layer, outputs: ReadonlyMap<string, tf.Tensor4D>): tf.Tensor4D {
    const [first, second] = inputsOf(layer).map((name) => outputs.get(name) as tf.Tensor4D);
    if (layer.kind === 'add') return tf.add(first as tf.Tensor4D, second as tf.Tensor4D);
    return this.#kernels.convolve(first as tf.Tensor4D, this.#weights.weights(layer), this.#weights.bias(layer), layer);
  }

  /** Heads as [batch, priors, values], maps one after the other. Disposes the heads. */
  #concatenate(heads: ReadonlyMap<string, tf.Tensor4D>, batch: number): RawOutputs {
    const gather = (which: 'boxHead' | 'classHead', values: number): tf.Tensor3D =>
      tf.tidy(() =>
        tf.concat(
          this.network.featureMaps.map((map) =>
            tf.reshape<tf.Rank.R3>(heads.get(map[which]) as tf.Tensor4D, [batch, -1, values]),
          ),
          1,
        ),
      );
    const result = { boxEncodings: gather('boxHead', 4), classLogits: gather('classHead', this.network.outputs) };
    for (const head of heads.values()) head.dispose();
    return result;
  }

  #backward(
    outputs: Map<string, tf.Tensor4D>,
    { boxEncodings, classLogits }: OutputGradients,
    batch: number,
    frozenLayers: number,
    onGradient: (name: string, gradient: Float32Array) => void,
  ): void {
    const pending = new Map<string, tf.Tensor4D>();
    this.#splitHeads(boxEncodings, 'boxHead', 4, batch, pending);
    this.#splitHeads(classLogits, 'classHead', this.network.outputs, batch, pending);
    const accumulate = (name: string, gradient: tf.Tensor4D): void => {
      const earlier = pending.get(name);
      pending.set(name, earlier === undefined ? gradient : tf.add(earlier, gradient));
      if (earlier !== undefined) {
        earlier.dispose();
        gradient.dispose();
      }
    };
    for (let index = this.network.layers.length - 1; index >= frozenLayers; index--) {
      const layer = this.network.layers[index] as Layer;
      const gradient = pending.get(layer.name);
      if (gradient === undefined) continue;
      pending.delete(layer.name);
      const wantsInput = (name: string): boolean => this.#producedAfter(name, frozenLayers);
      if (layer.kind === 'add') {
        for (const name of layer.inputs) if (wantsInput(name)) accumulate(name, gradient.clone());
      } else {
        const before =
          layer.activation === 'relu6'
            ? this.#kernels.relu6Gradient(gradient, outputs.get(layer.name) as tf.Tensor4D)
            : gradient.clone();
        const x = outputs.get(layer.input) as tf.Tensor4D;
        if (wantsInput(layer.input)) {
          accumulate(layer.input, this.#kernels.inputGradient(before, this.#weights.weights(layer), x.shape, layer));
        }
        const weightGradient = this.#kernels.weightGradient(x, before, layer);
        const biasGradient = this.#kernels.biasGradient(before);
        onGradient(weightsOf(layer), weightGradient.dataSync<'float32'>());
        onGradient(biasOf(layer), biasGradient.dataSync<'float32'>());
        for (const tensor of [before, weightGradient, biasGradient]) tensor.dispose();
      }
      gradient.dispose();
      outputs.get(layer.name)?.dispose();
      outputs.delete(layer.name);
    }
    for (const tensor of pending.values()) tensor.dispose();
  }

  #producedAfter(name: string, frozenLayers: number): boolean {
    return this.network.layers.findIndex((layer) => layer.name === name) >= frozenLayers;
  }

  /** Cuts the gradient of the concatenated heads back into one [batch, h, w, priors · values] a map. */
  #splitHeads(
    gradient: Float32Array,
    which: 'boxHead' | 'classHead',
    values: number,
    batch: number,
    pending: Map<string, tf.Tensor4D>,
  ): void {
    const perPicture = gradient.length / batch;
    let start = 0;
    for (const map of this.network.featureMaps) {
      const { height, width } = map.cells;
      const length = height * width * map.priorsPerCell * values;
      const cut = new Float32Array(batch * length);
      for (let picture = 0; picture < batch; picture++) {
        const from = picture * perPicture + start;
        cut.set(gradient.subarray(from, from + length), picture * length);
      }
      pending.set(map[which], tf.tensor4d(cut, [batch, height, width, map.priorsPerCell * values]));
      start += length;
    }
  }
}

/** Gradients of the loss by the raw outputs, same order and length as these. */
export interface OutputGradients {
  readonly boxEncodings: Float32Array;
  readonly classLogits: Float32Array;
}

function inputsOf(layer: Layer): readonly string[] {
  return layer.kind === 'add' ? layer.inputs : [layer.input];
}
