import { createHash } from 'node:crypto';
import type { DatasetItem, DatasetItems } from './items';

/**
 * One word for what a training learns from and is judged on: the pictures of each set with their boxes. Two trainings can
 * be compared by their figures only where it is the same; it does not depend on the folder that the project lies in.
 */
export function dataDigest({ classes, train, validation, test }: DatasetItems): string {
  const told = ({ name, boxes, labels, difficult }: DatasetItem): unknown[] => [name, boxes, labels, difficult];
  const sets = [train, validation, test].map((items) => items.map(told).sort(byName));
  return createHash('sha1')
    .update(JSON.stringify([classes, ...sets]))
    .digest('base64');
}

function byName([a]: unknown[], [b]: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
