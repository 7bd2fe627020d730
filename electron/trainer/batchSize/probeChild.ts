import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { outOfMemoryExit, type ProbeReport } from './probe';

/**
 * The child's side of `probe`: reads the input, runs `measure`, and writes the report with the peak of its own memory.
 * Everything else that `measure` prints must go to standard error.
 *
 * @param measure runs a few training steps and says how many pictures a second they took, the first step left out.
 */
export async function runProbeChild(
  measure: (input: unknown) => Promise<{ readonly imagesPerSecond: number }>,
): Promise<void> {
  offerToTheSystem();
  try {
    const { imagesPerSecond } = await measure(JSON.parse(await text(process.stdin)));
    const report: ProbeReport = { peakBytes: peakMemoryBytes(), imagesPerSecond };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = error instanceof RangeError && /allocation/i.test(error.message) ? outOfMemoryExit : 1;
  }
}

/**
 * Highest resident memory of this process so far. VmHWM where there is one: on Linux, maxRSS of a child starts with
 * what its parent had.
 */
export function peakMemoryBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** When memory runs out, Linux should take this process, not the app that started it. */
function offerToTheSystem(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // not Linux
  }
}
