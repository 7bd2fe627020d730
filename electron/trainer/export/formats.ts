import type { ExportedFile } from '../../../shared/contract';
import type { Network, Parameters } from '../detector/network';
import { detectNetLabels } from './detectNetLabels';
import type { ExportOptions } from './graph';
import { exportOnnx } from './onnx';
import { exportTfjs } from './tfjs';
import { shardName } from './tfjsGraph';
import { exportTflite } from './tflite';

export type ExportFormat = ExportedFile['format'];

/** One file of an export, its path relative to the export's folder, with forward slashes. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface FormatDescription {
  readonly name: string;
  /** Where it runs, in plain words. */
  readonly text: string;
  /** The file to be loaded, relative to the export's folder. */
  readonly modelFile: string;
  readonly judgedBy: ExportedFile['parity']['judgedBy'];
  /** Largest difference to the trainer that still counts as the same model. */
  readonly limit: number;
  /** The same model gives the same bytes. */
  readonly write: (network: Network, parameters: Parameters, options: ExportOptions) => Promise<WrittenFormat>;
}

export interface WrittenFormat {
  readonly files: readonly OutputFile[];
  /** What was done to the model to keep its answers, one plain sentence each. */
  readonly notes: ExportedFile['notes'];
}

/** Float32 rounding over some 60 layers, as a difference of raw outputs. */
const exact = { judgedBy: 'rawOutputs', limit: 1e-3 } as const;

/** Every format a detector can be exported to. A new one is added here, and to `exportFormat` in shared/contract.ts. */
export const exportFormats: Readonly<Record<ExportFormat, FormatDescription>> = {
  onnx: {
    name: 'ONNX',
    text: 'Any computer: Windows, Linux and macOS, from Python, C++, C#, Java or JavaScript with ONNX Runtime or OpenVINO.',
    modelFile: 'model.onnx',
    ...exact,
    write: async (network, parameters, options) => oneFile('model.onnx', exportOnnx(network, parameters, options)),
  },
  onnxDetections: {
    name: 'ONNX with detections',
    text: 'The same with the suppression of doubles inside the model: it gives the detections themselves, one picture at a time.',
    modelFile: 'model-with-detections.onnx',
    ...exact,
    write: async (network, parameters, options) =>
      oneFile('model-with-detections.onnx', exportOnnx(network, parameters, { ...options, outputs: 'detections' })),
  },
  jetson: {
    name: 'ONNX for detectNet',
    text: 'NVIDIA Jetson, with TensorRT, as the detectnet program of jetson-inference reads it.',
    modelFile: 'jetson/model.onnx',
    ...exact,
    write: async (network, parameters, options) => ({
      files: [
        { path: 'jetson/model.onnx', bytes: exportOnnx(network, parameters, { ...options, outputs: 'detectNet' }) },
        { path: 'jetson/labels.txt', bytes: Buffer.from(detectNetLabels(options.labels ?? [])) },
      ],
      notes: [],
    }),
  },
  tfjs: {
    name: 'TensorFlow.js',
    text: 'A web page or a Node program, on phones, tablets and computers alike, with TensorFlow.js.',
    modelFile: 'tfjs/model.json',
    ...exact,
    write: async (network, parameters, options) => {
      const { modelJson, weights } = exportTfjs(network, parameters, options);
      const files = [
        { path: 'tfjs/model.json', bytes: Buffer.from(modelJson) },
        ...weights.map((bytes, index) => ({ path: `tfjs/${shardName(index, weights.length)}`, bytes })),
      ];
      return { files, notes: [] };
    },
  },
  tflite: {
    name: 'TensorFlow Lite',
    text: 'Raspberry Pi, Android and other small boards, with LiteRT (the runtime of TensorFlow Lite). Exactly as trained.',
    modelFile: 'model.tflite',
    ...exact,
    write: async (network, parameters, options) => oneFile('model.tflite', exportTflite(network, parameters, options)),
  },
  tfliteFloat16: {
    name: 'TensorFlow Lite, float16',
    text: 'As TensorFlow Lite, in a file half as large; fast on the graphics chip of a phone.',
    modelFile: 'model-float16.tflite',
    judgedBy: 'mAP50',
    limit: 0.002,
    write: async (network, parameters, options) =>
      oneFile('model-float16.tflite', exportTflite(network, parameters, options, 'float16')),
  },
};

function oneFile(path: string, bytes: Uint8Array): WrittenFormat {
  return { files: [{ path, bytes }], notes: [] };
}
