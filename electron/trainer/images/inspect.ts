import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Size } from '../../../shared/boxes';
import { LinesideError } from '../../../shared/errors';
import { throwIfCancelled } from '../cancel';
import { readJson, writeJson } from '../projectStore';
import { decodePicture } from './decode';
import { type Fingerprint, fingerprint } from '../../../shared/fingerprint';

/** What became of a picture that a project counts on. */
export type PictureState =
  | { readonly kind: 'readable'; readonly size: Size; readonly print: Fingerprint }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Kept in the project, so that a split or a check decodes only the pictures that are new or have changed. */
const cacheName = 'fingerprints.json';
const entryShape = z.object({
  bytes: z.number(),
  modified: z.number(),
  width: z.number(),
  height: z.number(),
  hash: z.string(),
  cells: z.string(),
});
const cacheShape = z.record(z.string(), entryShape);
type Entry = z.output<typeof entryShape>;

/**
 * Looks at pictures of a project, in their order.
 * @param images images/<name>
 * @throws LinesideError 'cancelled'
 */
export async function inspectPictures(
  dir: string,
  images: readonly string[],
  { progress, signal }: { readonly progress: (done: number, total: number) => void; readonly signal: AbortSignal },
): Promise<PictureState[]> {
  const known = (await readJson(dir, cacheName, cacheShape)) ?? {};
  const next: Record<string, Entry> = {};
  const states: PictureState[] = [];
  for (const [index, image] of images.entries()) {
    throwIfCancelled(signal, 'Looking at the pictures');
    const { state, entry } = await inspect(dir, image, known[image]);
    states.push(state);
    if (entry !== undefined) next[image] = entry;
    progress(index + 1, images.length);
  }
  const changed = images.some((image) => next[image] !== known[image]);
  if (changed) await writeJson(dir, cacheName, cacheShape, { ...known, ...next }, { durable: false });
  return states;
}

async function inspect(
  dir: string,
  image: string,
  known: Entry | undefined,
): Promise<{ readonly state: PictureState; readonly entry?: Entry }> {
  const file = path.join(dir, image);
  const found = await stat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return { state: { kind: 'missing' } };
  if (known?.bytes === found.size && known.modified === found.mtimeMs) return { state: fromEntry(known), entry: known };
  try {
    const picture = await decodePicture(file);
    const { hash, cells } = fingerprint(picture);
    const entry = {
      bytes: found.size,
      modified: found.mtimeMs,
      width: picture.width,
      height: picture.height,
      hash: hash.toString(16),
      cells: Buffer.from(cells).toString('base64'),
    };
    return { state: fromEntry(entry), entry };
  } catch (error) {
    if (!(error instanceof LinesideError)) throw error;
    return { state: { kind: 'unreadable', reason: error.message.replace(dir + path.sep, '') } };
  }
}

function fromEntry({ width, height, hash, cells }: Entry): PictureState {
  const print = { hash: BigInt(`0x${hash}`), cells: new Uint8Array(Buffer.from(cells, 'base64')) };
  return { kind: 'readable', size: { width, height }, print };
}
