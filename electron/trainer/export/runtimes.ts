import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@litertjs/core';
import type { InferenceSession } from 'onnxruntime-node';
import type { ExportedFile } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { modelInput, pixelScale } from './graph';
import { loadTflite } from './liteRt';
import { readTflite, type TensorFacts } from './tfliteReader';

/** A picture as a detector reads it. */
export interface InputPicture {
  /** The picture's name, for messages. */
  readonly name: string;
  /** [height, width, 3] at the network's input size, RGB, 0–255. */
  readonly pixels: Uint8Array;
}

/** What a model gave, by the names of its outputs. */
export type NamedOutputs = Readonly<Record<string, Float32Array>>;

/** An exported model, loaded into the runtime that its users will use. */
export interface Runtime {
  /** Lays a picture out for the model. @returns what runs the model on it, and nothing but that: to be timed */
  prepare(picture: InputPicture, outputs: readonly string[]): () => Promise<NamedOutputs>;
  close(): Promise<void>;
}

type Open = (path: string) => Promise<Runtime>;

/** Opens an exported file in its own runtime. TensorRT, which reads the Jetson's file, runs on a Jetson only: ONNX Runtime stands in. */
export const openRuntime: Readonly<Record<ExportedFile['format'], Open>> = {
  onnx: (path) => openOnnx(path, (pixel) => pixel),
  onnxDetections: (path) => openOnnx(path, (pixel) => pixel),
  jetson: (path) => openOnnx(path, (pixel) => pixel / pixelScale - 1),
  tfjs: openTfjs,
  tflite: async (path) => openTflite(await readFile(path)),
  tfliteFloat16: async (path) => openTflite(await readFile(path)),
  tfliteInt8: async (path) => openTflite(await readFile(path)),
  coral: async (path) => openTflite(await readFile(path)),
};

async function openOnnx(path: string, scale: (pixel: number) => number): Promise<Runtime> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(path);
  const { name, shape } = pictureInput(session);
  const [height, width] = shape.slice(2) as [number, number];
  return {
    prepare: (picture, outputs) => {
      const values = channelsFirst(picture, height, width, scale);
      const images = new Tensor('float32', values, [1, 3, height, width]);
      return async () => {
        const results = await session.run({ [name]: images }, [...outputs]);
        return Object.fromEntries(
          outputs.map((output) => [output, Float32Array.from(results[output]?.data as Float32Array)]),
        );
      };
    },
    close: () => session.release(),
  };
}

function pictureInput(session: InferenceSession): { name: string; shape: readonly (number | string)[] } {
  const [input] = session.inputMetadata;
  if (input?.isTensor !== true)
    throw new LinesideError('internal', 'the exported ONNX model has no picture input: report this');
  return { name: input.name, shape: input.shape };
}

/** [height, width, 3] as floats in the order [3, height, width]. */
function channelsFirst(
  picture: InputPicture,
  height: number,
  width: number,
  scale: (pixel: number) => number,
): Float32Array {
  const area = pictureArea(picture, height, width);
  const values = new Float32Array(area * 3);
  for (let cell = 0; cell < area; cell++) {
    for (let channel = 0; channel < 3; channel++) {
      values[channel * area + cell] = scale(picture.pixels[cell * 3 + channel] as number);
    }
  }
  return values;
}

function pictureArea(picture: InputPicture, height: number, width: number): number {
  if (picture.pixels.length !== height * width * 3) {
    throw new LinesideError(
      'internal',
      `${picture.name} has ${picture.pixels.length} values, but the model reads ${width} × ${height} × 3: report this`,
    );
  }
  return height * width;
}

async function openTfjs(path: string): Promise<Runtime> {
  const model = await loadGraphModel(await readArtifacts(path));
  const [height, width] = model.inputs[0]?.shape?.slice(1) as [number, number];
  return {
    prepare: (picture, outputs) => {
      pictureArea(picture, height, width);
      return async () => {
        const tensors = tf.tidy(() =>
          runTfjs(model, tf.tensor4d(picture.pixels, [1, height, width, 3], 'float32'), outputs),
        );
        try {
          const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
          return Object.fromEntries(outputs.map((output, index) => [output, values[index] as Float32Array]));
        } finally {
          tf.dispose(tensors);
        }
      };
    },
    close: async () => {
      model.dispose();
    },
  };
}

function runTfjs(model: GraphModel, images: tf.Tensor4D, outputs: readonly string[]): tf.Tensor[] {
  return model.execute({ [modelInput]: images }, [...outputs]) as tf.Tensor[];
}

/** Opens a TFLite model; what it gives as integers is turned into what they stand for. */
export async function openTflite(file: Uint8Array): Promise<Runtime> {
  const { liteRt, model } = await loadTflite(file);
  const facts = readTflite(file);
  const isUint8 = facts.inputs[0]?.type === 'uint8';
  const [height, width] = model.getInputDetails()[0]?.shape.slice(1) as unknown as [number, number];
  return {
    prepare: (picture, outputs) => {
      pictureArea(picture, height, width);
      const values = isUint8 ? Uint8Array.from(picture.pixels) : Float32Array.from(picture.pixels);
      return async () => {
        const images = new liteRt.Tensor(values, [1, height, width, 3]);
        const tensors = await model.run({ [modelInput]: images });
        try {
          return Object.fromEntries(
            outputs.map((output) => [
              output,
              realValues(
                tensors[output],
                facts.outputs.find(({ name }) => name === output),
              ),
            ]),
          );
        } finally {
          for (const tensor of [images, ...Object.values(tensors)]) tensor.delete();
        }
      };
    },
    close: async () => model.delete(),
  };
}

function realValues(tensor: Tensor | undefined, facts: TensorFacts | undefined): Float32Array {
  const values = tensor?.toTypedArray() ?? new Float32Array();
  if (facts === undefined || values instanceof Float32Array) return Float32Array.from(values);
  return Float32Array.from(values, (value) => facts.scale * (value - facts.zeroPoint));
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
