import { rm, rmdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import type { EventOf, JobContext, OutputOf, ParsedInputOf } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { letOthersIn, throwIfCancelled } from '../cancel';
import { createProject, exists, isEmptyOrAbsent, onDisk, writeAnnotation } from '../projectStore';
import { partNames } from './parts';
import { renderPracticePicture, type PracticePicture } from './picture';

/** Pictures in the practice project. */
export const practicePictures = 80;

/** What a shop-floor camera typically saves with. */
const jpegQuality = 88;

/**
 * The handler of 'images.practice': renders the practice project into a new folder, beside it first, so that it is there
 * whole or not at all. The same seed gives the same pictures and labels.
 * @param pictures fewer than the contract's 80 in tests
 * @throws LinesideError 'wrongUse' where the folder already holds something, 'cancelled', 'disk'
 */
export async function generatePractice(
  { project, seed }: ParsedInputOf<'images.practice'>,
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
    await createProject(building, { name: 'Practice: parts tray', classes: [...partNames], created });
    let boxes = 0;
    const start = performance.now();
    for (let index = 0; index < pictures; index++) {
      throwIfCancelled(signal, 'Making the practice project');
      const secondsLeft = index === 0 ? undefined : ((performance.now() - start) / 1000 / index) * (pictures - index);
      emit({
        kind: 'progress',
        done: index,
        total: pictures,
        text: `Making picture ${index + 1} of ${pictures}`,
        ...(secondsLeft === undefined ? {} : { secondsLeft }),
      });
      await letOthersIn();
      const picture = renderPracticePicture(index, seed);
      await writePicture(building, `images/tray_${String(index + 1).padStart(3, '0')}.jpg`, picture);
      boxes += picture.boxes.length;
    }
    throwIfCancelled(signal, 'Making the practice project');
    await onDisk(project, async () => {
      if (await exists(project)) await rmdir(project);
      await rename(building, project);
    });
    emit({ kind: 'progress', done: pictures, total: pictures, text: `${pictures} pictures are ready` });
    return { project, images: pictures, boxes, classes: [...partNames], rejected: [] };
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function writePicture(dir: string, image: string, picture: PracticePicture): Promise<void> {
  const { width, height, pixels, boxes } = picture;
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    rgba[to] = pixels[from] as number;
    rgba[to + 1] = pixels[from + 1] as number;
    rgba[to + 2] = pixels[from + 2] as number;
  }
  const jpeg = await Transformer.fromRgbaPixels(rgba, width, height).jpeg(jpegQuality);
  await onDisk(image, () => writeFile(path.join(dir, image), jpeg));
  const annotation = {
    version: 1 as const,
    image,
    width,
    height,
    boxes: boxes.map((box) => ({ ...box, difficult: false })),
    reviewed: true,
  };
  await writeAnnotation(dir, annotation, { durable: false });
}
