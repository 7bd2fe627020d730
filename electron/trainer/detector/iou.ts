import type { Box } from '../../../shared/boxes';

/** Intersection over union of two boxes, 0–1; 0 where either is flat. */
export function iou(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const intersection = height * width;
  return intersection / (area(a) + area(b) - intersection);
}

export function area([y1, x1, y2, x2]: Box): number {
  return Math.max(0, y2 - y1) * Math.max(0, x2 - x1);
}
