import type { PixelRect, Size } from '../../../shared/boxes';
import type { Picture } from '../images/decode';
import type { ColourTransform, Rgb } from './colour';

export interface ResampleOptions {
  readonly flipX?: boolean;
  readonly flipY?: boolean;
  /** Colour of what lies outside the picture. Black by default. */
  readonly fill?: Rgb;
  /** Applied to every output pixel, the fill included. */
  readonly colour?: ColourTransform;
}

/** Stretches a picture to a size. @returns [height, width, 3], RGB, 0–255 */
export function resize(picture: Picture, size: Size): Uint8Array {
  return resample(picture, { x: 0, y: 0, width: picture.width, height: picture.height }, size);
}

/** A part of a picture, pixel by pixel. @param region whole pixels, inside the picture */
export function crop({ width, pixels }: Picture, region: PixelRect): Picture {
  const line = region.width * 3;
  const cut = new Uint8Array(region.height * line);
  for (let row = 0; row < region.height; row++) {
    const from = ((region.y + row) * width + region.x) * 3;
    cut.set(pixels.subarray(from, from + line), row * line);
  }
  return { width: region.width, height: region.height, pixels: cut };
}

/**
 * Stretches a rectangle of a picture to a size in one step: crop, zoom-out, flip, resize and colour together.
 *
 * Bilinear with half-pixel centres; where it shrinks, the filter widens with the scale, so that nothing aliases (the
 * same as Pillow's BILINEAR with a box).
 * @param region in pixels of the picture; may reach beyond it
 * @returns [height, width, 3], RGB, 0–255
 */
export function resample(picture: Picture, region: PixelRect, size: Size, options: ResampleOptions = {}): Uint8Array {
  const across = tapsOf(picture.width, region.x, region.width, size.width, options.flipX ?? false);
  const down = tapsOf(picture.height, region.y, region.height, size.height, options.flipY ?? false);
  const fill = options.fill ?? [0, 0, 0];
  const rows = usedRows(down);
  const narrowed = resampleRows(picture, across, rows, fill); // [rows, size.width, 3]
  const line = new Float32Array(size.width * 3);
  const result = new Uint8Array(size.height * line.length);
  for (let row = 0; row < size.height; row++) {
    const count = down.counts[row] as number;
    if (count === 0) fillWith(line, fill);
    else weightedRows(narrowed, line, (down.starts[row] as number) - rows.first, down, row);
    writeLine(line, result, row * line.length, options.colour);
  }
  return result;
}

/** Which source pixels, and how much of each, make up each output pixel along one axis. */
interface Taps {
  readonly starts: Int32Array;
  /** 0 for an output pixel outside the picture. */
  readonly counts: Int32Array;
  /** `most` weights for each output pixel; they sum to 1. */
  readonly weights: Float32Array;
  readonly most: number;
}

function tapsOf(length: number, from: number, extent: number, outputs: number, flip: boolean): Taps {
  const scale = extent / outputs;
  const support = Math.max(1, scale);
  const most = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outputs);
  const counts = new Int32Array(outputs);
  const weights = new Float32Array(outputs * most);
  for (let output = 0; output < outputs; output++) {
    const centre = from + ((flip ? outputs - 1 - output : output) + 0.5) * scale;
    if (centre < 0 || centre > length) continue;
    const first = Math.max(0, Math.floor(centre - support));
    const end = Math.min(length, Math.ceil(centre + support));
    let sum = 0;
    let count = 0;
    let start = first;
    for (let at = first; at < end; at++) {
      const weight = 1 - Math.abs(at + 0.5 - centre) / support;
      if (weight <= 0) {
        if (count === 0) start = at + 1;
        continue;
      }
      weights[output * most + count++] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) weights[output * most + tap] = (weights[output * most + tap] as number) / sum;
    starts[output] = start;
    counts[output] = count;
  }
  return { starts, counts, weights, most };
}

function usedRows({ starts, counts }: Taps): { readonly first: number; readonly end: number } {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let output = 0; output < starts.length; output++) {
    const count = counts[output] as number;
    if (count === 0) continue;
    first = Math.min(first, starts[output] as number);
    end = Math.max(end, (starts[output] as number) + count);
  }
  return end === 0 ? { first: 0, end: 0 } : { first, end };
}

/** The horizontal pass over the rows that the vertical one needs. @returns [rows, outputs, 3] */
function resampleRows(
  { width, pixels }: Picture,
  { starts, counts, weights, most }: Taps,
  rows: { readonly first: number; readonly end: number },
  fill: Rgb,
): Float32Array {
  const outputs = starts.length;
  const result = new Float32Array((rows.end - rows.first) * outputs * 3);
  let to = 0;
  for (let row = rows.first; row < rows.end; row++) {
    const rowStart = row * width * 3;
    for (let output = 0; output < outputs; output++, to += 3) {
      const count = counts[output] as number;
      if (count === 0) {
        result[to] = fill[0];
        result[to + 1] = fill[1];
        result[to + 2] = fill[2];
        continue;
      }
      let from = rowStart + (starts[output] as number) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = output * most, end = tap + count; tap < end; tap++, from += 3) {
        const weight = weights[tap] as number;
        red += weight * (pixels[from] as number);
        green += weight * (pixels[from + 1] as number);
        blue += weight * (pixels[from + 2] as number);
      }
      result[to] = red;
      result[to + 1] = green;
      result[to + 2] = blue;
    }
  }
  return result;
}

function weightedRows(rows: Float32Array, line: Float32Array, start: number, taps: Taps, output: number): void {
  const length = line.length;
  const count = taps.counts[output] as number;
  const firstWeight = taps.weights[output * taps.most] as number;
  const offset = start * length;
  for (let at = 0; at < length; at++) line[at] = firstWeight * (rows[offset + at] as number);
  for (let tap = 1; tap < count; tap++) {
    const weight = taps.weights[output * taps.most + tap] as number;
    const from = offset + tap * length;
    for (let at = 0; at < length; at++) line[at] = (line[at] as number) + weight * (rows[from + at] as number);
  }
}

function fillWith(line: Float32Array, [red, green, blue]: Rgb): void {
  for (let at = 0; at < line.length; at += 3) {
    line[at] = red;
    line[at + 1] = green;
    line[at + 2] = blue;
  }
}

function writeLine(line: Float32Array, result: Uint8Array, to: number, colour: ColourTransform | undefined): void {
  if (colour === undefined) {
    for (let at = 0; at < line.length; at++) result[to + at] = (line[at] as number) + 0.5;
    return;
  }
  const [rr, rg, rb, r0, gr, gg, gb, g0, br, bg, bb, b0] = colour;
  for (let at = 0; at < line.length; at += 3) {
    const red = line[at] as number;
    const green = line[at + 1] as number;
    const blue = line[at + 2] as number;
    result[to + at] = toByte(rr * red + rg * green + rb * blue + r0);
    result[to + at + 1] = toByte(gr * red + gg * green + gb * blue + g0);
    result[to + at + 2] = toByte(br * red + bg * green + bb * blue + b0);
  }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}
