import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { letOthersIn } from '../cancel';
import { decodePicture } from '../images/decode';
import { scanFolder } from '../images/scan';
import { openDetector } from './openDetector';

/** Handler of 'evaluation.detect': what a detector finds in pictures or folders of pictures. */
export const detectPictures: Handlers['evaluation.detect'] = async (input, { emit, signal }) => {
  const files = (await Promise.all(input.data.map(picturesIn))).flat();
  const detector = await openDetector(input.project, input.run);
  try {
    const images = [];
    for (const [index, file] of files.entries()) {
      await letOthersIn();
      signal.throwIfAborted();
      images.push({ file, detections: detector.look(await decodePicture(file), input.threshold) });
      emit({ kind: 'progress', done: index + 1, total: files.length, text: `Looked at ${path.basename(file)}` });
    }
    return { images };
  } finally {
    detector.dispose();
  }
};

/** A picture as it is; of a folder the pictures in it. */
async function picturesIn(place: string): Promise<string[]> {
  const found = await stat(place).catch((cause: unknown) => {
    const said: Said = { code: 'pictureGone', values: { file: path.basename(place) } };
    throw new LinesideError('badInput', `${place} does not exist: check its name`, { cause, said });
  });
  if (!found.isDirectory()) return [place];
  const { pictures } = await scanFolder(place);
  if (pictures.length === 0) {
    const said: Said = { code: 'noPictures', values: { folder: place } };
    throw new LinesideError('badInput', `${place} has no pictures: choose another folder`, { said });
  }
  return pictures.map((picture) => picture.path);
}
