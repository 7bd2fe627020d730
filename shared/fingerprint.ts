/** Telling whether two pictures show nearly the same: for the trainer's sets, and for the page that takes pictures. */

/** Pixels of a picture, row by row. */
export interface PixelGrid {
  readonly width: number;
  readonly height: number;
  /** [height, width, channels], 0–255; the first three channels are red, green, blue. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** What is compared to find the same picture twice, whatever its size and compression. */
export interface Fingerprint {
  /** Difference hash (N. Krawetz, "Kind of Like That", 2013): is a cell of an 8×8 grid brighter than its left neighbour. */
  readonly hash: bigint;
  /** Mean brightness of the cells of a 16×16 grid, 0–255. */
  readonly cells: Uint8Array;
}

const grid = 16;

/** How different two pictures may be and still count as one. */
export interface Tolerance {
  /** Of the 64 bits of the hash. */
  readonly bits: number;
  /** Mean and largest difference in brightness of the cells, once the pictures are equally bright. */
  readonly meanBrightness: number;
  readonly cellBrightness: number;
}

/**
 * On BCCD this joins the one field that was taken twice in other focus (3 bits, 2.2, 8.8); the nearest distinct
 * pictures differ by 11 bits, 6.9, 42. The limit on a single cell keeps apart a part that lies elsewhere on the same bench.
 */
export const usualTolerance: Tolerance = { bits: 6, meanBrightness: 3, cellBrightness: 10 };

/** @param channels of `pixels`: 3 for RGB, 4 for RGBA */
export function fingerprint(picture: PixelGrid, channels: 3 | 4 = 3): Fingerprint {
  const small = averageCells(picture, channels, 9, 8);
  let hash = 0n;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const left = small[row * 9 + column] as number;
      hash = (hash << 1n) | ((small[row * 9 + column + 1] as number) > left ? 1n : 0n);
    }
  }
  return { hash, cells: Uint8Array.from(averageCells(picture, channels, grid, grid), Math.round) };
}

/** Mean luma of a picture, 0–255. @param channels of `pixels`: 3 for RGB, 4 for RGBA */
export function brightness(picture: PixelGrid, channels: 3 | 4): number {
  return averageCells(picture, channels, 1, 1)[0] ?? 0;
}

export function nearlyTheSame(first: Fingerprint, second: Fingerprint, tolerance = usualTolerance): boolean {
  return differentBits(first.hash, second.hash) <= tolerance.bits && equallyBright(first, second, tolerance);
}

/** Whether the cells agree, once the pictures are equally bright. */
export function equallyBright(first: Fingerprint, second: Fingerprint, tolerance: Tolerance): boolean {
  const count = first.cells.length;
  let offset = 0;
  for (let cell = 0; cell < count; cell++) {
    offset += ((first.cells[cell] as number) - (second.cells[cell] as number)) / count;
  }
  let sum = 0;
  for (let cell = 0; cell < count; cell++) {
    const distance = Math.abs((first.cells[cell] as number) - (second.cells[cell] as number) - offset);
    if (distance > tolerance.cellBrightness) return false;
    sum += distance;
  }
  return sum / count <= tolerance.meanBrightness;
}

function differentBits(first: bigint, second: bigint): number {
  let count = 0;
  for (let rest = first ^ second; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

/** Mean luma (ITU-R BT.601) of each cell of a grid, by counting each pixel in the cell that holds its centre. */
function averageCells(
  { width, height, pixels }: PixelGrid,
  channels: 3 | 4,
  columns: number,
  rows: number,
): Float64Array {
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor(((x + 0.5) * columns) / width);
      const at = (y * width + x) * channels;
      const luma =
        0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number);
      sums[cell] = (sums[cell] as number) + luma;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell] as number));
}
