import { constants } from 'node:fs';
import { copyFile, readFile, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Complaint, Handlers, SetName } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { AnnotationFile } from '../../../shared/project';
import type { Said } from '../../../shared/said';
import { throwIfCancelled } from '../cancel';
import { decodePicture, type DecodedPicture } from '../images/decode';
import { type FoundPicture, scanFolder } from '../images/scan';
import {
  createProject,
  exists,
  isEmptyOrAbsent,
  isProject,
  onDisk,
  openProject,
  readAnnotation,
  writeAnnotation,
  writeProject,
} from '../projectStore';
import { boxesFromVoc } from './fromVoc';
import { findImageSets, pairLabels, readImageSets } from './layout';
import { parsePascalVoc } from './pascalVoc';

type Import = Handlers['images.import'];
type ImportContext = Parameters<Import>[1];

/** How many pictures are read at once: the decoder works in the thread pool. */
const concurrency = 4;

interface Imported {
  readonly picture: FoundPicture;
  readonly annotation: AnnotationFile;
}

/**
 * Copies a folder of pictures and their labels, if any, into a project, which is made where there is none yet. A new
 * project is built beside its place and moved there when it is whole. Importing again adds what is new and keeps the
 * operator's labels.
 * @throws LinesideError 'badInput' where there is no picture to import; 'wrongUse' where the folders overlap
 */
export const importFolder: Import = async (input, context) => {
  const project = path.resolve(input.project);
  const data = path.resolve(input.data);
  if (data === project || data.startsWith(project + path.sep)) {
    throw new LinesideError(
      'wrongUse',
      `${data} lies in the project itself: name the folder that the pictures came from`,
      { said: { code: 'importFromItself', values: { folder: data } } satisfies Said },
    );
  }
  const existing = await isProject(project);
  if (existing) await openProject(project);
  else if (!(await isEmptyOrAbsent(project))) {
    throw new LinesideError(
      'wrongUse',
      `${project} is not empty and not a project: choose a new folder for the project`,
      { said: { code: 'folderNotEmpty', values: { folder: project } } satisfies Said },
    );
  }

  const { imported, rejected, notes } = await readSource(data, project, context);
  const classes = [...new Set(imported.flatMap(({ annotation }) => annotation.boxes.map(({ label }) => label)))].sort();
  if (existing) await addTo(project, imported, classes, context.signal);
  else {
    const name = input.name ?? path.basename(project);
    await buildNew(project, { name, classes, created: new Date().toISOString() }, imported, context.signal);
  }
  return {
    project,
    images: imported.length,
    boxes: imported.reduce((sum, { annotation }) => sum + annotation.boxes.length, 0),
    classes: (await openProject(project)).classes,
    rejected,
    notes,
  };
};

/** Reads and checks everything before anything is written. */
async function readSource(
  data: string,
  project: string,
  { emit, signal }: ImportContext,
): Promise<{ imported: Imported[]; rejected: Complaint[]; notes: Complaint[] }> {
  const found = await scanFolder(data, { except: project });
  const xmlFiles = found.others.filter((file) => /\.xml$/i.test(file));
  const pairing = pairLabels(
    found.pictures.map(({ relative }) => relative),
    xmlFiles,
  );
  const sets = await imageSetsOf(data, found.others);
  const rejected: Complaint[] = [...found.rejected, ...pairing.rejected];
  const notes: Complaint[] = [];
  const names = flatNames(found.pictures.map(({ relative }) => relative));
  const results: (Imported | undefined)[] = found.pictures.map(() => undefined);
  let done = 0;
  await inParallel(found.pictures, async (picture, index) => {
    throwIfCancelled(signal, 'The import');
    results[index] = await readOne(data, picture, {
      name: names[index] as string,
      labelFile: pairing.labelFiles.get(picture.relative),
      sets,
      rejected,
      notes,
    });
    done += 1;
    const total = found.pictures.length;
    emit({ kind: 'progress', done, total, text: `Reading picture ${done} of ${total}` });
  });
  const imported = results.filter((result) => result !== undefined);
  if (imported.length === 0) throw nothingToImport(data, rejected);
  const byFile = (first: Complaint, second: Complaint) => (first.file < second.file ? -1 : 1);
  return { imported, rejected: rejected.sort(byFile), notes: notes.sort(byFile) };
}

function nothingToImport(data: string, rejected: readonly Complaint[]): LinesideError {
  const [first] = rejected;
  const why = first === undefined ? 'it has no JPEG, PNG, BMP, WebP or TIFF file' : first.reason;
  return new LinesideError(
    'badInput',
    `${data} holds no picture that can be imported (${why}): choose a folder with pictures`,
    { said: { code: 'noPictures', values: { folder: data } } satisfies Said },
  );
}

async function imageSetsOf(data: string, others: readonly string[]): Promise<ReadonlyMap<string, SetName>> {
  const lists = new Map<'train' | 'val' | 'test' | 'trainval', string>();
  for (const [list, file] of findImageSets(others)) lists.set(list, await readFile(path.join(data, file), 'utf8'));
  return readImageSets(lists);
}

/**
 * File names for one folder: sub-folders joined by "__" without the one that formats put every picture in, and no two
 * alike on a disk that does not tell A from a.
 */
function flatNames(relatives: readonly string[]): string[] {
  const taken = new Set<string>();
  return relatives.map((relative) => {
    const { name, ext } = path.posix.parse(relative.replace(/^(JPEGImages|images)\//i, '').replaceAll('/', '__'));
    let free = `${name}${ext}`;
    for (let attempt = 2; taken.has(free.toLowerCase()); attempt++) free = `${name}-${attempt}${ext}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

interface Reading {
  readonly name: string;
  readonly labelFile: string | undefined;
  readonly sets: ReadonlyMap<string, SetName>;
  readonly rejected: Complaint[];
  readonly notes: Complaint[];
}

/** @returns undefined where the picture itself cannot be used; complaints go into `rejected` and `notes` */
async function readOne(data: string, picture: FoundPicture, reading: Reading): Promise<Imported | undefined> {
  const { name, labelFile, sets, rejected, notes } = reading;
  const decoded = await orComplaint(picture.relative, rejected, () => decodeWithin(data, picture));
  if (decoded === undefined) return undefined;
  const set = sets.get(path.posix.parse(picture.relative).name);
  const { width, height } = decoded;
  const empty: AnnotationFile = {
    version: 1,
    image: `images/${name}`,
    width,
    height,
    boxes: [],
    reviewed: false,
    ...(set === undefined ? {} : { set }),
  };
  if (labelFile === undefined) return { picture, annotation: empty };
  const voc = await orComplaint(labelFile, rejected, async () =>
    parsePascalVoc(await readFile(path.join(data, labelFile), 'utf8'), labelFile),
  );
  if (voc === undefined) return { picture, annotation: empty };
  const labels = boxesFromVoc(voc, decoded, labelFile);
  rejected.push(...labels.rejected.map((why) => ({ file: labelFile, ...why })));
  notes.push(...labels.notes.map((reason) => ({ file: labelFile, reason })));
  // A picture that lost a box has something unlabelled in it: a person has to look at it.
  return { picture, annotation: { ...empty, boxes: labels.boxes, reviewed: labels.rejected.length === 0 } };
}

async function decodeWithin(data: string, picture: FoundPicture): Promise<Omit<DecodedPicture, 'pixels'>> {
  const { width, height, orientation } = await decodePicture(picture.path).catch((error: unknown) => {
    if (!(error instanceof LinesideError)) throw error;
    const message = error.message.replace(data + path.sep, '');
    throw new LinesideError(error.code, message, { detail: error.detail, cause: error, said: error.said });
  });
  return { width, height, orientation };
}

/** What is wrong with one file goes on the list; the others are still imported. */
async function orComplaint<T>(file: string, rejected: Complaint[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LinesideError) || error.code !== 'badInput') throw error;
    rejected.push({ file, reason: error.message, ...(error.said && { said: error.said }) });
    return undefined;
  }
}

/** Builds the project in a folder beside its place; nothing is left behind where that fails. */
async function buildNew(
  project: string,
  file: { readonly name: string; readonly classes: string[]; readonly created: string },
  imported: readonly Imported[],
  signal: AbortSignal,
): Promise<void> {
  const building = `${project}.importing-${process.pid}`;
  await rm(building, { recursive: true, force: true });
  try {
    await createProject(building, file);
    for (const { picture, annotation } of imported) {
      throwIfCancelled(signal, 'The import');
      await copyPicture(picture.path, path.join(building, annotation.image));
      await writeAnnotation(building, annotation, { durable: false });
    }
    await onDisk(project, async () => {
      if (await exists(project)) await rmdir(project);
      await rename(building, project);
    });
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

/** Classes first, then each picture before its label file: what an interrupted import leaves is picked up by the next. */
async function addTo(
  project: string,
  imported: readonly Imported[],
  classes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const before = await openProject(project);
  const added = classes.filter((label) => !before.classes.includes(label));
  if (added.length > 0) await writeProject(project, { ...before, classes: [...before.classes, ...added] });
  for (const { picture, annotation } of imported) {
    throwIfCancelled(signal, 'The import');
    const image = await placeFor(project, annotation.image, picture.path);
    if (!(await exists(path.join(project, image)))) await copyPicture(picture.path, path.join(project, image));
    const known = await readAnnotation(project, image);
    const untouched = known === undefined || (!known.reviewed && known.boxes.length === 0);
    if (untouched) await writeAnnotation(project, { ...annotation, image });
  }
}

/** The picture's own place where it is free or holds the same bytes; else the next free name: nut.jpg, nut-2.jpg. */
async function placeFor(project: string, image: string, source: string): Promise<string> {
  const { dir, name, ext } = path.posix.parse(image);
  for (let attempt = 1; ; attempt++) {
    const place = attempt === 1 ? image : `${dir}/${name}-${attempt}${ext}`;
    const target = path.join(project, place);
    if (!(await exists(target)) || (await readFile(target)).equals(await readFile(source))) return place;
  }
}

/** Shares the bytes with the original where the file system can (copy on write). */
async function copyPicture(from: string, to: string): Promise<void> {
  const unfinished = `${path.dirname(to)}/.${path.basename(to)}.unfinished`;
  await onDisk(to, async () => {
    await copyFile(from, unfinished, constants.COPYFILE_FICLONE);
    await rename(unfinished, to);
  });
}

async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lanes = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as T, index);
    }
  });
  await Promise.all(lanes);
}
