import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { exists } from '../../electron/trainer/projectStore';

/** What a study wants measured: a name that is used once, and how to measure it. */
export interface Wanted<Line> {
  readonly name: string;
  readonly measure: () => Promise<Line>;
}

/**
 * Measures what is wanted and not yet there, in the order given, at most so many at a time, and keeps each as a line of a
 * JSON Lines file at once.
 * @returns those that are there now, in the order wanted
 */
export async function measureAll<S extends z.ZodType<{ readonly name: string }>>(
  file: string,
  schema: S,
  most: number,
  wanted: readonly Wanted<z.input<S>>[],
): Promise<z.output<S>[]> {
  await mkdir(path.dirname(file), { recursive: true });
  const done = new Map((await readLines(file, schema)).map((line) => [line.name, line]));
  for (const { name, measure } of wanted.filter((one) => !done.has(one.name)).slice(0, most)) {
    process.stderr.write(`measuring ${name}\n`);
    const line = schema.parse(await measure());
    await appendFile(file, `${JSON.stringify(line)}\n`);
    done.set(name, line);
  }
  return wanted.flatMap(({ name }) => done.get(name) ?? []);
}

async function readLines<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>[]> {
  if (!(await exists(file))) return [];
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => schema.parse(JSON.parse(line)));
}
