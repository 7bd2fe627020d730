import * as tf from '@tensorflow/tfjs-core';
import type { Detection } from './detections';
import type { RawOutputs, Runner } from './forward';
import { postprocess, type PostprocessOptions } from './postprocess';

/** Pictures as a batch source or a decoder gives them. */
export interface Pixels {
  /** [batch, height, width, 3], RGB, 0–255. */
  readonly pixels: Uint8Array;
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
}

export interface HostOutputs {
  /** [batch · priors · 4] */
  readonly boxEncodings: Float32Array;
  /** [batch · priors · outputs] */
  readonly classLogits: Float32Array;
}

/** Raw outputs of a batch on the host. */
export function rawOutputs(runner: Runner, { pixels, batchSize, height, width }: Pixels): HostOutputs {
  const images = tf.tensor4d(new Float32Array(pixels), [batchSize, height, width, 3]);
  let outputs: RawOutputs | undefined;
  try {
    outputs = runner.infer(images);
    return {
      boxEncodings: outputs.boxEncodings.dataSync<'float32'>(),
      classLogits: outputs.classLogits.dataSync<'float32'>(),
    };
  } finally {
    images.dispose();
    outputs?.boxEncodings.dispose();
    outputs?.classLogits.dispose();
  }
}

/** What every layer of the network gives for one picture, by layer. */
export function layerOutputs(runner: Runner, { pixels, height, width }: Pixels): Map<string, Float32Array> {
  const outputs = new Map<string, Float32Array>();
  tf.tidy(() => {
    const images = tf.tensor4d(new Float32Array(pixels), [1, height, width, 3]);
    runner.infer(images, (layer, output) => outputs.set(layer, output.dataSync<'float32'>()));
  });
  return outputs;
}

/** Detections of each picture of a batch from its raw outputs. */
export function detectionsOf(
  { boxEncodings, classLogits }: HostOutputs,
  batchSize: number,
  priors: Float32Array,
  options: PostprocessOptions,
): Detection[][] {
  const encodings = boxEncodings.length / batchSize;
  const logits = classLogits.length / batchSize;
  return Array.from({ length: batchSize }, (_, picture) =>
    postprocess(
      boxEncodings.subarray(picture * encodings, (picture + 1) * encodings),
      classLogits.subarray(picture * logits, (picture + 1) * logits),
      priors,
      options,
    ),
  );
}
