import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { AllowedPaths } from '../../shared/trainerHostMessages';

/**
 * What the operator has allowed the app to touch, kept until the app ends: projects opened, folders and pictures that
 * came out of a dialog or were dropped. The page names paths freely; only those in here are acted on.
 */
export interface Grants {
  readonly addProject: (dir: string) => void;
  /** A picked or dropped file or folder (with all that is in it). */
  readonly addPicked: (file: string) => void;
  readonly isProject: (dir: string) => boolean;
  readonly isPicked: (file: string) => boolean;
  /** A word under which one picture can be shown; the same picture keeps its word. */
  readonly tokenFor: (file: string) => string;
  readonly fileOf: (token: string) => string | undefined;
  readonly list: () => AllowedPaths;
}

/** @param changed called after each new project or picked path */
export function createGrants(changed: () => void = () => undefined): Grants {
  const projects = new Set<string>();
  const picked = new Set<string>();
  const tokens = new Map<string, string>();
  const files = new Map<string, string>();
  const add = (set: Set<string>, file: string): void => {
    const resolved = path.resolve(file);
    if (set.has(resolved)) return;
    set.add(resolved);
    changed();
  };
  return {
    addProject: (dir) => add(projects, dir),
    addPicked: (file) => add(picked, file),
    isProject: (dir) => projects.has(path.resolve(dir)),
    isPicked: (file) => isInside(path.resolve(file), picked),
    tokenFor: (file) => {
      const known = tokens.get(file);
      if (known !== undefined) return known;
      const token = randomUUID();
      tokens.set(file, token);
      files.set(token, file);
      return token;
    },
    fileOf: (token) => files.get(token),
    list: () => ({ projects: [...projects], picked: [...picked] }),
  };
}

/** Whether a resolved path is one of `allowed` or lies in one of them. */
function isInside(file: string, allowed: ReadonlySet<string>): boolean {
  for (let folder = file; ; folder = path.dirname(folder)) {
    if (allowed.has(folder)) return true;
    if (folder === path.dirname(folder)) return false;
  }
}
