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
import { advise, type FinishedRun } from '../training/advise';
import { readMetrics } from '../training/metrics';
import { metricsFile } from '../training/train';
import { readMeasured } from './chain';
import { readConfig } from './runConfig';

/** What a test found out, beside the curves. */
export interface Tested {
  readonly perClass: Readonly<Record<string, { readonly AP50: number | null }>>;
  readonly thresholds: EvaluationResult['thresholds'];
  readonly threshold: number;
}

/**
 * One suggestion for a run of this project; undefined where there is none.
 * @param stoppedBy how the training ended; null where it broke off
 */
export async function adviceFor(
  project: string,
  run: string,
  stoppedBy: TrainingResult['stoppedBy'] | null,
  tested?: Tested,
): Promise<Advice | undefined> {
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
  const finished: FinishedRun = {
    epochs: lines.filter((line): line is EpochReport & { readonly atStep: number } => line.kind === 'epoch'),
    plannedEpochs: config.epochs,
    stoppedBy,
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
    ...(tested !== undefined && {
      tested: pointAt(tested.thresholds, tested.threshold) ?? { precision: 1, recall: 1 },
    }),
    canGoOn: runs[0]?.run === run,
    others: runs.flatMap((row) => {
      const isOther = row.run !== run && row.data === (config.data ?? null);
      if (!isOther || row.mAP50 === null) return [];
      return [{ ...row, mAP50: row.mAP50, ended: row.stoppedBy !== null && row.stoppedBy !== 'operator' }];
    }),
  };
  return advise(finished);
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
  const row = (await listRuns(project)).find((one) => one.run === run);
  const { advice: _old, ...kept } = evaluation;
  const advice = await adviceFor(project, run, row?.stoppedBy ?? null, kept);
  await writeJson(project, `${run}/${evaluationFile}`, evaluationResult, { ...kept, ...(advice && { advice }) });
}
