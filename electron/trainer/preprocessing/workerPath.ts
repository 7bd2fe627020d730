import { existsSync } from 'node:fs';
import path from 'node:path';
import { LinesideError } from '../../../shared/errors';

/**
 * Where the bundled decode worker lies: beside the other bundles in out/, whether this code runs from there or, in
 * tests, from its source. LINESIDE_WORKER names it where an application is laid out otherwise.
 * @throws LinesideError 'internal' where it has not been built
 */
export function workerPath(): string {
  const named = process.env['LINESIDE_WORKER'];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    path.join(__dirname, 'decodeWorker.cjs'),
    path.resolve(__dirname, '../../../out/decodeWorker.cjs'),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new LinesideError('internal', 'decodeWorker.cjs has not been built: run node scripts/build.mjs');
  }
  return found;
}
