import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expectedEngine } from './expected';

/** What the machine says about its memory, in bytes; undefined where it does not say. */
export interface MachineMemory {
  /** What programs could still get without swapping. */
  readonly availableBytes: number;
  readonly totalBytes: number;
  /** Limit of the container or session that Lineside runs in, and what is used of it (without file cache). */
  readonly limitBytes: number | undefined;
  readonly limitUsedBytes: number | undefined;
  /** What this process holds of it: left over from a sweep, say. A training in it uses that again. 0 where it is not told. */
  readonly ownBytes?: number;
}

/** What an engine tells of the memory: all there is, what is free, and what a training may take of that. */
export interface MemoryTold {
  readonly totalBytes: number;
  /** With what this process holds already: to a training in it that is free. */
  readonly freeBytes: number;
  readonly budgetBytes: number;
}

/** Of the free memory. The rest stays for the system, the app's window and the file cache that the pictures are read through. */
export const trainingShare = 0.8;

/** The computer's memory, or the container's where that has a limit, as a training in this process finds it. */
export function tellMemory(memory: MachineMemory = machineMemory()): MemoryTold {
  const { availableBytes, totalBytes, limitBytes, limitUsedBytes = 0, ownBytes = 0 } = memory;
  const usedByOthers = Math.max(0, limitUsedBytes - ownBytes);
  const freeBytes = Math.min(availableBytes + ownBytes, leftOf(limitBytes, usedByOthers));
  return { totalBytes: limitBytes ?? totalBytes, freeBytes, budgetBytes: Math.floor(freeBytes * trainingShare) };
}

/** What another process may take beside this one and all that it holds: less than a training in this one. */
export function besideBytes({ availableBytes, limitBytes, limitUsedBytes = 0 }: MachineMemory): number {
  return Math.floor(Math.min(availableBytes, leftOf(limitBytes, limitUsedBytes)) * trainingShare);
}

function leftOf(limitBytes: number | undefined, usedBytes: number): number {
  return limitBytes === undefined ? Infinity : Math.max(0, limitBytes - usedBytes);
}

const groups = '/sys/fs/cgroup';
/** Beyond that the WebAssembly module gets no memory, and does not always say so. */
const wasmHeapBytes = 4 * 1024 ** 3;

/**
 * Reads the machine's memory: /proc/meminfo, the control group (v2 and those around it, else v1), the process's own limits
 * and what it holds itself (without the pages of files, which count as available) on Linux, else what Node knows.
 * @param read returns the text of a file, or undefined where there is none.
 * @param wish most bytes that Lineside shall use, where the person in charge says so (LINESIDE_MEMORY)
 * @param engine which computes: WebAssembly has a heap of 4 GB, whatever the computer has
 */
export function machineMemory(
  read: (file: string) => string | undefined = readIfThere,
  wish = bytesIn(process.env['LINESIDE_MEMORY']),
  engine = expectedEngine(),
): MachineMemory {
  const wished = wish === undefined ? undefined : { limit: wish, used: 0 };
  const heap = engine === 'wasm' ? { limit: wasmHeapBytes, used: 0 } : undefined;
  const info = read('/proc/meminfo') ?? '';
  const status = read('/proc/self/status') ?? '';
  const totalBytes = kilobytesIn(info, 'MemTotal') ?? os.totalmem();
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  const limits = [
    ...withParents(own).map((group) =>
      limitOf(read, group === '/' ? groups : groups + group, 'memory.max', 'memory.current'),
    ),
    limitOf(read, `${groups}/memory`, 'memory.limit_in_bytes', 'memory.usage_in_bytes'),
    processLimit(read, 'Max data size', 'VmData'),
    processLimit(read, 'Max address space', 'VmSize'),
    wished,
    heap,
  ].filter((found) => found !== undefined && found.limit < totalBytes); // "no limit" of v1 is a number above any memory
  const ownBytes = info === '' ? process.memoryUsage.rss() : (kilobytesIn(status, 'RssAnon') ?? 0);
  const left = (found: (typeof limits)[number]): number =>
    (found?.limit ?? Infinity) - Math.max(0, (found?.used ?? 0) - ownBytes);
  const [tightest] = limits.sort((a, b) => left(a) - left(b));
  return {
    availableBytes: kilobytesIn(info, 'MemAvailable') ?? os.freemem(),
    totalBytes,
    limitBytes: tightest?.limit,
    limitUsedBytes: tightest?.used,
    ownBytes,
  };
}

interface Limit {
  readonly limit: number;
  readonly used: number | undefined;
}

function limitOf(
  read: (file: string) => string | undefined,
  group: string,
  limitFile: string,
  usedFile: string,
): Limit | undefined {
  const limit = bytesIn(read(`${group}/${limitFile}`));
  if (limit === undefined) return undefined;
  const used = bytesIn(read(`${group}/${usedFile}`));
  const cache = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(read(`${group}/memory.stat`) ?? '')?.[1] ?? 0);
  return { limit, used: used === undefined ? undefined : Math.max(0, used - cache) };
}

/** A limit that the process was started with (ulimit, prlimit), and what it has taken of it. */
function processLimit(read: (file: string) => string | undefined, name: string, used: string): Limit | undefined {
  const limit = new RegExp(`^${name}\\s+(\\d+)\\s`, 'm').exec(read('/proc/self/limits') ?? '')?.[1];
  if (limit === undefined) return undefined;
  return { limit: Number(limit), used: kilobytesIn(read('/proc/self/status') ?? '', used) };
}

/**
 * How many processes this computer has ended since it was started because its memory was full; undefined where it does not
 * count them.
 */
export function endedForMemory(read: (file: string) => string | undefined = readIfThere): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(read('/proc/vmstat') ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Whether an error, in whose words ever, means a lack of memory: 8 is TensorFlow's RESOURCE_EXHAUSTED, 1 oneDNN's out_of_memory. */
export function tellsOutOfMemory(text: string): boolean {
  return /out of memory|OOM when allocating|bad_alloc|cannot allocate memory|ENOMEM|array buffer allocation failed|TF_Status: 8\b|Status: 1, message: could not/i.test(
    text,
  );
}

/** '/a/b' → ['/a/b', '/a', '/'] */
function withParents(group: string): string[] {
  return group === '/' ? ['/'] : [group, ...withParents(path.posix.dirname(group))];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // another system than Linux, or no control group
  }
}

function bytesIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

function kilobytesIn(meminfo: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
