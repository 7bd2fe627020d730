import { appendFile, readFile } from 'node:fs/promises';
import { writeWhole } from '../wholeFile';
import type { EpochReport, EventOf } from '../../../shared/contract';
import { exists, onDisk } from '../projectStore';

type StepReport = Extract<EventOf<'training.run'>, { readonly kind: 'step' }>;
export type PreviewReport = Extract<EventOf<'training.run'>, { readonly kind: 'preview' }>;
type WatchReport = Extract<EventOf<'training.run'>, { readonly kind: 'watch' }>;

/** One line of metrics.jsonl. `atStep` orders lines, so that those after a checkpoint can be cut off on resuming. */
export type MetricsLine = (StepReport | EpochReport | WatchReport | PreviewReport) & { readonly atStep: number };

/** Appends a line to metrics.jsonl. @throws LinesideError 'disk' */
export async function appendMetrics(file: string, line: MetricsLine): Promise<void> {
  await onDisk(file, () => appendFile(file, `${JSON.stringify(line)}\n`));
}

/** The lines of a run; a last line that a crash cut short is left out. */
export async function readMetrics(file: string): Promise<MetricsLine[]> {
  if (!(await exists(file))) return [];
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as MetricsLine);
}

/** Drops what was written after the checkpoint that the run goes on from, so that no step is there twice. */
export async function cutMetrics(file: string, step: number): Promise<void> {
  const kept = (await readMetrics(file)).filter(({ atStep }) => atStep <= step);
  await onDisk(file, () => writeWhole(file, kept.map((line) => `${JSON.stringify(line)}\n`).join('')));
}
