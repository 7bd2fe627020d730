import type { Box, Size } from '../../../shared/boxes';

/** One picture of the data set as the trainer sees it. */
export interface DatasetItem {
  /** Relative to the project, forward slashes: images/<name>. Unique; shown in messages. */
  readonly name: string;
  /** Absolute path of the picture. */
  readonly path: string;
  /** Of the upright picture, in pixels. */
  readonly size: Size;
  readonly boxes: readonly Box[];
  /** Class index of each box, 0-based, background not counted. */
  readonly labels: readonly number[];
  /** Parallel to boxes: ignored in evaluation, not trained on. */
  readonly difficult: readonly boolean[];
}
