import type { Size } from '../../../shared/boxes';
import type { DatasetItem } from './items';

/** How large the parts are once the pictures have been stretched to the network's input, and how many there are. */
export interface DatasetStatistics {
  readonly pictures: number;
  readonly boxes: number;
  /** By class index. */
  readonly boxesPerClass: readonly number[];
  /** How many pictures show the class. */
  readonly picturesPerClass: readonly number[];
  /** Shorter sides of the boxes in input pixels; 0 where there are no boxes. */
  readonly shortSides: {
    readonly smallest: number;
    readonly percentile5: number;
    readonly median: number;
    readonly percentile95: number;
  };
  /** [height, width] of every box as fractions of the input, in the items' order: what priors are planned from. */
  readonly shapes: readonly (readonly [height: number, width: number])[];
}

/** @param input size of the network's input in pixels */
export function datasetStatistics(items: readonly DatasetItem[], classes: number, input: Size): DatasetStatistics {
  const boxesPerClass = new Array<number>(classes).fill(0);
  const picturesPerClass = new Array<number>(classes).fill(0);
  for (const { labels } of items) {
    for (const label of labels) boxesPerClass[label] = (boxesPerClass[label] ?? 0) + 1;
    for (const label of new Set(labels)) picturesPerClass[label] = (picturesPerClass[label] ?? 0) + 1;
  }
  const shapes = items.flatMap(({ boxes }) => boxes.map(([y1, x1, y2, x2]) => [y2 - y1, x2 - x1] as const));
  const sides = shapes
    .map(([height, width]) => Math.min(height * input.height, width * input.width))
    .sort((first, second) => first - second);
  return {
    pictures: items.length,
    boxes: shapes.length,
    boxesPerClass,
    picturesPerClass,
    shortSides: {
      smallest: sides[0] ?? 0,
      percentile5: percentile(sides, 5),
      median: percentile(sides, 50),
      percentile95: percentile(sides, 95),
    },
    shapes,
  };
}

/** Linear interpolation between the closest ranks. @param sorted ascending. @returns 0 where there are no values */
export function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return 0;
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}
