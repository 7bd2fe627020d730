import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../../shared/mainContract';
import { isProject, listImages, openProject } from '../trainer/projectStore';
import type { Grants } from './grants';
import { pickedUrl } from './imageProtocol';
import { createSetting } from './settings';
import { findInterrupted, readScore } from './stageResults';

/** The list of projects on the Welcome screen, newest first. */
export interface Recents {
  /** Puts a project that has just been opened on top of the list. */
  readonly add: (dir: string) => Promise<void>;
  /** The operator has left the project for the Welcome screen. */
  readonly leave: () => Promise<void>;
  /** The project that was open when the app ended, however it ended; undefined where there was none or it is gone. */
  readonly left: () => Promise<string | undefined>;
  readonly forget: (dir: string) => Promise<void>;
  readonly has: (dir: string) => Promise<boolean>;
  readonly describe: (grants: Grants) => Promise<RecentProject[]>;
}

const recentsFile = z.array(z.object({ dir: z.string(), name: z.string(), opened: z.string() }));

const openFile = z.object({ dir: z.string().nullable() });

const remembered = 12;
const picturesOnSheet = 4;

/** @param folder the app's own folder for settings */
export function createRecents(folder: string, now: () => Date = () => new Date()): Recents {
  const setting = createSetting(path.join(folder, 'recents.json'), recentsFile, []);
  const open = createSetting(path.join(folder, 'open.json'), openFile, { dir: null });
  // One change after the other: two at once would lose one.
  let queue = Promise.resolve();
  const change = (edit: (list: z.output<typeof recentsFile>) => z.output<typeof recentsFile>): Promise<void> => {
    const done = queue.then(async () => setting.write(edit(await setting.read())));
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    add: async (dir) => {
      const { name } = await openProject(dir);
      const entry = { dir, name, opened: now().toISOString() };
      await change((list) => [entry, ...list.filter((other) => other.dir !== dir)].slice(0, remembered));
      await open.write({ dir });
    },
    leave: () => open.write({ dir: null }),
    left: async () => {
      const { dir } = await open.read();
      return dir !== null && (await isProject(dir)) ? dir : undefined;
    },
    forget: (dir) => change((list) => list.filter((other) => other.dir !== dir)),
    has: async (dir) => (await setting.read()).some((entry) => entry.dir === dir),
    describe: async (grants) => Promise.all((await setting.read()).map((entry) => describe(entry, grants))),
  };
}

async function describe(entry: z.output<typeof recentsFile>[number], grants: Grants): Promise<RecentProject> {
  const { dir, opened } = entry;
  const project = await openProject(dir).catch(() => undefined);
  if (!project) return { ...entry, found: false, pictures: 0, thumbnails: [], score: null, interrupted: null };
  const pictures = await listImages(dir);
  const sheet = await Promise.all(pictures.slice(0, picturesOnSheet).map((file) => smallest(dir, file)));
  return {
    dir,
    name: project.name,
    opened,
    found: true,
    pictures: pictures.length,
    thumbnails: sheet.map((file) => pickedUrl(grants, file)),
    score: await readScore(dir),
    interrupted: await findInterrupted(dir, project),
  };
}

/** The thumbnail of a picture where there is one, else the picture. */
async function smallest(dir: string, file: string): Promise<string> {
  const thumbnail = path.join(dir, 'thumbnails', `${path.posix.basename(file)}.320.jpg`);
  const found = await stat(thumbnail).catch(() => undefined);
  return found ? thumbnail : path.join(dir, file);
}
