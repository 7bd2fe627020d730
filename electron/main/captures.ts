import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { LinesideError } from '../../shared/errors';
import type { Said } from '../../shared/said';
import { annotationName, exists, onDisk, writeAnnotation } from '../trainer/projectStore';
import { writeWhole } from '../trainer/wholeFile';

/** A picture that the page has taken from a camera or a video. */
export interface Capture {
  /** A JPEG or PNG file. */
  readonly bytes: Uint8Array;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** What the pictures are named after: the video, or the camera and the time. */
  readonly recording: string;
  /** Whether the pictures of the recording follow one another and are to stay in one set. */
  readonly together: boolean;
}

const suffixes: readonly { readonly suffix: string; readonly begins: readonly number[] }[] = [
  { suffix: '.jpg', begins: [0xff, 0xd8, 0xff] },
  { suffix: '.png', begins: [0x89, 0x50, 0x4e, 0x47] },
];

/**
 * Writes a picture into a project, then its label file without boxes, so that it has its size and its recording.
 * @returns images/<name>
 * @throws LinesideError 'badInput' where the bytes are no picture; 'disk'
 */
export async function storeCapture(dir: string, capture: Capture): Promise<string> {
  const { bytes, width, height, recording, together } = capture;
  const suffix = suffixes.find(({ begins }) => begins.every((byte, at) => bytes[at] === byte))?.suffix;
  if (suffix === undefined) {
    const said: Said = { code: 'pictureKind', values: { file: recording } };
    throw new LinesideError('badInput', `a picture of ${recording} is neither JPEG nor PNG: take it once more`, {
      said,
    });
  }
  const image = await freeName(dir, recording, suffix);
  await onDisk(path.join(dir, image), async () => {
    await mkdir(path.join(dir, 'images'), { recursive: true });
    await writeWhole(path.join(dir, image), bytes);
  });
  await writeAnnotation(dir, {
    ...{ version: 1, image, width, height, boxes: [], reviewed: false },
    ...(together && { recording }),
  });
  return image;
}

/** Numbers given last, so that the thousandth frame of a video does not try the first 999 again. */
const lastNumbers = new Map<string, number>();

/** images/belt_0001.jpg and so on: in the order in which they were taken, in any list. */
async function freeName(dir: string, recording: string, suffix: string): Promise<string> {
  const stem = recording.replace(/[^\p{L}\p{N}_.-]+/gu, '_').replace(/^[._]+/, '') || 'picture';
  const key = path.join(dir, stem);
  for (let number = (lastNumbers.get(key) ?? 0) + 1; ; number++) {
    const image = `images/${stem}_${String(number).padStart(4, '0')}${suffix}`;
    // A label file that was left alone must not end up with another picture.
    if ((await exists(path.join(dir, image))) || (await exists(path.join(dir, annotationName(image))))) continue;
    lastNumbers.set(key, number);
    return image;
  }
}
