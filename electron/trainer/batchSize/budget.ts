import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What the machine says about its memory, in bytes; undefined where it does not say. */
export interface MachineMemory {
  /** What programs could still get without swapping. */
  readonly availableBytes: number;
  readonly totalBytes: number;
  /** Limit of the container or session that Lineside runs in, and what is used of it (without file cache). */
  readonly limitBytes: number | undefined;
  readonly limitUsedBytes: number | undefined;
}

export interface MemoryBudget {
  readonly budgetBytes: number;
  /** One sentence for the operator. */
  readonly reason: string;
}

/** The rest stays for the system, the app's window and the file cache that the pictures are read through. */
const share = 0.8;

/** What a training may use. */
export function memoryBudget(memory: MachineMemory): MemoryBudget {
  const { availableBytes, totalBytes, limitBytes, limitUsedBytes = 0 } = memory;
  const underLimit = limitBytes === undefined ? Infinity : Math.max(0, limitBytes - limitUsedBytes);
  const free = Math.min(availableBytes, underLimit);
  const where =
    underLimit < availableBytes
      ? `Lineside may use ${gigabytes(limitBytes ?? 0)} here, of which ${gigabytes(free)} are free`
      : `${gigabytes(free)} of ${gigabytes(totalBytes)} memory are free`;
  return {
    budgetBytes: Math.floor(free * share),
    reason: `${where}; training may take ${Math.round(share * 100)} % of that, the rest stays for other programs.`,
  };
}

/**
 * Reads the machine's memory: /proc/meminfo and the control group (v2, else v1) on Linux, else what Node knows.
 * @param read returns the text of a file, or undefined where there is none.
 */
export function machineMemory(read: (path: string) => string | undefined = readIfThere): MachineMemory {
  const info = read('/proc/meminfo') ?? '';
  const group = '/sys/fs/cgroup';
  const limit = bytesIn(read(`${group}/memory.max`)) ?? bytesIn(read(`${group}/memory/memory.limit_in_bytes`));
  const used = bytesIn(read(`${group}/memory.current`)) ?? bytesIn(read(`${group}/memory/memory.usage_in_bytes`));
  const stat = read(`${group}/memory.stat`) ?? read(`${group}/memory/memory.stat`) ?? '';
  const cache = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  const totalBytes = kilobytesIn(info, 'MemTotal') ?? os.totalmem();
  const limited = limit !== undefined && limit < totalBytes; // "no limit" of v1 is a number above any memory
  return {
    availableBytes: kilobytesIn(info, 'MemAvailable') ?? os.freemem(),
    totalBytes,
    limitBytes: limited ? limit : undefined,
    limitUsedBytes: limited && used !== undefined ? Math.max(0, used - cache) : undefined,
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
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

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
