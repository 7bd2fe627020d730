import { readFileSync } from 'node:fs';
import path from 'node:path';
import { box, type Box } from '../../../shared/boxes';

/** Reads numbers that torchvision made (golden/README.md). */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(path.resolve(__dirname, '../../../golden', `${name}.json`), 'utf8'));
}

export const toBox = ([y1, x1, y2, x2]: readonly number[]): Box =>
  box(y1 as number, x1 as number, y2 as number, x2 as number);

export const flat = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat());
