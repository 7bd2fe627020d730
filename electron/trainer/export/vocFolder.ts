import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { XMLBuilder } from 'fast-xml-parser';
import type { SetName } from '../../../shared/contract';
import type { AnnotationFile } from '../../../shared/project';
import { decodePicture } from '../images/decode';
import { onDisk } from '../projectStore';
import { writeWhole } from '../wholeFile';

export interface VocPicture {
  readonly annotation: AnnotationFile;
  readonly set: SetName;
}

/** File names without suffix, one a picture, that are unlike on any disk and hold no space: lists have a name a line. */
export function vocStems(images: readonly string[]): string[] {
  const taken = new Set<string>();
  return images.map((image) => {
    const name = path.posix.parse(image).name.replace(/\s+/g, '_');
    let free = name;
    for (let attempt = 2; taken.has(free.toLowerCase()); attempt++) free = `${name}-${attempt}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

/** ImageSets/Main by name of the list; trainval is train and val together, as in VOC. */
export function vocLists(stems: readonly string[], sets: readonly SetName[]): Readonly<Record<string, string>> {
  const list = (...wanted: readonly SetName[]): string =>
    stems
      .filter((_, index) => wanted.includes(sets[index] as SetName))
      .map((stem) => `${stem}\n`)
      .join('');
  return {
    train: list('train'),
    val: list('validation'),
    test: list('test'),
    trainval: list('train', 'validation'),
  };
}

// As for the parser in pascalVoc.ts: its successor wants a newer Node.js than ours.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const builder = new XMLBuilder({ format: true, indentBy: '  ' });

/** The label file of a picture. Corners are distances in pixels from the upper left corner, to a hundredth. */
export function vocXml({ width, height, boxes }: AnnotationFile, file: string): string {
  const hundredth = (value: number): number => Math.round(100 * value) / 100;
  const annotation = {
    folder: 'JPEGImages',
    filename: file,
    size: { width, height, depth: 3 },
    segmented: 0,
    object: boxes.map((box) => ({
      name: box.label,
      pose: 'Unspecified',
      truncated: 0,
      difficult: box.difficult ? 1 : 0,
      bndbox: {
        xmin: hundredth(box.x),
        ymin: hundredth(box.y),
        xmax: hundredth(box.x + box.width),
        ymax: hundredth(box.y + box.height),
      },
    })),
  };
  return builder.build({ annotation });
}

/** Suffixes that train_ssd.py looks for; it does not turn pictures upright. */
const known = /\.(jpe?g|png|bmp|tiff?)$/i;

/**
 * Writes pictures with their labels as a Pascal VOC folder: JPEGImages, Annotations, ImageSets/Main and labels.txt. Pictures
 * are copied as they are, but for those that lie on their side or have a suffix of another kind: these become PNG.
 * @param out an empty folder, or one that is not there yet
 * @throws LinesideError 'disk'; 'badInput' naming a picture that cannot be read
 */
export async function writeVocFolder(
  project: string,
  out: string,
  classes: readonly string[],
  pictures: readonly VocPicture[],
  onPicture: (done: number) => void,
): Promise<void> {
  const folders = ['JPEGImages', 'Annotations', path.join('ImageSets', 'Main')];
  await onDisk(out, async () => {
    for (const folder of folders) await mkdir(path.join(out, folder), { recursive: true });
  });
  const stems = vocStems(pictures.map(({ annotation }) => annotation.image));
  for (const [index, { annotation }] of pictures.entries()) {
    const file = await putPicture(
      path.join(project, annotation.image),
      path.join(out, 'JPEGImages'),
      stems[index] ?? '',
    );
    await write(out, `Annotations/${stems[index]}.xml`, vocXml(annotation, file));
    onPicture(index + 1);
  }
  const lists = vocLists(
    stems,
    pictures.map(({ set }) => set),
  );
  for (const [name, text] of Object.entries(lists)) await write(out, `ImageSets/Main/${name}.txt`, text);
  await write(out, 'labels.txt', classes.map((name) => `${name}\n`).join(''));
}

/** @returns the name that the picture has in the folder */
async function putPicture(from: string, folder: string, stem: string): Promise<string> {
  const { width, height, pixels, orientation } = await decodePicture(from);
  if (orientation === 1 && known.test(from)) {
    const name = `${stem}${path.extname(from)}`;
    await onDisk(name, () => copyFile(from, path.join(folder, name), constants.COPYFILE_FICLONE));
    return name;
  }
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set(pixels.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  const png = await Transformer.fromRgbaPixels(rgba, width, height).png();
  await write(folder, `${stem}.png`, png);
  return `${stem}.png`;
}

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const file = path.join(folder, name);
  await onDisk(file, () => writeWhole(file, content, false));
}
