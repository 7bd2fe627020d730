import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { endedForMemory } from './engine/memory';
import { exists, onDisk, readJson, writeJson } from './projectStore';

/**
 * sitting.json lies in a run's folder while it is trained. A training that ends, however, takes it away; one that is left
 * was killed, and tells whether it was short of memory.
 */
const sittingFile = 'sitting.json';

const sitting = z.object({
  version: z.literal(1),
  /** Bytes that the training was going to need, and what was free when it began. */
  neededBytes: z.number(),
  freeBytes: z.number(),
  /** How many processes the computer had ended for their memory by then, since it was started; null: it does not count. */
  endedForMemory: z.number().nullable(),
});

export type Sitting = Pick<z.output<typeof sitting>, 'neededBytes' | 'freeBytes'>;

/** The memory model may be off by a tenth. */
const nearlyFull = 0.9;

/** @param run runs/<time> */
export async function beginSitting(project: string, run: string, { neededBytes, freeBytes }: Sitting): Promise<void> {
  const counted = endedForMemory() ?? null;
  const begun = { version: 1 as const, neededBytes, freeBytes, endedForMemory: counted };
  await writeJson(project, `${run}/${sittingFile}`, sitting, begun);
}

export async function endSitting(project: string, run: string): Promise<void> {
  const file = path.join(project, run, sittingFile);
  await onDisk(file, () => rm(file, { force: true }));
}

/** Whether a run is being trained, or was killed while it was. */
export async function isSatAt(project: string, run: string): Promise<boolean> {
  return exists(path.join(project, run, sittingFile));
}

/**
 * Whether a training that was killed was short of memory: the computer has ended something for that since, or less was free
 * than the training needs.
 */
export async function lackedMemory(
  project: string,
  run: string,
  counted: number | undefined = endedForMemory(),
): Promise<boolean> {
  const begun = await readJson(project, `${run}/${sittingFile}`, sitting).catch(() => undefined);
  if (begun === undefined) return false;
  const wasEnded = begun.endedForMemory !== null && counted !== undefined && counted > begun.endedForMemory;
  return wasEnded || begun.neededBytes > nearlyFull * begun.freeBytes;
}
