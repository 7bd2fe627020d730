import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { evaluationResult, type RunRow, scheduleKind, trainingResult } from '../../shared/contract';
import { LinesideError } from '../../shared/errors';
import { exists, readJson, writeJson } from './projectStore';

/** The trainings of a project side by side, and which of them is the one that is tested, exported and tried. */

/** The best detector of a run: a run without it cannot be used. */
export const bestModel = 'best.safetensors';
export const lastCheckpoint = 'last.safetensors';
export const configFile = 'config.json';
export const resultFile = 'result.json';
export const evaluationFile = 'evaluation.json';

const usedFile = 'usedRun.json';

/**
 * A run that the operator chose. It counts until a newer run has ended: who trains again wants to see what came of it.
 */
const usedRunFile = z.object({ version: z.literal(1), run: z.string(), newest: z.string() });

/** What the table reads of config.json. */
const configRow = z.object({
  learningRate: z.number(),
  batchSize: z.number(),
  epochs: z.number(),
  schedule: z.object({ kind: scheduleKind }),
  data: z.string().optional(),
});

/** Oldest first: the names are times. */
export async function runNames(dir: string): Promise<string[]> {
  const folder = path.join(dir, 'runs');
  if (!(await exists(folder))) return [];
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
}

/** Newest first. Folders without a config.json that can be understood are no runs. */
export async function listRuns(dir: string): Promise<RunRow[]> {
  const used = await usedRun(dir);
  const rows: RunRow[] = [];
  for (const name of (await runNames(dir)).reverse()) {
    const run = `runs/${name}`;
    const config = await readIfSound(dir, `${run}/${configFile}`, configRow);
    if (config === undefined) continue;
    const result = await readIfSound(dir, `${run}/${resultFile}`, trainingResult);
    const tested = await readIfSound(dir, `${run}/${evaluationFile}`, evaluationResult);
    rows.push({
      run,
      started: timeOf(name),
      learningRate: config.learningRate,
      batchSize: config.batchSize,
      epochs: config.epochs,
      schedule: config.schedule.kind,
      roundsDone: result?.epochs ?? null,
      seconds: result?.seconds ?? null,
      stoppedBy: result?.stoppedBy ?? null,
      mAP50: result?.best.mAP50 ?? null,
      testedMAP50: tested?.mAP50 ?? null,
      data: config.data ?? null,
      usable: await exists(path.join(dir, run, bestModel)),
      used: run === used,
    });
  }
  return rows;
}

/**
 * The run that is tested, exported and tried: the chosen one, else the newest with a detector that was brought to an end,
 * else the newest with a detector: runs/<time>.
 */
export async function usedRun(dir: string): Promise<string | undefined> {
  return (await chosenRun(dir)) ?? newestOf(dir);
}

/** The same where there is one that the operator chose or that was brought to an end; a paused one alone is none. */
export async function settledRun(dir: string): Promise<string | undefined> {
  return (await chosenRun(dir)) ?? newestEnded(dir);
}

async function chosenRun(dir: string): Promise<string | undefined> {
  const chosen = await readIfSound(dir, usedFile, usedRunFile);
  if (chosen === undefined || chosen.newest !== (await newestOf(dir))) return undefined;
  return (await hasDetector(dir, chosen.run)) ? chosen.run : undefined;
}

/**
 * Whether a training was brought to an end: its result is younger than its checkpoint, which a training that goes on
 * writes anew. One that the operator paused has not ended, unless it was evaluated as it is; one that was evaluated counts
 * too where it left no result.
 * @param run runs/<time>
 */
export async function hasEnded(dir: string, run: string): Promise<boolean> {
  const [written, checkpoint, evaluated] = await Promise.all(
    [resultFile, lastCheckpoint, evaluationFile].map((name) => writtenAt(path.join(dir, run, name))),
  );
  if (written === undefined) return evaluated !== undefined;
  const { stoppedBy } = (await readIfSound(dir, `${run}/${resultFile}`, trainingResult)) ?? {};
  if (stoppedBy === 'operator') return evaluated !== undefined;
  return checkpoint === undefined || written >= checkpoint;
}

/** Whether the loss of a run went astray until its training gave up. @param run runs/<time> */
export async function ranAway(dir: string, run: string): Promise<boolean> {
  return (await readIfSound(dir, `${run}/${resultFile}`, trainingResult))?.stoppedBy === 'diverged';
}

/** Makes a run the one that is used. @throws LinesideError 'wrongUse' where it has no detector */
export async function useRun(dir: string, run: string): Promise<void> {
  const newest = await newestOf(dir);
  if (newest === undefined || !(await hasDetector(dir, run))) {
    throw new LinesideError('wrongUse', `${run} has no trained detector: choose another training`);
  }
  await writeJson(dir, usedFile, usedRunFile, { version: 1, run, newest });
}

async function newestOf(dir: string): Promise<string | undefined> {
  return (await newestEnded(dir)) ?? newestUsable(dir);
}

function newestEnded(dir: string): Promise<string | undefined> {
  return newestUsable(dir, (run) => hasEnded(dir, run));
}

async function newestUsable(
  dir: string,
  accepts: (run: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string | undefined> {
  for (const name of (await runNames(dir)).reverse()) {
    const run = `runs/${name}`;
    if ((await hasDetector(dir, run)) && (await accepts(run))) return run;
  }
  return undefined;
}

function hasDetector(dir: string, run: string): Promise<boolean> {
  return exists(path.join(dir, run, bestModel));
}

/** In milliseconds; undefined when there is no such file. */
async function writtenAt(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}

/** An old run with a damaged file must not keep the project from being opened: the file counts as absent. */
async function readIfSound<T extends z.ZodType>(
  dir: string,
  name: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  try {
    return await readJson(dir, name, schema);
  } catch (error) {
    if (error instanceof LinesideError && error.code === 'badInput') return undefined;
    throw error;
  }
}

/** ISO 8601 of a run's name (newRunFolder), null where it is another name. */
function timeOf(name: string): string | null {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})(?:-\d+)?$/.exec(name);
  return parts === null ? null : `${parts[1]}T${parts[2]}:${parts[3]}:${parts[4]}Z`;
}
