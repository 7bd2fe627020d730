import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Writes under way by absolute path: those of one file happen in the order in which they were asked for. */
const underWay = new Map<string, Promise<void>>();
let written = 0;

/**
 * Writes a file whole or not at all: beside it, to the disk, then renamed over it (docs/decisions/0007). After a failure
 * the file is as it was and nothing lies beside it.
 * @param durable whether to wait until the disk has it
 * @throws what the system throws, ENOSPC among it
 */
export async function writeWhole(file: string, data: string | Uint8Array, durable = true): Promise<void> {
  const name = path.resolve(file);
  const before = underWay.get(name) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => replace(name, data, durable));
  underWay.set(name, mine);
  try {
    await mine;
  } finally {
    if (underWay.get(name) === mine) underWay.delete(name);
  }
}

async function replace(name: string, data: string | Uint8Array, durable: boolean): Promise<void> {
  const target = await realpath(name).catch(() => name);
  const mode = await stat(target).then(
    (found) => found.mode,
    () => 0o666,
  );
  const beside = `${target}.${process.pid}-${written++}.part`;
  try {
    const handle = await open(beside, 'wx', mode);
    try {
      // Goes on after a short write, which is how a disk that runs full first shows.
      await handle.writeFile(data);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
}
