import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { XMLBuilder } from 'fast-xml-parser';
import type { PixelRect } from '../../../shared/boxes';
import type { SetName } from '../../../shared/contract';
import type { AnnotationFile } from '../../../shared/project';
import { ownDatabase } from '../annotations/pascalVoc';
import { decodePicture, type DecodedPicture, type Picture } from '../images/decode';
import { crop } from '../preprocessing/resize';
import { onDisk } from '../projectStore';
import { writeWhole } from '../wholeFile';

/** A picture of the folder: a labelled picture, or a tile of one. */
export interface VocPicture {
  /** Of the picture, or of the tile: its size, and boxes in pixels from its upper left corner; `image` is the whole picture. */
  readonly annotation: AnnotationFile;
  readonly set: SetName;
  /** The tile, in pixels of the upright picture; absent: all of it. */
  readonly region?: PixelRect;
}

/**
 * File names without suffix, one a picture, that are unlike on any disk and hold no space: lists have a name a line. A
 * tile's name ends in its upper left corner.
 */
export function vocStems(pictures: readonly { readonly image: string; readonly region?: PixelRect }[]): string[] {
  const taken = new Set<string>();
  return pictures.map(({ image, region }) => {
    const corner = region === undefined ? '' : `_x${region.x}_y${region.y}`;
    const name = path.posix.parse(image).name.replace(/\s+/g, '_') + corner;
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

/**
 * The label file of a picture. Corners are distances in pixels from the upper left corner, to a hundredth, plus 1: VOC counts
 * from 1, and train_ssd.py takes 1 off each of the four, so that a box lies there where it was drawn. `ownDatabase` in the
 * file tells our own reader to take it off too.
 */
export function vocXml({ width, height, boxes }: AnnotationFile, file: string): string {
  const corner = (value: number): number => Math.round(100 * (value + 1)) / 100;
  const annotation = {
    folder: 'JPEGImages',
    filename: file,
    source: { database: ownDatabase },
    size: { width, height, depth: 3 },
    segmented: 0,
    object: boxes.map((box) => ({
      name: box.label,
      pose: 'Unspecified',
      truncated: 0,
      difficult: box.difficult ? 1 : 0,
      bndbox: {
        xmin: corner(box.x),
        ymin: corner(box.y),
        xmax: corner(box.x + box.width),
        ymax: corner(box.y + box.height),
      },
    })),
  };
  return builder.build({ annotation });
}

/** Suffixes that train_ssd.py looks for; it does not turn pictures upright. */
const known = /\.(jpe?g|png|bmp|tiff?)$/i;

/**
 * Writes pictures with their labels as a Pascal VOC folder: JPEGImages, Annotations, ImageSets/Main and labels.txt. Pictures
 * are copied as they are, but for tiles and those that lie on their side or have a suffix of another kind: these become PNG.
 * @param pictures tiles of one picture one after the other, so that it is decoded once
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
  const stems = vocStems(
    pictures.map(({ annotation, region }) => ({ image: annotation.image, ...(region && { region }) })),
  );
  let decoded: { readonly image: string; readonly picture: DecodedPicture } | undefined;
  for (const [index, { annotation, region }] of pictures.entries()) {
    const { image } = annotation;
    const from = path.join(project, image);
    decoded = decoded?.image === image ? decoded : { image, picture: await decodePicture(from) };
    const file = await putPicture({ from, ...decoded, region }, path.join(out, 'JPEGImages'), stems[index] ?? '');
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

interface Source {
  /** Absolute path of the whole picture. */
  readonly from: string;
  readonly picture: DecodedPicture;
  readonly region: PixelRect | undefined;
}

/** @returns the name that the picture has in the folder */
async function putPicture({ from, picture, region }: Source, folder: string, stem: string): Promise<string> {
  if (region === undefined && picture.orientation === 1 && known.test(from)) {
    const name = `${stem}${path.extname(from)}`;
    await onDisk(name, () => copyFile(from, path.join(folder, name), constants.COPYFILE_FICLONE));
    return name;
  }
  await write(folder, `${stem}.png`, await toPng(region === undefined ? picture : crop(picture, region)));
  return `${stem}.png`;
}

function toPng({ width, height, pixels }: Picture): Promise<Uint8Array> {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set(pixels.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return Transformer.fromRgbaPixels(rgba, width, height).png();
}

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const file = path.join(folder, name);
  await onDisk(file, () => writeWhole(file, content, false));
}
