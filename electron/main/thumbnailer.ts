import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../../shared/rpc';

/** Renderings asked for at the same time: the trainer has a single thread for them. */
const atOnce = 2;

/**
 * Small or converted pictures of a project, made by the trainer once and kept in thumbnails/ as long as they are newer
 * than the picture.
 * @returns a function that gives the absolute path of the rendering
 */
export function createThumbnailer(
  client: () => Promise<Client>,
): (project: string, name: string, longSide: number | null) => Promise<string> {
  let running = 0;
  const waiting: (() => void)[] = [];

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };

  return async (project, name, longSide) => {
    const kept = path.join(project, 'thumbnails', renderingName(name, longSide));
    const [source, rendering] = await Promise.all([
      stat(path.join(project, 'images', name)),
      stat(kept).catch(() => undefined),
    ]);
    if (rendering && rendering.mtimeMs >= source.mtimeMs) return kept;
    return inTurn(async () => {
      const trainer = await client();
      return (await trainer.call('images.render', { project, file: `images/${name}`, longSide })).path;
    });
  };
}

/** Name of a rendering in thumbnails/. */
function renderingName(name: string, longSide: number | null): string {
  return `${name}.${longSide ?? 'whole'}.jpg`;
}
