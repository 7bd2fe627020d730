import type { Size } from './boxes';
import type { ExportDevice, ExportedFile } from './contract';

/** A figure that somebody published for a detector of our kind: MobileNetV2 with SSD heads, trained on COCO. */
export interface Published {
  readonly board: string;
  /** Of one picture, without reading and shrinking it. */
  readonly milliseconds: number;
  readonly source: string;
  /** Width and height of the picture that was read, where it was not 300. */
  readonly side?: number;
}

export interface Device {
  /** Files that it gets, the one to take unless something speaks against it first. */
  readonly formats: readonly ExportedFile['format'][];
  /** Fastest first; empty where no figure was found that says what was measured and how. */
  readonly published: readonly Published[];
}

const usualSide = 300;

/** Alasdair Allan, Benchmarking Machine Learning on the Edge, table of the README: SSD MobileNet v2, 300 × 300. */
const allan = 'https://github.com/aallan/benchmarking-ml-on-the-edge';

/** The Object Detection API's news of October 2019: SSDLite on MobileNetV2, which reads 320 × 320 pixels. */
const tensorflow = 'https://github.com/tensorflow/models/tree/master/research/object_detection';

/** What people have on the line. A new device is added here, and to `exportDevice` in shared/contract.ts. */
export const devices: Readonly<Record<ExportDevice, Device>> = {
  computer: { formats: ['onnx', 'onnxDetections'], published: [] },
  raspberryPi: {
    formats: ['tfliteFloat16', 'tfliteInt8', 'tflite'],
    published: [
      { board: 'Raspberry Pi 5', milliseconds: 23.5, source: allan },
      { board: 'Raspberry Pi 4', milliseconds: 112.6, source: allan },
      { board: 'Raspberry Pi 3 B+', milliseconds: 379.6, source: allan },
    ],
  },
  android: {
    formats: ['tfliteFloat16', 'tfliteInt8', 'tflite'],
    published: [{ board: 'Google Pixel (2016), on its processor', milliseconds: 162, source: tensorflow, side: 320 }],
  },
  coral: {
    formats: ['coral'],
    published: [
      { board: 'Coral USB Accelerator, USB 3', milliseconds: 18.2, source: allan },
      { board: 'Coral Dev Board', milliseconds: 20.9, source: allan },
      { board: 'Coral USB Accelerator, USB 2', milliseconds: 58.1, source: allan },
    ],
  },
  jetson: {
    formats: ['jetson'],
    published: [
      {
        board: 'Jetson Nano, TensorRT 5',
        milliseconds: 46,
        source: 'https://github.com/brokenerk/TRT-SSD-MobileNetV2',
      },
      { board: 'Jetson Nano, TensorFlow with TensorRT', milliseconds: 72.3, source: allan },
    ],
  },
  intel: {
    formats: ['onnx'],
    published: [{ board: 'Neural Compute Stick 2, USB 3', milliseconds: 80.4, source: allan }],
  },
  browser: { formats: ['tfjs'], published: [] },
};

/** Each format of the devices once, in their order. */
export function formatsFor(chosen: readonly ExportDevice[]): ExportedFile['format'][] {
  return [...new Set(chosen.flatMap((device) => devices[device].formats))];
}

/** A published time, scaled to a detector that reads pictures of another size: the work grows with the area. */
export function expectedMilliseconds({ milliseconds, side = usualSide }: Published, { width, height }: Size): number {
  return (milliseconds * width * height) / side ** 2;
}
