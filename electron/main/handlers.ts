import { stat } from 'node:fs/promises';
import path from 'node:path';
import { LinesideError } from '../../shared/errors';
import type { DesktopTexts, PickedItem } from '../../shared/mainContract';
import type { Said } from '../../shared/said';
import {
  annotationName,
  createProject,
  exists,
  isEmptyOrAbsent,
  moveToTrash,
  openProject,
  readAnnotation,
  undoName,
  withClasses,
  writeAnnotation,
  writeProject,
} from '../trainer/projectStore';
import type { MainHandlers } from './answerCall';
import type { Dialogs } from './dialogs';
import type { Grants } from './grants';
import { storeCapture } from './captures';
import { pickedUrl, type OpenProject } from './imageProtocol';
import { describePicture } from './describePicture';
import { createLabelIndex } from './labelIndex';
import { readState } from './projectState';
import type { Recents } from './recents';
import { readResults } from './stageResults';
import { readUndo, writeUndo } from './undoSteps';

const notOpen: Said = { code: 'notOpen', values: {} };

/** What the handlers need of the desktop; Electron in the app, doubles in the tests. */
export interface Desktop {
  readonly describe: () => { version: string; platform: string; locale: string; packaged: boolean };
  readonly setTexts: (texts: DesktopTexts) => void;
  readonly setTheme: (theme: 'system' | 'light' | 'dark') => void;
  readonly notify: (title: string, body: string) => void;
  readonly reveal: (file: string) => void;
  readonly openFile: (file: string) => Promise<void>;
  /** Where new projects go when the operator names no folder. */
  readonly defaultParent: string;
  readonly now: () => Date;
  readonly newToken: () => string;
}

export interface HandlerOptions {
  readonly desktop: Desktop;
  readonly dialogs: Dialogs;
  readonly grants: Grants;
  readonly recents: Recents;
  readonly session: ProjectSession;
  /** Resolves when the trainer knows all that has been granted. */
  readonly shareAllowed: () => Promise<void>;
  readonly ensureStopped: (withinMs: number) => Promise<{ killed: boolean }>;
}

/** The project that the page shows. */
export interface ProjectSession {
  readonly current: () => OpenProject | undefined;
  readonly set: (project: OpenProject | undefined) => void;
}

export function createProjectSession(): ProjectSession {
  let current: OpenProject | undefined;
  return {
    current: () => current,
    set: (project) => {
      current = project;
    },
  };
}

/** A file or folder that the operator has just chosen, made known to all who ask. */
export async function acceptPicked(grants: Grants, file: string): Promise<PickedItem> {
  const found = await stat(file).catch(() => undefined);
  if (!found) {
    const said: Said = { code: 'pictureGone', values: { file: path.basename(file) } };
    throw new LinesideError('badInput', `${file} cannot be read: check that it is still there`, { said });
  }
  grants.addPicked(file);
  const kind = found.isDirectory() ? 'folder' : 'picture';
  return { path: file, name: path.basename(file), kind, url: kind === 'picture' ? pickedUrl(grants, file) : null };
}

export function createHandlers(options: HandlerOptions): MainHandlers {
  const { desktop, dialogs, grants, recents, session, shareAllowed, ensureStopped } = options;
  const labels = createLabelIndex();
  const inTurn = createQueue();

  const known = (dir: string): string => {
    if (grants.isProject(dir)) return path.resolve(dir);
    throw new LinesideError('badInput', `${dir} is not open: open the project first`, { said: notOpen });
  };
  /** The project on the page: only its pictures have URLs. */
  const shown = (dir: string): OpenProject => {
    const open = session.current();
    if (open?.dir !== known(dir)) {
      throw new LinesideError('badInput', `${dir} is not open: open the project first`, { said: notOpen });
    }
    return open;
  };
  const show = async (dir: string): Promise<void> => {
    grants.addProject(dir);
    session.set({ dir, token: desktop.newToken() });
    await shareAllowed();
  };
  const pick = async (files: readonly string[]): Promise<PickedItem[]> => {
    const items = await Promise.all(files.map((file) => acceptPicked(grants, file)));
    await shareAllowed();
    return items;
  };

  return {
    'app.describe': () => Promise.resolve(desktop.describe()),
    'app.configure': ({ texts, theme }) => {
      if (texts) desktop.setTexts(texts);
      if (theme) desktop.setTheme(theme);
      return Promise.resolve({});
    },
    'app.notify': ({ title, body }) => {
      desktop.notify(title, body);
      return Promise.resolve({});
    },
    'project.left': async () => ({ dir: (await recents.left()) ?? null }),
    'project.recent': () => recents.describe(grants),
    'project.forget': async ({ dir }) => {
      await recents.forget(dir);
      return {};
    },
    'project.create': async ({ parent, ...file }) => {
      if (parent !== undefined && !grants.isPicked(parent)) {
        const said: Said = { code: 'notChosen', values: { file: parent } };
        throw new LinesideError('badInput', `${parent} was not chosen by you: choose a folder`, { said });
      }
      const dir = await freshFolder(parent ?? desktop.defaultParent, file.name);
      await createProject(dir, { ...file, created: desktop.now().toISOString() });
      await show(dir);
      await recents.add(dir);
      return { dir, name: file.name };
    },
    'project.createPractice': async ({ name }) => {
      const dir = await freshFolder(desktop.defaultParent, name);
      await show(dir);
      return { dir, name };
    },
    'project.open': async ({ dir }) => {
      const asked = path.resolve(dir);
      if (!grants.isPicked(asked) && !grants.isProject(asked) && !(await recents.has(asked))) {
        const said: Said = { code: 'notChosen', values: { file: dir } };
        throw new LinesideError('badInput', `${dir} was not chosen by you: choose its folder`, { said });
      }
      const { name } = await openProject(asked);
      await show(asked);
      await recents.add(asked);
      return { dir: asked, name };
    },
    'project.close': async () => {
      session.set(undefined);
      await recents.leave();
      return {};
    },
    'project.state': async ({ dir }) => {
      const project = known(dir);
      return readState(project, await labels(project));
    },
    'project.results': ({ dir }) => readResults(known(dir)),
    'project.update': ({ dir, name, classes }) =>
      inTurn(async () => {
        const project = known(dir);
        const file = await openProject(project);
        await writeProject(project, {
          ...withClasses(file, classes ?? file.classes),
          ...(name !== undefined && { name }),
        });
        return {};
      }),
    'trainer.ensureStopped': ({ withinSeconds }) => ensureStopped(withinSeconds * 1000),
    'dialog.pickFolder': async ({ title }) => {
      const dir = await dialogs.pickFolder(title);
      return dir === undefined ? null : ((await pick([dir]))[0] ?? null);
    },
    'dialog.pickFile': async ({ title }) => {
      const file = await dialogs.pickFile(title);
      return file === undefined ? null : ((await pick([file]))[0] ?? null);
    },
    'dialog.pickPictures': async ({ title }) => pick(await dialogs.pickPictures(title)),
    'desktop.reveal': async ({ dir, path: inside }) => {
      desktop.reveal(await insideProject(known(dir), inside));
      return {};
    },
    'desktop.openReport': async ({ dir, path: inside }) => {
      const file = await insideProject(known(dir), inside);
      if (path.basename(file) !== 'report.html') throw new LinesideError('badInput', `${inside} is no report`);
      await desktop.openFile(file);
      return {};
    },
    'images.list': async ({ dir }) => {
      const open = shown(dir);
      return (await labels(open.dir)).map((labelled) => describePicture(open, labelled));
    },
    'images.capture': ({ dir, ...taken }) =>
      inTurn(async () => {
        const open = shown(dir);
        const file = await storeCapture(open.dir, taken);
        return describePicture(open, { file, width: taken.width, height: taken.height, labels: [], reviewed: false });
      }),
    'images.remove': ({ dir, files }) =>
      inTurn(async () => {
        const project = known(dir);
        for (const file of files) {
          await moveToTrash(project, file);
          for (const name of [annotationName(file), undoName(file)]) {
            if (await exists(path.join(project, name))) await moveToTrash(project, name);
          }
        }
        return {};
      }),
    'annotations.read': async ({ dir, file }) => (await readAnnotation(known(dir), file)) ?? null,
    'annotations.readUndo': ({ dir, file }) => readUndo(known(dir), file),
    'annotations.write': ({ dir, annotation, undo }) =>
      inTurn(async () => {
        const project = known(dir);
        await insideProject(project, annotation.image);
        if (undo) await writeUndo(project, annotation, undo);
        await writeAnnotation(project, annotation);
        const file = await openProject(project);
        const added = new Set(
          annotation.boxes.map(({ label }) => label).filter((label) => !file.classes.includes(label)),
        );
        if (added.size > 0) await writeProject(project, { ...file, classes: [...file.classes, ...added] });
        return {};
      }),
  };
}

/** Runs changes one after the other, so that the last one asked for is the last one written. */
function createQueue(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const result = last.then(change);
    last = result.catch(() => undefined);
    return result;
  };
}

/** A folder of that name, or the name with a number, that is not there yet or empty. */
async function freshFolder(parent: string, name: string): Promise<string> {
  const plain = name.replace(/[^\p{L}\p{N} _.-]/gu, '_').replace(/^[. ]+|[. ]+$/g, '') || 'Project';
  for (let attempt = 1; ; attempt++) {
    const dir = path.join(parent, attempt === 1 ? plain : `${plain} ${attempt}`);
    if (await isEmptyOrAbsent(dir)) return dir;
  }
}

/** @throws LinesideError 'badInput' when it is not there or lies outside the project */
async function insideProject(dir: string, inside: string): Promise<string> {
  const file = path.resolve(dir, inside);
  const relative = path.relative(dir, file);
  if (relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) {
    throw new LinesideError('badInput', `${inside} lies outside the project`);
  }
  if (!(await exists(file))) throw new LinesideError('badInput', `there is no ${inside} in ${dir}`);
  return file;
}
