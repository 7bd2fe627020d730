import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Path of something that set-up provided (engine, base model): in LINESIDE_RESOURCES where it is set, as in the packaged
 * app, else in the `resources` folder of the clone.
 */
export function resourcePath(...parts: readonly string[]): string {
  return path.join(process.env['LINESIDE_RESOURCES'] ?? resourcesOfClone(__dirname), ...parts);
}

function resourcesOfClone(start: string): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'resources');
    if (existsSync(path.join(folder, 'package.json')) && existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) return path.join(start, 'resources');
  }
}
