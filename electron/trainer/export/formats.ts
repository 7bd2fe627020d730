import type { ExportedFile } from '../../../shared/contract';
import type { Network, Parameters } from '../detector/network';
import { detectNetLabels } from './detectNetLabels';
import type { ExportOptions } from './graph';
import { exportOnnx } from './onnx';
import { exportTfjs } from './tfjs';
import { shardName } from './tfjsGraph';

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
  /** Every file of the format; the same model gives the same bytes. */
  readonly write: (network: Network, parameters: Parameters, options: ExportOptions) => readonly OutputFile[];
}

/** Every format a detector can be exported to. A new one is added here, and to `exportFormat` in shared/contract.ts. */
export const exportFormats: Readonly<Record<ExportFormat, FormatDescription>> = {
  onnx: {
    name: 'ONNX',
    text: 'Any computer: Windows, Linux and macOS, from Python, C++, C#, Java or JavaScript with ONNX Runtime or OpenVINO.',
    modelFile: 'model.onnx',
    write: (network, parameters, options) => [{ path: 'model.onnx', bytes: exportOnnx(network, parameters, options) }],
  },
  onnxDetections: {
    name: 'ONNX with detections',
    text: 'The same with the suppression of doubles inside the model: it gives the detections themselves, one picture at a time.',
    modelFile: 'model-with-detections.onnx',
    write: (network, parameters, options) => [
      {
        path: 'model-with-detections.onnx',
        bytes: exportOnnx(network, parameters, { ...options, outputs: 'detections' }),
      },
    ],
  },
  jetson: {
    name: 'ONNX for detectNet',
    text: 'NVIDIA Jetson, with TensorRT, as the detectnet program of jetson-inference reads it.',
    modelFile: 'jetson/model.onnx',
    write: (network, parameters, options) => [
      { path: 'jetson/model.onnx', bytes: exportOnnx(network, parameters, { ...options, outputs: 'detectNet' }) },
      { path: 'jetson/labels.txt', bytes: Buffer.from(detectNetLabels(options.labels ?? [])) },
    ],
  },
  tfjs: {
    name: 'TensorFlow.js',
    text: 'A web page or a Node program, on phones, tablets and computers alike, with TensorFlow.js.',
    modelFile: 'tfjs/model.json',
    write: (network, parameters, options) => {
      const { modelJson, weights } = exportTfjs(network, parameters, options);
      return [
        { path: 'tfjs/model.json', bytes: Buffer.from(modelJson) },
        ...weights.map((bytes, index) => ({ path: `tfjs/${shardName(index, weights.length)}`, bytes })),
      ];
    },
  },
};
