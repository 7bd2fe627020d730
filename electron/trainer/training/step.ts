import * as tf from '@tensorflow/tfjs-core';
import type { Losses } from '../../../shared/contract';
import { Runner } from '../detector/forward';
import { multiboxLoss, normaliserOf } from '../detector/multiboxLoss';
import type { Network, Parameters } from '../detector/network';
import { makeTargets, targetsOfPart } from '../detector/targets';
import { Weights, type ParameterSlot } from '../detector/weights';
import type { Engine } from '../engine/engine';
import type { Batch } from '../preprocessing/batch';
import { plus } from './losses';
import { clipScale, defaultOptimizer, moveAverage, sgdStep, type OptimizerOptions } from './optimizer';

/** Negatives mined in a picture without parts, so that it teaches what is not one. */
const minimumNegatives = 8;
/** The average over weights looks back about 1 / (1 − decay) steps, and less in the beginning. */
const averageDecay = 0.99;

export interface StepResult {
  readonly losses: Losses;
  /** Loss of each picture, in the order of the batch. */
  readonly perPicture: Float64Array;
}

/** A step whose loss or gradient is not finite changed nothing; it names the picture that stands out. */
export class NotFiniteError extends Error {
  readonly picture: string;

  constructor(picture: string) {
    super(`the loss at ${picture} is not a finite number`);
    this.name = 'NotFiniteError';
    this.picture = picture;
  }
}

/** Everything that a step changes, for checkpoints and to put back. */
export interface TrainingState {
  readonly values: Float32Array;
  readonly velocity: Float32Array;
  readonly average: Float32Array;
  readonly steps: number;
}

/** A detector in training: weights, optimizer, running average. */
export class Trainee {
  readonly network: Network;
  readonly weights: Weights;
  readonly #runner: Runner;
  readonly #options: OptimizerOptions;
  readonly #frozenLayers: number;
  readonly #trained: readonly ParameterSlot[];
  readonly #firstTrained: number;
  readonly #gradients: Float32Array;
  readonly #slotOf: ReadonlyMap<string, ParameterSlot>;
  #velocity: Float32Array;
  #average: Float32Array;
  #steps = 0;

  /** @param frozenLayers leading layers that keep the base model's weights and are never differentiated */
  constructor(
    engine: Engine,
    network: Network,
    parameters: Parameters,
    frozenLayers: number,
    options: OptimizerOptions = defaultOptimizer,
  ) {
    this.network = network;
    this.weights = new Weights(network, parameters);
    this.#runner = new Runner(network, this.weights, engine.kernels);
    this.#options = options;
    this.#frozenLayers = frozenLayers;
    const frozen = network.layers.slice(0, frozenLayers).filter(({ kind }) => kind !== 'add').length;
    this.#firstTrained = frozen * 2;
    this.#trained = this.weights.slots.slice(this.#firstTrained);
    this.#slotOf = new Map(this.weights.slots.map((slot) => [slot.name, slot]));
    this.#gradients = new Float32Array(this.weights.values.length);
    this.#velocity = new Float32Array(this.weights.values.length);
    this.#average = this.weights.values.slice();
  }

  get steps(): number {
    return this.#steps;
  }

  /** Running average of the weights: steadier than the last ones, used for evaluation and export. */
  get average(): Float32Array {
    return this.#average;
  }

  /**
   * One step of multibox loss and SGD.
   * @param parts how many pieces the batch goes through the engine in: less memory, the same gradients, as the loss of all
   *   is divided by what is matched in all
   * @throws NotFiniteError before anything is changed
   */
  step(batch: Batch, learningRate: number, parts = 1): StepResult {
    const { losses, perPicture } = this.#gradientsOf(batch, parts);
    const scale = clipScale(this.#gradients, this.#options.clipNorm);
    if (Number.isNaN(scale)) throw new NotFiniteError(worstPicture(batch, perPicture));
    sgdStep(this.weights.values, this.#velocity, this.#gradients, this.#trained, learningRate, scale, this.#options);
    this.#steps++;
    moveAverage(this.#average, this.weights.values, Math.min(averageDecay, (1 + this.#steps) / (10 + this.#steps)));
    this.weights.upload(this.#firstTrained);
    return { losses, perPicture };
  }

  /** Sums up the gradients of a batch, part by part. Whatever an error leaves behind in the engine is given back. */
  #gradientsOf(batch: Batch, parts: number): StepResult {
    const targets = makeTargets(batch.gtBoxes, batch.gtLabels, this.network.priors);
    const matched = normaliserOf(targets, minimumNegatives);
    const atOnce = Math.ceil(batch.batchSize / parts);
    const perPicture = new Float64Array(batch.batchSize);
    let losses: Losses = { total: 0, regression: 0, classification: 0 };
    if (parts > 1) this.#gradients.fill(0);
    for (let from = 0; from < batch.batchSize; from += atOnce) {
      const to = Math.min(batch.batchSize, from + atOnce);
      const part = targetsOfPart(targets, from, to);
      tf.tidy(() =>
        this.#runner.train(
          imagesOf(batch, from, to),
          this.#frozenLayers,
          (boxEncodings, classLogits) => {
            const loss = multiboxLoss(boxEncodings, classLogits, part, minimumNegatives, matched);
            perPicture.set(loss.perPicture, from);
            if (!Number.isFinite(loss.losses.total)) throw new NotFiniteError(worstPicture(batch, perPicture));
            losses = plus(losses, loss.losses);
            return loss.gradients;
          },
          (name, gradient) => {
            const { offset } = this.#slotOf.get(name) as ParameterSlot;
            if (parts === 1) this.#gradients.set(gradient, offset);
            else addTo(this.#gradients, gradient, offset);
          },
        ),
      );
    }
    return { losses, perPicture };
  }

  /** Losses of a batch without learning from it. */
  measure(batch: Batch): Losses {
    const images = imagesOf(batch, 0, batch.batchSize);
    const { boxEncodings, classLogits } = this.#runner.infer(images);
    const targets = makeTargets(batch.gtBoxes, batch.gtLabels, this.network.priors);
    const { losses } = multiboxLoss(
      boxEncodings.dataSync<'float32'>(),
      classLogits.dataSync<'float32'>(),
      targets,
      minimumNegatives,
    );
    for (const tensor of [images, boxEncodings, classLogits]) tensor.dispose();
    return losses;
  }

  snapshot(): TrainingState {
    return {
      values: this.weights.values.slice(),
      velocity: this.#velocity.slice(),
      average: this.#average.slice(),
      steps: this.#steps,
    };
  }

  restore(state: TrainingState): void {
    this.weights.values.set(state.values);
    this.#velocity = state.velocity.slice();
    this.#average = state.average.slice();
    this.#steps = state.steps;
    this.weights.upload();
  }

  dispose(): void {
    this.weights.dispose();
  }
}

/** Some pictures of a batch, [pictures, height, width, 3]; the caller disposes it. */
function imagesOf({ pixels, height, width }: Batch, from: number, to: number): tf.Tensor4D {
  const length = height * width * 3;
  return tf.tensor4d(new Float32Array(pixels.subarray(from * length, to * length)), [to - from, height, width, 3]);
}

function addTo(sums: Float32Array, values: Float32Array, offset: number): void {
  for (let index = 0; index < values.length; index++) {
    sums[offset + index] = (sums[offset + index] as number) + (values[index] as number);
  }
}

function worstPicture({ names }: Batch, perPicture: Float64Array): string {
  const finite = perPicture.findIndex((loss) => !Number.isFinite(loss));
  const index = finite >= 0 ? finite : perPicture.indexOf(Math.max(...perPicture));
  return names[index] ?? 'an unknown picture';
}
