import { box, type PixelRect } from '../../../shared/boxes';
import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';

/** A rectangle written as x, y, width, height in pixels of a picture 100 by 100. */
export type Rect = readonly [x: number, y: number, width: number, height: number];

export interface PlainTruth {
  readonly category: number;
  readonly box: Rect;
  readonly difficult?: boolean;
}

export interface PlainDetection {
  readonly category: number;
  readonly box: Rect;
  readonly score: number;
}

/** Builds what evaluation takes from numbers that a person can check by hand. */
export function picture(
  name: string,
  truths: readonly PlainTruth[],
  size: { readonly width: number; readonly height: number } = { width: 100, height: 100 },
): DatasetItem {
  return {
    name,
    path: name,
    size,
    boxes: truths.map((truth) => fractionBox(truth.box, size)),
    labels: truths.map((truth) => truth.category),
    difficult: truths.map((truth) => truth.difficult ?? false),
  };
}

export function detectionsOf(
  plain: readonly PlainDetection[],
  size: { readonly width: number; readonly height: number } = { width: 100, height: 100 },
): Detection[] {
  return plain.map((one) => ({ box: fractionBox(one.box, size), classIndex: one.category, score: one.score }));
}

/** For comparing with expected pixels despite rounding. */
export function roundRect({ x, y, width, height }: PixelRect): Rect {
  return [Math.round(x), Math.round(y), Math.round(width), Math.round(height)];
}

function fractionBox([x, y, width, height]: Rect, size: { readonly width: number; readonly height: number }) {
  return box(y / size.height, x / size.width, (y + height) / size.height, (x + width) / size.width);
}
