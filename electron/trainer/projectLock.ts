import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { LinesideError } from '../../shared/errors';
import type { Said } from '../../shared/said';
import { onDisk } from './projectStore';

const lockName = '.lock';

/** Who works in a project. `started` tells a process from a later one with the same number. */
const holder = z.object({ pid: z.number().int(), host: z.string(), started: z.string() });
type Holder = z.output<typeof holder>;

/**
 * Makes this process the only one that works in a project. A lock left by a process that died is taken over.
 * @returns a function that gives the project free again; calling it twice does no harm
 * @throws LinesideError 'busy' naming the process that holds it
 */
export async function lockProject(dir: string): Promise<() => Promise<void>> {
  const file = path.join(dir, lockName);
  const text = JSON.stringify({ pid: process.pid, host: hostname(), started: await startOf(process.pid) });
  while (!(await wroteNew(file, text))) {
    const found = await readHolder(file);
    if (found === undefined) continue;
    const { owner, contents } = found;
    if (owner !== undefined && (await isAlive(owner))) {
      const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
      throw new LinesideError(
        'busy',
        `another Lineside (process ${owner.pid}${where}) is working in ${dir}: wait until it is done or stop it`,
        { said: { code: 'otherLineside', values: {} } satisfies Said },
      );
    }
    await takeAway(file, contents);
  }
  let held = true;
  return async () => {
    if (!held) return;
    held = false;
    await unlink(file);
  };
}

async function wroteNew(file: string, text: string): Promise<boolean> {
  return onDisk(file, async () => {
    try {
      await writeFile(file, text, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** undefined where the lock has just gone; owner undefined where the file says nothing that can be understood. */
async function readHolder(file: string): Promise<{ owner: Holder | undefined; contents: string } | undefined> {
  for (let attempt = 0; ; attempt++) {
    const contents = await readFile(file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (contents === undefined) return undefined;
    const owner = parseHolder(contents);
    // Another process may be between creating the file and filling it.
    if (owner !== undefined || attempt === 3) return { owner, contents };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function parseHolder(contents: string): Holder | undefined {
  try {
    return holder.safeParse(JSON.parse(contents)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Removes a dead process's lock, unless another process has replaced it meanwhile. */
async function takeAway(file: string, contents: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === contents) await unlink(aside);
  else await rename(aside, file);
}

async function isAlive(owner: Holder): Promise<boolean> {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startOf(owner.pid)) === owner.started;
}

/** When a process began, in clock ticks since boot (proc(5), field 22 of stat); empty where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  });
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
