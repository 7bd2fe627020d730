import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A control group with a limit of memory, for tests that want the kernel itself to end a process. */
export interface ControlGroup {
  /** Write a process's id into it. */
  readonly procs: string;
  readonly remove: () => void;
}

/** Makes one below our own, version 1 or 2; undefined where that is not allowed. */
export function limitedGroup(bytes: number): ControlGroup | undefined {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  const first = /^\d+:memory:(\/.*)$/m.exec(own)?.[1];
  const [parent, limit] =
    first === undefined
      ? [`/sys/fs/cgroup${/^0::(\/.*)$/m.exec(own)?.[1] ?? '/'}`, 'memory.max']
      : [`/sys/fs/cgroup/memory${first}`, 'memory.limit_in_bytes'];
  const group = path.join(parent, `lineside-test-${process.pid}`);
  const procs = path.join(group, 'cgroup.procs');
  try {
    mkdirSync(group);
    writeFileSync(path.join(group, limit), String(bytes));
    const joined = spawnSync('sh', ['-c', `echo $$ > '${procs}'`]);
    if (joined.status === 0) return { procs, remove: () => rmdirSync(group) };
  } catch {
    // no control groups, or not ours to change
  }
  if (existsSync(group)) rmdirSync(group);
  return undefined;
}
