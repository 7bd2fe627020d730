import path from 'node:path';
import type { Advice } from '../../../shared/advice';
import {
  type EpochReport,
  type EvaluationResult,
  evaluationResult,
  type Handlers,
  type TrainingResult,
} from '../../../shared/contract';
import { firstTurn } from '../../../shared/divergence';
import { LinesideError } from '../../../shared/errors';
import { layoutOf } from '../../../shared/layout';
import { pointAt } from '../../../shared/score';
import { loadItems, type DatasetItems } from '../dataset/items';
import { trainingViews } from '../dataset/tiles';
import { readJson, writeJson } from '../projectStore';
import { evaluationFile, listRuns, useRun } from '../runTable';
import { advise, type FinishedRun, type TestedAt } from '../training/advise';
import { readMetrics } from '../training/metrics';
import { metricsFile } from '../training/train';
import { readMeasured } from './chain';
import { readConfig } from './runConfig';

/** What the files of a run do not say yet. */
interface NewOfRun {
  /** How the training ended just now. */
  readonly stoppedBy?: TrainingResult['stoppedBy'];
  readonly tested?: Tested;
}

/** What a test found out, beside the curves. */
export interface Tested {
  readonly perClass: Readonly<Record<string, { readonly AP50: number | null }>>;
  readonly thresholds: EvaluationResult['thresholds'];
  readonly threshold: number;
  readonly mistakes: EvaluationResult['mistakes'];
}

/** One suggestion for a run of this project; undefined where there is none. */
export async function adviceFor(project: string, run: string, isNew: NewOfRun = {}): Promise<Advice | undefined> {
  const finished = await readFinished(project, run, isNew);
  return finished && advise(finished);
}

/** A run of this project, as the advisor reads it; undefined where it has no settings. */
export async function readFinished(
  project: string,
  run: string,
  { stoppedBy, tested }: NewOfRun,
): Promise<FinishedRun | undefined> {
  const config = await readConfig(project, run);
  if (config === undefined) return undefined;
  const items = await loadItems(project);
  const runs = await listRuns(project);
  const lines = await readMetrics(path.join(project, run, metricsFile));
  const layout = layoutOf(config.plan, config.classes.length);
  const { batches, sweep } = await readMeasured({ project, layout });
  const fitting = batches?.table.filter(({ fits }) => fits).map(({ batchSize }) => batchSize) ?? [];
  const divergence = sweep && firstTurn(sweep);
  const watched = lines.filter((line) => line.kind === 'watch');
  const short = watched.filter(({ said }) => said?.code === 'watchHalfBatch' || said?.code === 'watchInParts');
  const largest = short.length > 0 ? [config.batchSize] : fitting;
  return {
    epochs: lines.filter((line): line is EpochReport & { readonly atStep: number } => line.kind === 'epoch'),
    plannedEpochs: config.epochs,
    stoppedBy: stoppedBy ?? runs.find((row) => row.run === run)?.stoppedBy ?? null,
    rollBacks: watched.length - short.length,
    learningRate: config.learningRate,
    batchSize: config.batchSize,
    schedule: config.schedule.kind,
    trainPictures: trainingViews(items.train, config.plan.tiling).length,
    ...(largest.length > 0 && { largestBatch: Math.max(...largest) }),
    ...(divergence !== undefined && { divergence }),
    ...(sweep !== undefined &&
      sweep.confidence !== 'notReliable' && {
        found: { learningRate: sweep.learningRate, batchSize: sweep.batchSize },
      }),
    plan: config.plan,
    classes: tested === undefined ? {} : classesOf(tested, items),
    ...testedAt(tested),
    canGoOn: runs[0]?.run === run,
    others: runs.flatMap((row) => {
      const isOther = row.run !== run && row.data === (config.data ?? null);
      if (!isOther || row.mAP50 === null) return [];
      return [{ ...row, mAP50: row.mAP50, ended: row.stoppedBy !== null && row.stoppedBy !== 'operator' }];
    }),
  };
}

function testedAt(tested: Tested | undefined): Pick<FinishedRun, 'tested'> {
  const point = tested && pointAt(tested.thresholds, tested.threshold);
  if (!point) return {};
  const mixedUp = mostMixedUp(tested?.mistakes ?? []);
  return { tested: { ...point, ...(mixedUp && { mixedUp }) } };
}

/** The two names of most of the parts that were reported as another class. */
export function mostMixedUp(mistakes: EvaluationResult['mistakes']): TestedAt['mixedUp'] {
  const counts = new Map<string, { label: string; taken: string; count: number }>();
  for (const { kind, label, detected } of mistakes) {
    if (kind !== 'wrongClass' || label === undefined || detected === undefined) continue;
    const key = JSON.stringify([label, detected.label]);
    const { count = 0 } = counts.get(key) ?? {};
    counts.set(key, { label, taken: detected.label, count: count + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return most && { label: most.label, taken: most.taken };
}

function classesOf({ perClass }: Tested, { train, classes }: DatasetItems): FinishedRun['classes'] {
  return Object.fromEntries(
    classes.map((name, index) => {
      const trainBoxes = train.reduce((sum, { labels }) => sum + labels.filter((label) => label === index).length, 0);
      return [name, { AP50: perClass[name]?.AP50 ?? null, trainBoxes }];
    }),
  );
}

/**
 * Handler of 'training.runs'. A run that is made the one that is used gets its suggestion anew, as other runs have tried
 * things since.
 */
export const tellRuns: Handlers['training.runs'] = async ({ project, use }) => {
  if (use !== undefined) {
    if (!/^runs\/[\w.-]*\w$/.test(use)) throw new LinesideError('wrongUse', `${use} is no run: name one of runs/`);
    await useRun(project, use);
    await adviseAnew(project, use);
  }
  return { runs: await listRuns(project) };
};

async function adviseAnew(project: string, run: string): Promise<void> {
  const evaluation = await readJson(project, `${run}/${evaluationFile}`, evaluationResult);
  if (evaluation === undefined) return;
  const { advice: _old, ...kept } = evaluation;
  const advice = await adviceFor(project, run, { tested: kept });
  await writeJson(project, `${run}/${evaluationFile}`, evaluationResult, { ...kept, ...(advice && { advice }) });
}
