import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  batchSizeResult,
  detectorPlan,
  epochReport,
  evaluationResult,
  exportResult,
  lrFinderResult,
  previewReport,
  stepReport,
  trainingResult,
  type TrainingResult,
  watchReport,
} from '../../shared/contract';
import { layoutOf } from '../../shared/layout';
import type { ProjectResults, RunSummary } from '../../shared/mainContract';
import { type ProjectFile, splitFile } from '../../shared/project';
import { shareFound } from '../../shared/score';
import type { Stage } from '../../shared/stages';
import { hasEnded, listRuns, ranAway, settledRun } from '../trainer/runTable';
import { isSatAt } from '../trainer/sitting';

/** Reads what the trainer's stages left in a project folder (shared/project.ts lists the files). */

/** A result as it lies on disk. */
export interface StageResult {
  /** Differs between any two results of the stage. */
  readonly digest: string;
  /** When it was made, in milliseconds. */
  readonly made: number;
  /** The detector that it was measured with (shared/layout), where it says. */
  readonly layout?: string | undefined;
}

/** Steps handed to the page: enough for a curve as wide as a screen. */
const stepsShown = 2000;

const metricLine = z.discriminatedUnion('kind', [stepReport, epochReport, watchReport, previewReport]);

/** The results that there are. Evaluation and export count only when they are of the run that is used. */
export async function findResults(dir: string): Promise<Partial<Record<Stage, StageResult>>> {
  const run = await settledRun(dir);
  const exported = await newestFolder(dir, 'exports', 'export.json');
  const ofThisRun = exported && (await readResult(dir, `${exported}/export.json`, exportResult))?.run === run;
  const [split, plan, lrFinder, batchSize, training, evaluation, exportFile] = await Promise.all([
    fileResult(dir, 'split.json'),
    fileResult(dir, 'plan.json'),
    measuredResult(dir, 'lrFinder.json'),
    measuredResult(dir, 'batchSize.json'),
    run === undefined ? undefined : fileResult(dir, `${run}/config.json`),
    run === undefined ? undefined : fileResult(dir, `${run}/evaluation.json`),
    ofThisRun ? fileResult(dir, `${exported}/export.json`) : undefined,
  ]);
  return {
    ...(split && plan && { dataset: plan }),
    ...(lrFinder && { lrFinder }),
    ...(batchSize && { batchSize }),
    ...(training && { training }),
    ...(evaluation && { evaluation }),
    ...(exportFile && { export: exportFile }),
  };
}

/** The detector as it is laid out now, in one line; undefined where it has not been yet. @param classes how many there are */
export async function readLayout(dir: string, classes: number): Promise<string | undefined> {
  const plan = await readResult(dir, 'plan.json', detectorPlan);
  return plan === null ? undefined : layoutOf(plan, classes);
}

/** Everything that the screens show again when a project is opened. A file that is not understood counts as absent. */
export async function readResults(dir: string): Promise<ProjectResults> {
  const run = await settledRun(dir);
  const exported = await newestFolder(dir, 'exports', 'export.json');
  return {
    split: await readResult(dir, 'split.json', splitFile),
    plan: await readResult(dir, 'plan.json', detectorPlan),
    lrFinder: await readResult(dir, 'lrFinder.json', lrFinderResult),
    batchSize: await readResult(dir, 'batchSize.json', batchSizeResult),
    training: await readRun(dir),
    runs: await listRuns(dir),
    evaluation: run === undefined ? null : await readResult(dir, `${run}/evaluation.json`, evaluationResult),
    export: exported === undefined ? null : await readResult(dir, `${exported}/export.json`, exportResult),
  };
}

/** Share found by the run that is used on its test pictures, null while not evaluated. */
export async function readScore(dir: string): Promise<number | null> {
  const run = await settledRun(dir);
  if (run === undefined) return null;
  const evaluation = await readResult(dir, `${run}/evaluation.json`, evaluationResult);
  return evaluation && shareFound(evaluation);
}

/**
 * The newest run when it was broken off after a checkpoint, or was killed before its first one: runs/<time>. One with another
 * input or other tiles than the operator has chosen since is not gone on with.
 */
export async function findInterrupted(dir: string, { tiling, input }: ProjectFile): Promise<string | null> {
  const run = await newestRun(dir);
  if (run === undefined || (await hasEnded(dir, run))) return null;
  const plan = (await readResult(dir, `${run}/config.json`, z.object({ plan: detectorPlan })))?.plan;
  if (plan !== undefined) {
    const isWished = tiling === undefined || tiling === (plan.tiling !== undefined);
    if (!isWished || plan.inputWidth !== (input ?? plan.inputWidth)) return null;
  }
  const begun = (await writtenAt(path.join(dir, run, 'last.safetensors'))) !== undefined || (await isSatAt(dir, run));
  return begun ? run : null;
}

/** Whether any run has left a detector: one that was broken off before it was first judged has none yet. */
export async function hasDetector(dir: string): Promise<boolean> {
  const hasModel = async (folder: string): Promise<boolean> =>
    (await writtenAt(path.join(folder, 'best.safetensors'))) !== undefined;
  return (await newestRun(dir, hasModel)) !== undefined;
}

/** Whether the training whose detector is used gave up, as its loss went astray. */
export async function hasRunAway(dir: string): Promise<boolean> {
  const run = await settledRun(dir);
  return run !== undefined && (await ranAway(dir, run));
}

async function readRun(dir: string): Promise<RunSummary | null> {
  const run = await newestRun(dir);
  if (run === undefined) return null;
  const result = await readResult(dir, `${run}/result.json`, trainingResult);
  const text = await readFile(path.join(dir, run, 'metrics.jsonl'), 'utf8').catch(() => '');
  const reports = text.split('\n').flatMap((line) => metricLine.safeParse(parseJson(line)).data ?? []);
  const steps = reports.filter((report) => report.kind === 'step');
  const every = Math.max(1, Math.ceil(steps.length / stepsShown));
  return {
    run,
    epochs: reports.filter((report) => report.kind === 'epoch'),
    steps: steps.filter((_step, index) => index % every === 0),
    preview: previewOf(reports, result),
    watch: reports.filter((report) => report.kind === 'watch'),
    stoppedBy: result?.stoppedBy ?? null,
    advice: result?.advice ?? null,
  };
}

/** What the kept detector drew; of a training that has not ended, what it drew last. */
function previewOf(
  reports: readonly z.output<typeof metricLine>[],
  ended: TrainingResult | null,
): RunSummary['preview'] {
  const drawn = reports.filter((report) => report.kind === 'preview');
  return drawn.findLast(({ epoch }) => ended === null || epoch <= ended.best.epoch) ?? drawn.at(-1) ?? null;
}

/** The newest folder of runs/, their names being times, that `accepts` says yes to. */
async function newestRun(
  dir: string,
  accepts: (folder: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string | undefined> {
  for (const name of (await namesIn(path.join(dir, 'runs'))).reverse()) {
    if (await accepts(path.join(dir, 'runs', name))) return `runs/${name}`;
  }
  return undefined;
}

async function newestFolder(dir: string, below: string, file: string): Promise<string | undefined> {
  for (const name of (await namesIn(path.join(dir, below))).reverse()) {
    if ((await writtenAt(path.join(dir, below, name, file))) !== undefined) return `${below}/${name}`;
  }
  return undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
}

async function fileResult(dir: string, name: string): Promise<StageResult | undefined> {
  const file = path.join(dir, name);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const digest = createHash('sha1')
    .update(name)
    .update(await readFile(file));
  return { digest: digest.digest('base64'), made: found.mtimeMs };
}

/** A result that tells what it was measured with. */
async function measuredResult(dir: string, name: string): Promise<StageResult | undefined> {
  const [file, measured] = await Promise.all([fileResult(dir, name), readResult(dir, name, withLayout)]);
  return file && { ...file, layout: measured?.layout };
}

const withLayout = z.object({ layout: z.string().optional() });

async function readResult<T extends z.ZodType>(dir: string, name: string, schema: T): Promise<z.output<T> | null> {
  const text = await readFile(path.join(dir, name), 'utf8').catch(() => '');
  return schema.safeParse(parseJson(text)).data ?? null;
}

/** undefined for what is no JSON: the last line of a log that is being written, say. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In milliseconds; undefined when there is no such file. */
async function writtenAt(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}
