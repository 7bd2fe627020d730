import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type AnnotationFile, undoFile, type UndoSteps } from '../../shared/project';
import { onDisk, readAnnotation, readJson, undoName, writeJson } from '../trainer/projectStore';

/**
 * Steps back and forth in the labels of a picture. They lie in the project beside the labels: the page's own storage
 * reaches the disk seconds later, too late for an app that is killed.
 */

/** Steps kept on either side: more than anybody goes back, and a small file. */
const keptSteps = 50;

/**
 * Written before the labels themselves. Whichever of the two files a sudden end still reaches, the labels on disk are one
 * of the steps, and `readUndo` finds them.
 */
export async function writeUndo(dir: string, present: AnnotationFile, { past, future }: UndoSteps): Promise<void> {
  const before = past.slice(-keptSteps);
  const steps = [...before, present, ...future.slice(0, keptSteps)];
  const file = { version: 1 as const, at: before.length, steps };
  await onDisk(dir, () => mkdir(path.join(dir, path.dirname(undoName(present.image))), { recursive: true }));
  // For the end of the app, not of the computer: nobody waits until the disk has it.
  await writeJson(dir, undoName(present.image), undoFile, file, { durable: false });
}

/** The steps around the labels as they are now; none where these were changed by something else since. */
export async function readUndo(dir: string, image: string): Promise<UndoSteps> {
  // A broken file costs the steps, never the picture.
  const kept = await readJson(dir, undoName(image), undoFile).catch(() => undefined);
  if (!kept) return { past: [], future: [] };
  const present = await readAnnotation(dir, image);
  const { steps, at } = kept;
  const nearest = steps
    .flatMap((step, index) => (sameLabels(step, present) ? [index] : []))
    .sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
  if (nearest === undefined) return { past: [], future: [] };
  return { past: steps.slice(0, nearest), future: steps.slice(nearest + 1) };
}

/** A picture without a label file has no boxes, and nobody has looked at it. */
function sameLabels(step: AnnotationFile, present: AnnotationFile | undefined): boolean {
  const { boxes, reviewed } = present ?? { boxes: [], reviewed: false };
  return JSON.stringify([step.boxes, step.reviewed]) === JSON.stringify([boxes, reviewed]);
}
