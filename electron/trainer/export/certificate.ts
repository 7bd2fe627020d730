import { createHash } from 'node:crypto';
import type { Size } from '../../../shared/boxes';
import type { ExportDevice, ExportedFile } from '../../../shared/contract';
import { devices, expectedMilliseconds } from '../../../shared/devices';
import type { OutputFile } from './formats';
import type { NetworkCost } from './operations';

/** What the certificate is made from: all of it was measured, or is cited. */
export interface CertificateInput {
  /** ISO 8601. */
  readonly time: string;
  readonly project: string;
  /** runs/<time> */
  readonly run: string;
  readonly files: readonly ExportedFile[];
  /** Contents of every exported file, by its path in the export. */
  readonly contents: readonly OutputFile[];
  readonly devices: readonly ExportDevice[];
  readonly input: Size;
  readonly cost: NetworkCost;
  /** "Intel Xeon, 2 cores" */
  readonly computer: string;
  /** Which pictures were compared: the set's name. */
  readonly set: string;
}

export interface Certificate {
  readonly version: 1;
  readonly time: string;
  readonly project: string;
  readonly run: string;
  readonly detector: { readonly width: number; readonly height: number } & NetworkCost;
  readonly computer: string;
  readonly pictures: { readonly set: string; readonly count: number };
  readonly models: readonly CertifiedModel[];
  readonly devices: readonly CertifiedDevice[];
}

interface CertifiedModel extends Pick<ExportedFile, 'format' | 'path' | 'bytes' | 'notes'> {
  readonly sha256: string;
  readonly runtime: string;
  readonly parity: ExportedFile['parity'];
}

interface CertifiedDevice {
  readonly device: ExportDevice;
  /** Empty: not measured by anyone whose figure could be cited. */
  readonly expected: readonly {
    readonly board: string;
    readonly milliseconds: number;
    /** For a detector of the same kind, mostly one that reads 300 × 300 pixels: see the source. */
    readonly publishedMilliseconds: number;
    readonly source: string;
  }[];
}

/** What ran each format here. TensorRT runs on a Jetson only. */
const runtimes: Readonly<Record<ExportedFile['format'], string>> = {
  onnx: 'ONNX Runtime',
  onnxDetections: 'ONNX Runtime',
  jetson: 'ONNX Runtime, in place of TensorRT, which runs on the Jetson only',
  tfjs: 'TensorFlow.js',
  tflite: 'LiteRT',
  tfliteFloat16: 'LiteRT',
  tfliteInt8: 'LiteRT',
  coral: 'LiteRT, in place of the Edge TPU',
};

export function certificate(request: CertificateInput): Certificate {
  const { time, project, run, files, contents, input, cost, computer, set } = request;
  const rounded = (value: number): number => Number(value.toPrecision(3));
  return {
    version: 1,
    time,
    project,
    run,
    detector: { ...input, ...cost },
    computer,
    pictures: { set, count: Math.max(0, ...files.map(({ parity }) => parity.images)) },
    models: files.map(({ format, path, bytes, parity, notes }) => ({
      format,
      path,
      bytes,
      sha256: sha256Of(contents, path),
      runtime: runtimes[format],
      parity,
      notes,
    })),
    devices: request.devices.map((device) => ({
      device,
      expected: devices[device].published.map((published) => ({
        board: published.board,
        milliseconds: rounded(expectedMilliseconds(published, input)),
        publishedMilliseconds: published.milliseconds,
        source: published.source,
      })),
    })),
  };
}

function sha256Of(contents: readonly OutputFile[], path: string): string {
  const found = contents.find((file) => file.path === path);
  return createHash('sha256')
    .update(found?.bytes ?? '')
    .digest('hex');
}
