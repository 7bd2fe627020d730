import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from './wholeFile';
import { z } from 'zod';
import { LinesideError } from '../../shared/errors';
import {
  type AnnotationFile,
  annotationFile,
  type ProjectFile,
  projectFile,
  projectVersion,
  type SplitFile,
  splitFile,
} from '../../shared/project';
import type { Said } from '../../shared/said';

/** Reading and writing of the project folder that shared/project.ts describes. Every write is whole or not at all. */

const folders = ['images', 'annotations', 'runs', 'exports', 'trash'] as const;

/**
 * Makes an empty project.
 * @param dir an empty folder, or one that does not exist yet
 * @throws LinesideError 'wrongUse' where the folder already holds something
 */
export async function createProject(
  dir: string,
  file: Pick<ProjectFile, 'name' | 'classes' | 'created' | 'baseLabels'>,
): Promise<ProjectFile> {
  if (!(await isEmptyOrAbsent(dir))) {
    throw new LinesideError('wrongUse', `${dir} is not empty: choose a new folder for the project`, {
      said: { code: 'folderNotEmpty', values: { folder: dir } } satisfies Said,
    });
  }
  const project: ProjectFile = { version: projectVersion, ...file };
  await onDisk(dir, async () => {
    for (const folder of folders) await mkdir(path.join(dir, folder), { recursive: true });
  });
  await writeProject(dir, project);
  return project;
}

/** Whether `dir` may become a new project. */
export async function isEmptyOrAbsent(dir: string): Promise<boolean> {
  const entries = await readdir(dir).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw asDiskError(error, dir);
  });
  return entries.length === 0;
}

export async function isProject(dir: string): Promise<boolean> {
  return exists(path.join(dir, 'project.json'));
}

/**
 * @throws LinesideError 'badInput' where there is no such folder, no project in it, or project.json is broken;
 *   'newerVersion' where a newer Lineside wrote it
 */
export async function openProject(dir: string): Promise<ProjectFile> {
  if (!(await exists(dir))) {
    throw new LinesideError(
      'badInput',
      `there is no folder ${dir}: check the path, or import pictures to make a project`,
      { said: { code: 'folderMissing', values: { folder: dir } } satisfies Said },
    );
  }
  if (!(await isProject(dir))) {
    throw new LinesideError(
      'badInput',
      `${dir} is not a Lineside project (it has no project.json): choose another folder, or import pictures to make one`,
      { said: { code: 'notAProject', values: { folder: dir } } satisfies Said },
    );
  }
  const file = path.join(dir, 'project.json');
  const value = parseJson(await readText(file), file);
  const { version } = versioned.safeParse(value).data ?? {};
  if (version !== undefined && version > projectVersion) {
    throw new LinesideError(
      'newerVersion',
      `${file} has version ${version}, this Lineside knows ${projectVersion}: install the newer Lineside to open it`,
      { said: { code: 'newerProject', values: { folder: dir } } satisfies Said },
    );
  }
  return matching(value, projectFile, file);
}

const versioned = z.object({ version: z.number() });

export async function writeProject(dir: string, project: ProjectFile): Promise<void> {
  await writeJson(dir, 'project.json', projectFile, project);
}

/**
 * A project with other classes. The base model's name of a class goes along when the class is renamed, and is dropped with it.
 * @param renamed new name by old name
 */
export function withClasses(
  { baseLabels = {}, ...file }: ProjectFile,
  classes: readonly string[],
  renamed: ReadonlyMap<string, string> = new Map(),
): ProjectFile {
  const kept = Object.entries(baseLabels)
    .map(([label, known]) => [renamed.get(label) ?? label, known] as const)
    .filter(([label]) => classes.includes(label));
  return { ...file, classes: [...classes], ...(kept.length > 0 && { baseLabels: Object.fromEntries(kept) }) };
}

/** Name of the label file of a picture, relative to the project. @param image images/<name> */
export function annotationName(image: string): string {
  return `annotations/${path.posix.basename(image)}.json`;
}

/** Name of the file with the undo steps of a picture, relative to the project. @param image images/<name> */
export function undoName(image: string): string {
  return `undo/${path.posix.basename(image)}.json`;
}

/** @param image images/<name>. @returns undefined where the picture has no label file */
export async function readAnnotation(dir: string, image: string): Promise<AnnotationFile | undefined> {
  return readJson(dir, annotationName(image), annotationFile);
}

export async function writeAnnotation(dir: string, annotation: AnnotationFile, options?: WriteOptions): Promise<void> {
  await writeJson(dir, annotationName(annotation.image), annotationFile, annotation, options);
}

/** Names of all label files, relative to the project, in alphabetical order. */
export async function listAnnotations(dir: string): Promise<string[]> {
  return (await listFolder(dir, 'annotations')).filter((name) => name.endsWith('.json'));
}

/** All pictures in images/, relative to the project, in alphabetical order. */
export async function listImages(dir: string): Promise<string[]> {
  return listFolder(dir, 'images');
}

async function listFolder(dir: string, folder: string): Promise<string[]> {
  const names = await readdir(path.join(dir, folder)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw asDiskError(error, path.join(dir, folder));
  });
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/**
 * All label files, in alphabetical order of their names.
 * @throws LinesideError 'badInput' naming the first file that cannot be understood
 */
export async function readAnnotations(dir: string): Promise<AnnotationFile[]> {
  const annotations: AnnotationFile[] = [];
  for (const name of await listAnnotations(dir)) {
    const annotation = await readJson(dir, name, annotationFile);
    if (annotation !== undefined) annotations.push(annotation);
  }
  return annotations;
}

export async function readSplit(dir: string): Promise<SplitFile | undefined> {
  return readJson(dir, 'split.json', splitFile);
}

export async function writeSplit(dir: string, split: SplitFile): Promise<void> {
  await writeJson(dir, 'split.json', splitFile, split);
}

/**
 * @param name file relative to the project
 * @returns undefined where there is no such file
 * @throws LinesideError 'badInput' naming the file, and the value that does not fit
 */
export async function readJson<T extends z.ZodType>(
  dir: string,
  name: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  const file = path.join(dir, name);
  if (!(await exists(file))) return undefined;
  return matching(parseJson(await readText(file), file), schema, file);
}

export interface WriteOptions {
  /** Whether to wait until the disk has it (default). Off for a folder that is thrown away unless finished. */
  readonly durable?: boolean;
}

/** Writes a JSON file of the project, whole or not at all. @throws LinesideError 'disk' */
export async function writeJson<T extends z.ZodType>(
  dir: string,
  name: string,
  schema: T,
  value: z.input<T>,
  { durable = true }: WriteOptions = {},
): Promise<void> {
  const text = `${JSON.stringify(schema.parse(value), undefined, 2)}\n`;
  const file = path.join(dir, name);
  await onDisk(file, () => writeWhole(file, text, durable));
}

/**
 * Makes the folder of a new run or export.
 * @returns its path relative to the project: runs/2026-11-24T09-41-33
 */
export async function newRunFolder(dir: string, kind: 'runs' | 'exports' = 'runs', now = new Date()): Promise<string> {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  return onDisk(path.join(dir, kind), async () => {
    await mkdir(path.join(dir, kind), { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const folder = `${kind}/${time}${attempt === 1 ? '' : `-${attempt}`}`;
      if (await madeFolder(path.join(dir, folder))) return folder;
    }
  });
}

async function madeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts a file or folder of the project into trash/ instead of deleting it.
 * @param name relative to the project
 * @returns where it lies now, relative to the project
 */
export async function moveToTrash(dir: string, name: string): Promise<string> {
  return onDisk(path.join(dir, name), async () => {
    await mkdir(path.join(dir, 'trash'), { recursive: true });
    const flat = name.replaceAll('/', '__');
    for (let attempt = 1; ; attempt++) {
      const target = `trash/${attempt === 1 ? '' : `${attempt}__`}${flat}`;
      if (await exists(path.join(dir, target))) continue;
      await rename(path.join(dir, name), path.join(dir, target));
      return target;
    }
  });
}

/** Runs something that writes; what the system refuses becomes a LinesideError 'disk'. */
export async function onDisk<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw asDiskError(error, file);
  }
}

type DiskWord = 'diskFull' | 'diskReadOnly' | 'diskForbidden' | 'diskBroken';

/** Says in words why the system refused to read or write `file`. Errors of Lineside itself pass unchanged. */
export function asDiskError(error: unknown, file: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (error instanceof LinesideError || code === undefined) return error;
  const forbidden = [
    'diskForbidden',
    'you may not write there: change the permissions or choose another folder',
  ] as const;
  const known: Readonly<Record<string, readonly [DiskWord, string]>> = {
    ENOSPC: ['diskFull', 'the disk is full: free some space and try again'],
    EDQUOT: ['diskFull', 'your disk quota is used up: free some space and try again'],
    EROFS: ['diskReadOnly', 'the disk is read-only: choose another folder'],
    EACCES: forbidden,
    EPERM: forbidden,
    EIO: ['diskBroken', 'the disk reports an error: check it, and choose another folder'],
  };
  const [word, reason] = known[code] ?? [undefined, `the system says ${code}: check the folder`];
  const said: Said = word ? { code: word, values: { file } } : { code: 'diskOther', values: { file, code } };
  return new LinesideError('disk', `${file} could not be written, ${reason}`, { cause: error, said });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new LinesideError('badInput', `${file} is not valid JSON: restore it from a copy or delete it`, {
      detail,
      cause: error,
      said: { code: 'fileBroken', values: { file } } satisfies Said,
    });
  }
}

function matching<T extends z.ZodType>(value: unknown, schema: T, file: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'its contents' : issue.path.join('.');
  throw new LinesideError(
    'badInput',
    `${file} has a wrong value at ${place} (${issue?.message ?? 'unknown'}): correct it`,
    { cause: result.error, said: { code: 'fileBroken', values: { file } } satisfies Said },
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new LinesideError('badInput', `${file} cannot be read: check its permissions`, {
      cause: error,
      said: { code: 'fileUnreadable', values: { file } } satisfies Said,
    });
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw asDiskError(error, file);
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
