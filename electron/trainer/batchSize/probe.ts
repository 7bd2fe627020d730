import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { BatchRow } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { tellsOutOfMemory } from '../engine/memory';
import { calibrate, type MemoryMeasurement } from './memoryModel';

/** How a probe's process ended. */
export interface ProbeExit {
  readonly code: number | null;
  /** SIGKILL when the system took it for its memory. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that reads one JSON text, measures, writes one JSON text and ends. */
export interface ProbeChild {
  readonly exit: Promise<ProbeExit>;
  kill(): void;
}

/** Starts a probe with its input; an Electron utilityProcess fits behind it as well as a plain child of Node. */
export type SpawnProbe = (input: string) => ProbeChild;

/** What the child writes last on its standard output. */
export const probeReport = z.object({ peakBytes: z.number().positive(), imagesPerSecond: z.number().positive() });
export type ProbeReport = z.output<typeof probeReport>;

export type ProbeOutcome =
  | { readonly kind: 'measured'; readonly report: ProbeReport }
  /** Killed by the system or out of memory by its own account: this batch size does not fit. */
  | { readonly kind: 'outOfMemory' }
  | { readonly kind: 'timeout' };

/** Plain child process. Under Electron pass ELECTRON_RUN_AS_NODE in `env`. */
export function nodeProbe(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): SpawnProbe {
  return (input) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-8000)));
    child.stdin.on('error', () => undefined); // ended before it read: its exit tells why
    child.stdin.end(input);
    return {
      exit: new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
      }),
      kill: () => child.kill('SIGKILL'),
    };
  };
}

/** Exit code by which a probe says that it ran out of memory itself. */
export const outOfMemoryExit = 77;

/**
 * Runs one probe.
 * @throws LinesideError 'cancelled' when the signal is aborted (the child is killed); 'engine' when the child fails for
 *   another reason than memory, with the end of its standard error as the detail.
 */
export async function probe(
  spawnProbe: SpawnProbe,
  input: unknown,
  limits: { readonly timeoutSeconds: number; readonly signal: AbortSignal },
): Promise<ProbeOutcome> {
  const { signal, timeoutSeconds } = limits;
  const cancelled = (): LinesideError =>
    new LinesideError('cancelled', 'Measuring the batch sizes was stopped; nothing was changed.');
  if (signal.aborted) throw cancelled();
  const child = spawnProbe(JSON.stringify(input));
  const kill = (): void => child.kill();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill();
  }, timeoutSeconds * 1000);
  signal.addEventListener('abort', kill);
  try {
    const exit = await child.exit;
    if (signal.aborted) throw cancelled();
    if (timedOut) return { kind: 'timeout' };
    if (exit.code === 0) return { kind: 'measured', report: parseReport(exit) };
    if (ranOutOfMemory(exit)) return { kind: 'outOfMemory' };
    throw failed(exit);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function parseReport(exit: ProbeExit): ProbeReport {
  const last = exit.stdout.trim().split('\n').at(-1) ?? '';
  try {
    return probeReport.parse(JSON.parse(last));
  } catch (cause) {
    throw new LinesideError('engine', `A probe step ended without a measurement: "${last.slice(0, 200)}".`, {
      detail: exit.stderr,
      cause,
    });
  }
}

/** SIGKILL comes from the system when memory runs out; V8, C++ and TensorFlow say it in words before they end otherwise. */
function ranOutOfMemory({ code, signal, stderr }: ProbeExit): boolean {
  if (code === outOfMemoryExit || signal === 'SIGKILL' || code === 137) return true;
  return tellsOutOfMemory(stderr);
}

function failed({ code, signal, stderr }: ProbeExit): LinesideError {
  const how = signal ?? `code ${code}`;
  return new LinesideError('engine', `A probe step failed (${how}): run "lineside doctor" to check the engine.`, {
    detail: stderr,
  });
}

export interface ProbeSizesRequest {
  readonly sizes: readonly number[];
  readonly predict: (batchSize: number) => number;
  readonly budgetBytes: number;
  /** What a child process may take while this one keeps what it holds; as much as the budget by default. */
  readonly childBytes?: number;
  readonly spawnProbe: SpawnProbe;
  /** What the child needs beside the batch size. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onRow: (row: BatchRow) => void;
}

/**
 * Measures the batch sizes, smallest first, each in a process of its own, so that one that is too large takes nothing
 * else with it. Each measurement corrects the prediction for the next; a size that is predicted not to fit is not run.
 * One that would fit once it is trained in this process, but not in a child beside it, is judged by its prediction.
 * One that takes too long counts as not fitting: the computer is swapping.
 *
 * @throws as `probe` does.
 */
export async function probeSizes(request: ProbeSizesRequest): Promise<BatchRow[]> {
  const { budgetBytes, childBytes = budgetBytes } = request;
  const measured: MemoryMeasurement[] = [];
  const rows: BatchRow[] = [];
  let limit: BatchRow['limit'];
  for (const batchSize of [...request.sizes].sort((a, b) => a - b)) {
    const predictedBytes = Math.round(calibrate(request.predict, measured)(batchSize));
    const untried = { batchSize, predictedBytes, measuredBytes: null, imagesPerSecond: null };
    const attempt = async (): Promise<BatchRow> => {
      if (limit !== undefined) return { ...untried, fits: false, limit };
      if (predictedBytes > budgetBytes) return { ...untried, fits: false, limit: 'memory' };
      if (predictedBytes > childBytes) return { ...untried, fits: true };
      const outcome = await probe(request.spawnProbe, { ...request.input, batchSize }, request);
      if (outcome.kind === 'timeout') return { ...untried, fits: false, limit: 'time' };
      if (outcome.kind === 'outOfMemory') return { ...untried, fits: false, limit: 'memory' };
      const { peakBytes, imagesPerSecond } = outcome.report;
      measured.push({ batchSize, bytes: peakBytes });
      const fits = peakBytes <= budgetBytes;
      return {
        ...untried,
        measuredBytes: peakBytes,
        imagesPerSecond,
        fits,
        ...(!fits && { limit: 'memory' as const }),
      };
    };
    const row = await attempt();
    limit = row.limit;
    rows.push(row);
    request.onRow(row);
  }
  return rows;
}
