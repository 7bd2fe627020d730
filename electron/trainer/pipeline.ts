import type { Handlers, JobContext } from '../../shared/contract';
import { addPictures, keepExportResult, renderPicture } from './appHandlers';
import { checkProject } from './annotations/check';
import { fixProject } from './annotations/fix';
import { importFolder } from './annotations/importFolder';
import { splitProject } from './dataset/splitProject';
import { openEngine } from './engine/engine';
import { tellRuns } from './jobs/adviseRun';
import { detectPictures } from './jobs/detectPictures';
import { evaluateRun } from './jobs/evaluateRun';
import { exportRun } from './jobs/exportRun';
import { runLrFinder } from './jobs/findLearningRate';
import { planTraining } from './jobs/planTraining';
import { lookAtFrame } from './jobs/lookAtFrame';
import { recommendBatch } from './jobs/recommendBatch';
import { trainDetector } from './jobs/trainDetector';
import { planProject } from './jobs/workplace';
import { readLog } from './jobs/readLog';
import { writeVoc } from './jobs/writeVoc';
import { generatePractice } from './practice/generate';
import { lockProject } from './projectLock';
import { isProject, openProject } from './projectStore';

export { runAll } from './jobs/runAll';

/**
 * The trainer's table of contents: every method of the contract, in the order of the data's way. The app's trainer
 * process and the command line call these very functions.
 */
export const handlers: Handlers = {
  'engine.describe': async () => (await openEngine()).describe(),
  'images.import': async (input, context) =>
    (await isProject(input.project)) ? alone(importFolder)(input, context) : importFolder(input, context),
  'images.practice': (input, context) => generatePractice(input, context),
  'images.add': alone(addPictures),
  'images.render': renderPicture,
  'annotations.check': checkProject,
  'annotations.fix': alone(fixProject),
  'dataset.split': alone(splitProject),
  'dataset.plan': alone(planProject),
  'lrFinder.run': alone(runLrFinder),
  'batchSize.recommend': alone(recommendBatch),
  'training.plan': alone(planTraining),
  'training.run': alone(trainDetector),
  'training.readLog': readLog,
  'training.runs': (input, context) => (input.use === undefined ? tellRuns : alone(tellRuns))(input, context),
  'evaluation.run': alone(evaluateRun),
  'evaluation.detect': detectPictures,
  'evaluation.look': lookAtFrame,
  'export.run': alone(keepExportResult(exportRun)),
  'export.voc': alone(writeVoc),
};

/** Makes a job the only one that works in its project. @throws LinesideError 'busy' where another is at work */
function alone<I extends { readonly project: string }, E, O>(
  job: (input: I, context: JobContext<E>) => Promise<O>,
): (input: I, context: JobContext<E>) => Promise<O> {
  return async (input, context) => {
    await openProject(input.project);
    const release = await lockProject(input.project);
    try {
      return await job(input, context);
    } finally {
      await release();
    }
  };
}
