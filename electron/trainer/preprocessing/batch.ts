import type { Box } from '../../../shared/boxes';

/** What the engine trains on in one step: made in worker threads, so that the engine never waits. */
export interface Batch {
  /** [batch, height, width, 3], RGB, 0–255; the engine scales it to −1…1. */
  readonly pixels: Uint8Array;
  readonly batchSize: number;
  readonly height: number;
  readonly width: number;
  /** After augmentation, one list a picture. */
  readonly gtBoxes: readonly (readonly Box[])[];
  /** 0-based class index, parallel to gtBoxes. */
  readonly gtLabels: readonly (readonly number[])[];
  /** Names of the pictures, to be named when a loss is not finite. */
  readonly names: readonly string[];
}

/** Gives any batch of any epoch, in any order: batch k of epoch e depends on (seed, e, k) alone, so a resumed run sees the same. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  /** Both counted from 0. */
  batch(epoch: number, index: number): Promise<Batch>;
  close(): Promise<void>;
}
