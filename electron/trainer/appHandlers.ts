import { copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWhole } from './wholeFile';
import { exportResult, type Handlers } from '../../shared/contract';
import { importFolder } from './annotations/importFolder';
import { thumbnail } from './images/thumbnail';
import { onDisk, writeJson } from './projectStore';

/** What the app asks of the trainer beside the stages, and what it keeps of their results. */

/** Handler of 'images.add'. Pictures that cannot be read are left out, and the result says why. */
export const addPictures: Handlers['images.add'] = async ({ project, files, seed }, context) => {
  const staging = await mkdtemp(path.join(tmpdir(), 'lineside-add-'));
  try {
    const taken = new Set<string>();
    for (const file of files) {
      context.signal.throwIfAborted();
      await linkOrCopy(file, path.join(staging, freeName(path.basename(file), taken)));
    }
    return await importFolder({ project, data: staging, seed }, context);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/** Handler of 'images.render'. */
export const renderPicture: Handlers['images.render'] = async ({ project, file, longSide }) => {
  const folder = path.join(path.resolve(project), 'thumbnails');
  const target = path.join(folder, `${path.posix.basename(file)}.${longSide ?? 'whole'}.jpg`);
  const jpeg = await thumbnail(path.join(project, file), longSide ?? Infinity);
  await onDisk(target, async () => {
    await mkdir(folder, { recursive: true });
    // It can be made again at any time, so nobody waits until the disk has it.
    await writeWhole(target, jpeg, false);
  });
  return { path: target };
};

/** Wraps 'export.run': leaves the result in the export's folder, where the app finds it again. */
export function keepExportResult(run: Handlers['export.run']): Handlers['export.run'] {
  return async (input, context) => {
    const result = await run(input, context);
    await writeJson(input.project, `${result.folder}/export.json`, exportResult, result);
    return result;
  };
}

/** A link costs nothing; another disk, or one that knows no links, needs a copy. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await onDisk(to, () => copyFile(from, to));
  }
}

/** The name, or the name with a number, that is not in `taken` yet. */
function freeName(wanted: string, taken: Set<string>): string {
  const { name, ext } = path.parse(wanted);
  let free = wanted;
  for (let attempt = 2; taken.has(free.toLowerCase()); attempt++) free = `${name}-${attempt}${ext}`;
  taken.add(free.toLowerCase());
  return free;
}
