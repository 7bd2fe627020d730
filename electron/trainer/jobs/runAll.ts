import type { EvaluationResult, EventOf, JobContext, Method, OutputOf } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { importFolder } from '../annotations/importFolder';
import { checkProject } from '../annotations/check';
import { splitProject } from '../dataset/splitProject';
import { generatePractice } from '../practice/generate';
import { lockProject } from '../projectLock';
import { isProject, openProject } from '../projectStore';
import { evaluateRun } from './evaluateRun';
import { exportRun } from './exportRun';
import { runLrFinder } from './findLearningRate';
import { recommendBatch } from './recommendBatch';
import { trainDetector } from './trainDetector';
import { clock } from './workplace';

export interface RunAllInput {
  /** Absolute path of the project folder; made when it is not there. */
  readonly project: string;
  /** Absolute path of a folder with pictures and labels. Absent: the project's own pictures. */
  readonly data?: string;
  /** Whether to make the practice project first, unless it is there. */
  readonly practice?: boolean;
  readonly seed: number;
}

export interface RunAllResult {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly seconds: number;
  readonly evaluation: EvaluationResult;
  readonly export: OutputOf<'export.run'>;
}

/**
 * The main job from the pictures to the exported model: import, check, split, learning rate, batch size, training,
 * evaluation, export.
 * @throws LinesideError 'cancelled' when it was stopped on the way; what was finished is kept
 */
export async function runAll(input: RunAllInput, context: JobContext<EventOf<Method>>): Promise<RunAllResult> {
  const { project, seed } = input;
  const started = clock();
  const isOld = await isProject(project);
  if (!isOld) {
    if (input.data !== undefined) await importFolder({ project, data: input.data, seed }, context);
    else if (input.practice === true) await generatePractice({ project, seed }, context);
  }
  await openProject(project);
  const release = await lockProject(project);
  try {
    // Into a project that was there before: adds what is new and keeps the operator's labels.
    if (isOld && input.data !== undefined) await importFolder({ project, data: input.data, seed }, context);
    const say = (text: string): void => context.emit({ kind: 'watch', text, step: 0 });
    const { problems } = await checkProject({ project, seed }, context);
    const blocking = problems.filter(({ severity }) => severity === 'mustFix');
    for (const { message, remedy } of blocking) say(`${message}: ${remedy}`);
    const { text } = await splitProject({ project, seed }, context);
    say(text);
    const { reason: rateReason } = await runLrFinder({ project, seed, sweep: 'exponential', thorough: false }, context);
    say(rateReason);
    const { learningRate, batchSize, reason } = await recommendBatch({ project, seed }, context);
    say(reason);
    const { stoppedBy, run } = await trainDetector({ project, seed, schedule: 'cosine' }, context);
    if (stoppedBy === 'operator') {
      throw new LinesideError(
        'cancelled',
        `Stopped in training; its last checkpoint is kept in ${run}: train --resume goes on from it`,
      );
    }
    const evaluation = await evaluateRun({ project, seed, run, split: 'test' }, context);
    const exported = await exportRun({ project, seed, run, formats: ['onnx', 'tfjs'] }, context);
    return { learningRate, batchSize, seconds: clock() - started, evaluation, export: exported };
  } finally {
    await release();
  }
}
