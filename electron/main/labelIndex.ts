import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { annotationFile } from '../../shared/project';
import { annotationName, listImages, readJson } from '../trainer/projectStore';

/** What the label files of a project say, in short. */
export interface PictureLabels {
  /** images/<name> */
  readonly file: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly labels: readonly string[];
  readonly reviewed: boolean;
  /** Changes with everything that a training sees; empty without a label file. */
  readonly digest: string;
  /** When the label file was last written, in milliseconds; 0 without one. */
  readonly changed: number;
}

interface Cached {
  readonly changed: number;
  readonly bytes: number;
  readonly labels: PictureLabels;
}

/** Files read at the same time. */
const readers = 32;

/**
 * Reads label files and remembers them by size and time, so that asking again about 10,000 pictures reads only those
 * that changed.
 */
export function createLabelIndex(): (dir: string) => Promise<readonly PictureLabels[]> {
  const cache = new Map<string, Cached>();

  const read = async (dir: string, file: string): Promise<PictureLabels> => {
    const name = annotationName(file);
    const key = path.join(dir, name);
    const found = await stat(key).catch(() => undefined);
    if (!found) return { file, width: null, height: null, labels: [], reviewed: false, digest: '', changed: 0 };
    const known = cache.get(key);
    if (known?.changed === found.mtimeMs && known.bytes === found.size) return known.labels;
    const annotation = await readJson(dir, name, annotationFile);
    const { width = null, height = null, boxes = [], reviewed = false } = annotation ?? {};
    const labels: PictureLabels = {
      file,
      width,
      height,
      labels: boxes.map(({ label }) => label),
      reviewed,
      digest: createHash('sha1')
        .update(JSON.stringify([boxes, reviewed]))
        .digest('base64'),
      changed: found.mtimeMs,
    };
    cache.set(key, { changed: found.mtimeMs, bytes: found.size, labels });
    return labels;
  };

  return async (dir) => {
    const files = await listImages(dir);
    const found: PictureLabels[] = [];
    for (let from = 0; from < files.length; from += readers) {
      found.push(...(await Promise.all(files.slice(from, from + readers).map((file) => read(dir, file)))));
    }
    return found;
  };
}

/** One word for all labels of a project; the same labels give the same word on another machine. */
export function labelsDigest(pictures: readonly PictureLabels[]): string {
  const hash = createHash('sha1');
  for (const { file, digest } of pictures) hash.update(`${file}\n${digest}\n`);
  return hash.digest('base64');
}
