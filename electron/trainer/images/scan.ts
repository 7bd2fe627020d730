import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Complaint } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { magicLength, pictureFormat, type PictureFormat, readableFormats } from './pictureFormat';

export interface FoundPicture {
  readonly path: string;
  /** Relative to the scanned folder, forward slashes. */
  readonly relative: string;
  readonly format: PictureFormat;
}

export interface FolderContents {
  readonly pictures: readonly FoundPicture[];
  /** Files with a picture's suffix that are none. */
  readonly rejected: readonly Complaint[];
  /** Everything else, relative, forward slashes: label files, lists. */
  readonly others: readonly string[];
}

const pictureSuffix = /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif|heic|avif)$/i;

/**
 * Finds the pictures in a folder and the folders below it, by their contents. Hidden files and folders are left out.
 * Everything is in alphabetical order, so that the same folder gives the same result on every machine.
 * @param options.except absolute path of a folder inside that is not to be looked into
 * @throws LinesideError 'badInput' where the folder does not exist or cannot be read
 */
export async function scanFolder(folder: string, options: { readonly except?: string } = {}): Promise<FolderContents> {
  const pictures: FoundPicture[] = [];
  const rejected: Complaint[] = [];
  const others: string[] = [];
  for (const relative of await listFiles(folder, '', options.except)) {
    const file = path.join(folder, relative);
    const format = await formatOf(file);
    if (format !== undefined) pictures.push({ path: file, relative, format });
    else if (pictureSuffix.test(relative)) rejected.push(notReadable(relative));
    else others.push(relative);
  }
  return { pictures, rejected, others };
}

function notReadable(relative: string): Complaint {
  const reason = `${relative} is not a ${readableFormats} picture, whatever its name says: save it as JPEG or PNG, or delete it`;
  const said: Said = { code: 'pictureNone', values: { file: path.basename(relative) } };
  return { file: relative, reason, said };
}

async function listFiles(folder: string, below: string, except: string | undefined): Promise<string[]> {
  const here = path.join(folder, below);
  const entries = await readFolder(here);
  entries.sort((first, second) => (first.name < second.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const relative = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (path.join(folder, relative) !== except) files.push(...(await listFiles(folder, relative, except)));
    } else if (entry.isFile()) files.push(relative);
  }
  return files;
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const [word, reason] =
      code === 'ENOENT'
        ? (['folderMissing', `there is no folder ${folder}: check the path`] as const)
        : code === 'ENOTDIR'
          ? (['folderIsFile', `${folder} is a file, not a folder: name the folder that holds the pictures`] as const)
          : (['folderUnreadable', `${folder} cannot be read (${code ?? 'unknown'}): check its permissions`] as const);
    const said: Said = { code: word, values: { folder } };
    throw new LinesideError('badInput', reason, { cause: error, said });
  }
}

async function formatOf(file: string): Promise<PictureFormat | undefined> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(magicLength);
    const { bytesRead } = await handle.read(head, 0, magicLength, 0);
    return pictureFormat(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
