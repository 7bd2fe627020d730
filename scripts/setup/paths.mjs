import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where engine and base model go. LINESIDE_RESOURCES moves them, so that set-up can be tried beside a working one. */
export const resources = path.resolve(process.env.LINESIDE_RESOURCES ?? path.join(root, 'resources'));

/** Downloads that are verified but not unpacked yet, so that an interrupted set-up goes on where it was. */
export const downloads = path.join(root, '.cache', 'setup');
