import { readFile } from 'node:fs/promises';
import { writeWhole } from '../trainer/wholeFile';
import type { z } from 'zod';

/** A small file of the app's own in the user's settings folder. One that is absent or not understood counts as `initial`. */
export interface Setting<T> {
  readonly read: () => Promise<T>;
  readonly write: (value: T) => Promise<void>;
}

export function createSetting<T>(file: string, schema: z.ZodType<T>, initial: T): Setting<T> {
  return {
    read: async () => {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      return text === undefined ? initial : (schema.safeParse(parseJson(text)).data ?? initial);
    },
    write: (value) => writeWhole(file, `${JSON.stringify(value, undefined, 2)}\n`),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
