import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { InferenceSession } from 'onnxruntime-node';
import type { ExportedFile } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { rawOutputNames } from '../detector/network';
import { modelInput } from './graph';

/** Largest difference of a raw output that still counts as the same model: float32 rounding over some 60 layers. */
export const parityTolerance = 1e-3;

export interface RawOutputs {
  /** [priors, 4], in the order y, x, h, w. */
  readonly boxEncodings: Float32Array;
  /** [priors, outputs], background first. */
  readonly classLogits: Float32Array;
}

/** A picture and what the trainer's own forward pass makes of it. */
export interface ParitySample extends RawOutputs {
  /** The picture's name, for the message when the two differ. */
  readonly name: string;
  /** [height, width, 3] at the network's input size, RGB, 0–255. */
  readonly pixels: Uint8Array;
}

export interface ParityResult {
  readonly maxAbsError: number;
  /** What the exported model gave, one a sample, to be evaluated as the trainer's outputs are. */
  readonly rawOutputs: readonly RawOutputs[];
}

/** An exported model, loaded into the runtime that its users will use. */
interface Runtime {
  run(sample: ParitySample): Promise<RawOutputs>;
  close(): Promise<void>;
}

/**
 * Runs an exported file in its own runtime (ONNX Runtime; TF.js on the current backend) and compares its raw outputs with
 * the trainer's.
 *
 * @param path model.onnx or model.json
 * @throws LinesideError naming the picture and the output when they differ by more than `parityTolerance`
 */
export async function checkParity(
  format: ExportedFile['format'],
  path: string,
  samples: readonly ParitySample[],
): Promise<ParityResult> {
  const runtime = format === 'onnx' ? await openOnnx(path) : await openTfjs(path);
  try {
    const rawOutputs: RawOutputs[] = [];
    let maxAbsError = 0;
    for (const sample of samples) {
      const outputs = await runtime.run(sample);
      for (const name of rawOutputNames) {
        const error = largestDifference(outputs[name], sample[name]);
        if (!(error <= parityTolerance)) throw differs(format, sample.name, name, error);
        maxAbsError = Math.max(maxAbsError, error);
      }
      rawOutputs.push(outputs);
    }
    return { maxAbsError, rawOutputs };
  } finally {
    await runtime.close();
  }
}

function differs(format: string, picture: string, output: string, error: number): LinesideError {
  return new LinesideError(
    'engine',
    `the exported ${format} model does not give what the trained one gives: on ${picture}, ${output} differ by ` +
      `${error.toPrecision(3)} (at most ${parityTolerance} is allowed), so it was not kept; export again, or report this`,
    { said: { code: 'otherAnswers', values: { picture } } satisfies Said },
  );
}

/** Infinite when the lengths differ or a value is not a number. */
function largestDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs((actual[index] as number) - (expected[index] as number));
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}

async function openOnnx(path: string): Promise<Runtime> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(path);
  const [height, width] = inputShape(session).slice(2) as [number, number];
  return {
    run: async (sample) => {
      const values = channelsFirst(sample, height, width);
      const images = new Tensor('float32', values, [1, 3, height, width]);
      const results = await session.run({ [modelInput]: images }, [...rawOutputNames]);
      const read = (name: keyof RawOutputs): Float32Array => Float32Array.from(results[name]?.data as Float32Array);
      return { boxEncodings: read('boxEncodings'), classLogits: read('classLogits') };
    },
    close: () => session.release(),
  };
}

function inputShape(session: InferenceSession): readonly (number | string)[] {
  const [input] = session.inputMetadata;
  if (input?.isTensor !== true)
    throw new LinesideError('internal', 'the exported ONNX model has no picture input: report this');
  return input.shape;
}

/** [height, width, 3] as floats in the order [3, height, width]. */
function channelsFirst(sample: ParitySample, height: number, width: number): Float32Array {
  const area = pictureArea(sample, height, width);
  const values = new Float32Array(area * 3);
  for (let cell = 0; cell < area; cell++) {
    for (let channel = 0; channel < 3; channel++) {
      values[channel * area + cell] = sample.pixels[cell * 3 + channel] as number;
    }
  }
  return values;
}

function pictureArea(sample: ParitySample, height: number, width: number): number {
  if (sample.pixels.length !== height * width * 3) {
    throw new LinesideError(
      'internal',
      `${sample.name} has ${sample.pixels.length} values, but the model reads ${width} × ${height} × 3: report this`,
    );
  }
  return height * width;
}

async function openTfjs(path: string): Promise<Runtime> {
  const model = await loadGraphModel(await readArtifacts(path));
  const [height, width] = model.inputs[0]?.shape?.slice(1) as [number, number];
  return {
    run: async (sample) => {
      pictureArea(sample, height, width);
      const tensors = tf.tidy(() => runTfjs(model, tf.tensor4d(sample.pixels, [1, height, width, 3], 'float32')));
      try {
        const [boxEncodings, classLogits] = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
        return { boxEncodings: boxEncodings as Float32Array, classLogits: classLogits as Float32Array };
      } finally {
        tf.dispose(tensors);
      }
    },
    close: async () => {
      model.dispose();
    },
  };
}

function runTfjs(model: GraphModel, images: tf.Tensor4D): tf.Tensor[] {
  return model.execute({ [modelInput]: images }, [...rawOutputNames]) as tf.Tensor[];
}

/** Reads model.json and its shards from disk: the converter itself only fetches them over HTTP. */
async function readArtifacts(path: string): Promise<tf.io.IOHandler> {
  const model = JSON.parse(await readFile(path, 'utf8')) as tf.io.ModelJSON;
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  const bytes = Buffer.concat(await Promise.all(paths.map((shard) => readFile(join(dirname(path), shard)))));
  const artifacts = tf.io.getModelArtifactsForJSONSync(
    model,
    model.weightsManifest.flatMap((group) => group.weights),
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  return { load: () => Promise.resolve(artifacts) };
}
