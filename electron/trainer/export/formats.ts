import type { ExportedFile } from '../../../shared/contract';
import type { Network, Parameters } from '../detector/network';
import { detectNetLabels } from './detectNetLabels';
import { chooseFloatLayers } from './chooseFloatLayers';
import type { ExportOptions, Quantizing } from './graph';
import { exportOnnx } from './onnx';
import { exportTfjs } from './tfjs';
import { shardName } from './tfjsGraph';
import { exportTflite } from './tflite';
import { exportCoral, exportTfliteInt8 } from './tfliteInt8';

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
  readonly write: (
    network: Network,
    parameters: Parameters,
    options: ExportOptions,
    quantizing: Quantizing,
  ) => Promise<WrittenFormat>;
}

export interface WrittenFormat {
  /** The model, in as many files as it has. */
  readonly files: readonly OutputFile[];
  /** The same model with other outputs. */
  readonly others: readonly OutputFile[];
  /** What was done to the model to keep its answers, one plain sentence each. */
  readonly notes: ExportedFile['notes'];
}

/** Largest loss of mAP50 of a model that computes in int8. */
const int8Limit = 0.01;

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
      others: [],
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
      return { files, others: [], notes: [] };
    },
  },
  tflite: {
    name: 'TensorFlow Lite',
    text: 'Raspberry Pi, Android and other small boards, with LiteRT (the runtime of TensorFlow Lite). Exactly as trained.',
    modelFile: 'model.tflite',
    ...exact,
    write: async (network, parameters, options) =>
      twoFiles('model.tflite', (outputs) => exportTflite(network, parameters, { ...options, ...outputs })),
  },
  tfliteFloat16: {
    name: 'TensorFlow Lite, float16',
    text: 'As TensorFlow Lite, in a file half as large; fast on the graphics chip of a phone.',
    modelFile: 'model-float16.tflite',
    judgedBy: 'mAP50',
    limit: 0.002,
    write: async (network, parameters, options) =>
      twoFiles('model-float16.tflite', (outputs) =>
        exportTflite(network, parameters, { ...options, ...outputs }, 'float16'),
      ),
  },
  tfliteInt8: {
    name: 'TensorFlow Lite, int8',
    text: 'As TensorFlow Lite, in a file a quarter as large, and the fastest on a Raspberry Pi or a phone without a graphics chip.',
    modelFile: 'model-int8.tflite',
    judgedBy: 'mAP50',
    limit: int8Limit,
    write: async (network, parameters, options, { calibrate, lostMAP50 }) => {
      const calibration = await calibrate();
      const write = (floatLayers: ReadonlySet<string>, outputs: Outputs): Uint8Array =>
        exportTfliteInt8(network, parameters, calibration, floatLayers, { ...options, ...outputs });
      const { layers, notes } = await chooseFloatLayers(network, calibration, int8Limit, (floatLayers) =>
        lostMAP50(write(floatLayers, { outputs: 'raw' })),
      );
      return twoFiles('model-int8.tflite', (outputs) => write(layers, outputs), notes);
    },
  },
  coral: {
    name: 'TensorFlow Lite for Coral',
    text: 'Coral Edge TPU: 8-bit whole numbers from the picture to the outputs. Put it through Coral’s edgetpu_compiler first.',
    modelFile: 'model-coral.tflite',
    judgedBy: 'mAP50',
    limit: int8Limit,
    write: async (network, parameters, options, { calibrate }) => {
      const calibration = await calibrate();
      return twoFiles('model-coral.tflite', (outputs) =>
        exportCoral(network, parameters, calibration, { ...options, ...outputs }),
      );
    },
  },
};

type Outputs = Required<Pick<ExportOptions, 'outputs'>>;

/** A TFLite model, and beside it the one that gives detections. */
function twoFiles(
  path: string,
  write: (outputs: Outputs) => Uint8Array,
  notes: WrittenFormat['notes'] = [],
): WrittenFormat {
  return {
    files: [{ path, bytes: write({ outputs: 'decoded' }) }],
    others: [{ path: path.replace('.tflite', '-detections.tflite'), bytes: write({ outputs: 'detections' }) }],
    notes,
  };
}

function oneFile(path: string, bytes: Uint8Array): WrittenFormat {
  return { files: [{ path, bytes }], others: [], notes: [] };
}
