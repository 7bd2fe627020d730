import type { Box } from '../../../shared/boxes';

/** What the detector found in one picture, best first. */
export interface Detection {
  readonly box: Box;
  /** 0-based, background not counted. */
  readonly classIndex: number;
  /** Softmax probability, 0–1. */
  readonly score: number;
}
