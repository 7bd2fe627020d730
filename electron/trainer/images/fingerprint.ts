import type { Picture } from './decode';

/** What is compared to find the same picture twice, whatever its size and compression. */
export interface Fingerprint {
  /** Difference hash (N. Krawetz, "Kind of Like That", 2013): is a cell of an 8×8 grid brighter than its left neighbour. */
  readonly hash: bigint;
  /** Mean brightness of the cells of a 16×16 grid, 0–255. */
  readonly cells: Uint8Array;
}

const grid = 16;

/** How different two pictures may be and still count as one. */
interface Tolerance {
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
const usual: Tolerance = { bits: 6, meanBrightness: 3, cellBrightness: 10 };
/** For a camera that always sees the same scene: only copies. */
const copies: Tolerance = { bits: 2, meanBrightness: 1, cellBrightness: 3 };
/** A group with more of the pictures than this says that the scene is always the same, not that the pictures are. */
const largestShare = 0.25;

export function fingerprint(picture: Picture): Fingerprint {
  const small = averageCells(picture, 9, 8);
  let hash = 0n;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const left = small[row * 9 + column] as number;
      hash = (hash << 1n) | ((small[row * 9 + column + 1] as number) > left ? 1n : 0n);
    }
  }
  return { hash, cells: Uint8Array.from(averageCells(picture, grid, grid), Math.round) };
}

export function nearlyTheSame(first: Fingerprint, second: Fingerprint, tolerance = usual): boolean {
  if (differentBits(first.hash, second.hash) > tolerance.bits) return false;
  const differences = Array.from(first.cells, (value, cell) => value - (second.cells[cell] as number));
  const offset = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const distances = differences.map((value) => Math.abs(value - offset));
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  return mean <= tolerance.meanBrightness && Math.max(...distances) <= tolerance.cellBrightness;
}

function differentBits(first: bigint, second: bigint): number {
  let count = 0;
  for (let rest = first ^ second; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

/** Mean luma (ITU-R BT.601) of each cell of a grid, by counting each pixel in the cell that holds its centre. */
function averageCells({ width, height, pixels }: Picture, columns: number, rows: number): Float64Array {
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor(((x + 0.5) * columns) / width);
      const at = (y * width + x) * 3;
      const luma =
        0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number);
      sums[cell] = (sums[cell] as number) + luma;
      counts[cell] = (counts[cell] as number) + 1;
    }
  }
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell] as number));
}

/**
 * Puts pictures that are nearly the same into one group.
 * @returns for each picture the number of its group: the index of the group's first picture
 */
export function groupNearDuplicates(prints: readonly (Fingerprint | undefined)[]): number[] {
  const groups = groupWithin(prints, usual);
  return largestGroup(groups) > Math.max(2, prints.length * largestShare) ? groupWithin(prints, copies) : groups;
}

function largestGroup(groups: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}

function groupWithin(prints: readonly (Fingerprint | undefined)[], tolerance: Tolerance): number[] {
  const parent = prints.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  for (const [second, print] of prints.entries()) {
    if (print === undefined) continue;
    for (let first = 0; first < second; first++) {
      const other = prints[first];
      if (other === undefined || !nearlyTheSame(other, print, tolerance)) continue;
      const low = Math.min(rootOf(first), rootOf(second));
      const high = Math.max(rootOf(first), rootOf(second));
      parent[high] = low;
    }
  }
  return parent.map((_, index) => rootOf(index));
}
