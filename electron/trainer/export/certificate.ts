import { createHash } from 'node:crypto';
import type { Size } from '../../../shared/boxes';
import type { ExportDevice, ExportedFile } from '../../../shared/contract';
import { devices, expectedMilliseconds } from '../../../shared/devices';
import type { OutputFile } from './formats';
import type { NetworkCost } from './operations';

/** What the certificate is made from: all of it was measured, or is cited. */
export interface CertificateInput {
  readonly project: string;
  /** runs/<time> */
  readonly run: string;
  readonly files: readonly ExportedFile[];
  /** Contents of every exported file, by its path in the export. */
  readonly contents: readonly OutputFile[];
  readonly devices: readonly ExportDevice[];
  readonly input: Size;
  readonly cost: NetworkCost;
  /** Which pictures were compared: the set's name. */
  readonly set: string;
}

/** What another export of the same model would not repeat: when and where it was made, with the times of the pictures. */
export interface Measured {
  /** ISO 8601. */
  readonly time: string;
  /** "Intel Xeon, 2 cores" */
  readonly computer: string;
}

export interface Certificate {
  readonly version: 1;
  readonly measured?: Measured;
  readonly project: string;
  readonly run: string;
  readonly detector: { readonly width: number; readonly height: number } & NetworkCost;
  readonly pictures: { readonly set: string; readonly count: number };
  readonly models: readonly CertifiedModel[];
  readonly devices: readonly CertifiedDevice[];
}

interface CertifiedModel extends Pick<ExportedFile, 'format' | 'path' | 'bytes' | 'notes'> {
  readonly sha256: string;
  readonly runtime: string;
  /** Its `milliseconds` are null where nothing measured is told. */
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

/** @param measured left out, the certificate says only what the same model always gives */
export function certificate(request: CertificateInput, measured?: Measured): Certificate {
  const { project, run, files, contents, input, cost, set } = request;
  const rounded = (value: number): number => Number(value.toPrecision(3));
  return {
    version: 1,
    ...(measured && { measured }),
    project,
    run,
    detector: { ...input, ...cost },
    pictures: { set, count: Math.max(0, ...files.map(({ parity }) => parity.images)) },
    models: files.map(({ format, path, bytes, parity, notes }) => ({
      format,
      path,
      bytes,
      sha256: sha256Of(contents, path),
      runtime: runtimes[format],
      parity: measured ? parity : { ...parity, milliseconds: null },
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
