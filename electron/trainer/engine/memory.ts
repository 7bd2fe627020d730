import { readFileSync } from 'node:fs';
import os from 'node:os';

/** The computer's memory in bytes, or the container's limit where that is smaller. */
export function totalBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}

/**
 * Memory that a training could still take, in bytes: what Linux calls MemAvailable (page cache counts as free), within
 * the container's limit; elsewhere the system's free memory.
 */
export function freeBytes(): number {
  const available = availableBytes();
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? Math.min(available, limit - process.memoryUsage.rss()) : available;
}

function availableBytes(): number {
  if (process.platform !== 'linux') return os.freemem();
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return line?.[1] === undefined ? os.freemem() : Number(line[1]) * 1024;
}
