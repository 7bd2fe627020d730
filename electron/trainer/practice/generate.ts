import { rm, rmdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { availableParallelism } from 'node:os';
import type { EventOf, JobContext, OutputOf, ParsedInputOf } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { throwIfCancelled } from '../cancel';
import { createProject, exists, isEmptyOrAbsent, onDisk, writeAnnotation } from '../projectStore';
import { partNames } from './parts';
import type { PracticeRequest, SavedPicture } from './practiceWorker';
import { WorkerThread } from '../workerThread';

/** Pictures in the practice project. */
export const practicePictures = 80;

/** Each takes about 150 MB while it draws. */
const mostThreads = 6;

/**
 * The handler of 'images.practice': renders the practice project into a new folder, beside it first, so that it is there
 * whole or not at all. The same seed gives the same pictures and labels.
 * @param pictures fewer than the contract's 80 in tests
 * @throws LinesideError 'wrongUse' where the folder already holds something, 'cancelled', 'disk'
 */
export async function generatePractice(
  { project, seed, name = 'Practice: parts tray', parts = [...partNames] }: ParsedInputOf<'images.practice'>,
  { emit, signal }: JobContext<EventOf<'images.practice'>>,
  pictures = practicePictures,
): Promise<OutputOf<'images.practice'>> {
  if (!(await isEmptyOrAbsent(project))) {
    throw new LinesideError('wrongUse', `${project} is not empty: choose a new folder for the practice project`);
  }
  const building = `${path.resolve(project)}.building-${process.pid}`;
  try {
    await rm(building, { recursive: true, force: true });
    const created = new Date().toISOString();
    await createProject(building, { name, classes: parts, created });
    const boxes = await drawAll(building, { pictures, seed, parts }, { emit, signal });
    throwIfCancelled(signal, 'Making the practice project');
    await onDisk(project, async () => {
      if (await exists(project)) await rmdir(project);
      await rename(building, project);
    });
    emit({ kind: 'progress', done: pictures, total: pictures, text: `${pictures} pictures are ready` });
    return { project, images: pictures, boxes, classes: parts, rejected: [] };
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** @returns how many boxes there are in all pictures */
async function drawAll(
  dir: string,
  { pictures, seed, parts }: { readonly pictures: number; readonly seed: number; readonly parts: readonly string[] },
  { emit, signal }: JobContext<EventOf<'images.practice'>>,
): Promise<number> {
  const threads = Array.from({ length: Math.min(pictures, mostThreads, availableParallelism()) }, practiceThread);
  const start = performance.now();
  let next = 0;
  let done = 0;
  let boxes = 0;
  const tell = (): void => {
    const secondsLeft = done === 0 ? undefined : ((performance.now() - start) / 1000 / done) * (pictures - done);
    const text = `Making picture ${done + 1} of ${pictures}`;
    emit({ kind: 'progress', done, total: pictures, text, ...(secondsLeft === undefined ? {} : { secondsLeft }) });
  };
  const draw = async (thread: PracticeThread): Promise<void> => {
    while (next < pictures) {
      throwIfCancelled(signal, 'Making the practice project');
      const index = next++;
      const picture = await thread.request({ index, seed });
      await writePicture(dir, `images/tray_${String(index + 1).padStart(3, '0')}.jpg`, picture, parts);
      boxes += picture.boxes.length;
      if (++done < pictures) tell();
    }
  };
  tell();
  const drawing = threads.map(draw);
  try {
    await Promise.all(drawing);
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
    // Nothing may still be written once the folder is taken away.
    await Promise.allSettled(drawing);
  }
  return boxes;
}

type PracticeThread = WorkerThread<PracticeRequest, SavedPicture>;

function practiceThread(): PracticeThread {
  return new WorkerThread({
    name: 'practiceWorker',
    died: ({ index }) => `the thread that draws stopped while it drew practice picture ${index + 1}: try again`,
  });
}

async function writePicture(
  dir: string,
  image: string,
  picture: SavedPicture,
  parts: readonly string[],
): Promise<void> {
  const { width, height, jpeg, boxes } = picture;
  await onDisk(image, () => writeFile(path.join(dir, image), jpeg));
  const annotation = {
    version: 1 as const,
    image,
    width,
    height,
    boxes: boxes.map((box) => ({ ...box, label: parts[partNames.indexOf(box.label)] ?? box.label, difficult: false })),
    reviewed: true,
  };
  await writeAnnotation(dir, annotation, { durable: false });
}
