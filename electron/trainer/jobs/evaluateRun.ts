import path from 'node:path';
import { boxToPixels } from '../../../shared/boxes';
import { type EpochReport, evaluationResult, type EvaluationResult, type Handlers } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { layoutOf } from '../../../shared/layout';
import type { Said } from '../../../shared/said';
import { loadItems, type DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { openEngine } from '../engine/engine';
import { writeReport } from '../evaluation/report';
import type { Choice, ReportPicture } from '../evaluation/report/input';
import { evaluateDetections } from '../evaluation/summarize';
import { chooseThreshold, thresholdCurve } from '../evaluation/thresholds';
import { thumbnail } from '../images/thumbnail';
import { openProject, writeJson } from '../projectStore';
import { evaluationFile } from '../runTable';
import { adviceText } from '../training/adviceText';
import { readMetrics } from '../training/metrics';
import { metricsFile } from '../training/train';
import { validate } from '../training/validate';
import { adviceFor } from './adviseRun';
import { readMeasured } from './chain';
import { openTrained, type TrainedDetector } from './runs';

export const reportFile = 'report.html';
const reportPictures = 8;
const reportMistakes = 12;
const reportPictureSide = 800;

/**
 * Handler of 'evaluation.run': how good a run's best detector is on a set. The threshold is chosen on the validation
 * pictures, so that the test pictures decide nothing. Leaves evaluation.json and report.html in the run.
 */
export const evaluateRun: Handlers['evaluation.run'] = async ({ project, run, split }, { emit, signal }) => {
  const detector = await openTrained(project, run);
  const items = await loadItems(project);
  if (items[split].length === 0) {
    throw new LinesideError('badInput', `${project} has no labelled ${split} pictures: label more pictures`, {
      said: { code: 'noTestPictures', values: {} } satisfies Said,
    });
  }
  const engine = await openEngine();
  const { network, model } = detector;
  const classes = model.classes;
  const look = (set: readonly DatasetItem[], text: string) =>
    validate(engine, network, model.parameters, set, model.plan.tiling, signal, (done, total) =>
      emit({ kind: 'progress', done, total, text }),
    );
  const validation = await look(items.validation, 'Choosing how sure it must be');
  const { threshold, reason } = chooseThreshold(thresholdCurve(validation.items, validation.detections, classes));
  const { detections } = split === 'validation' ? validation : await look(items[split], 'Trying it on unseen pictures');
  const judged = evaluateDetections({ items: items[split], detections, classes, threshold, split });
  const advice = await adviceFor(project, detector.run, { tested: judged });
  const result: EvaluationResult = {
    ...judged,
    run: detector.run,
    report: `${detector.run}/${reportFile}`,
    ...(advice && { advice }),
  };
  emit({ kind: 'progress', done: 0, total: 1, text: 'Writing the report' });
  await report(project, detector, items[split], detections, result, reason);
  await writeJson(project, `${detector.run}/${evaluationFile}`, evaluationResult, result);
  emit({ kind: 'progress', done: 1, total: 1, text: 'Writing the report' });
  return result;
};

async function report(
  project: string,
  { run, folder, model }: TrainedDetector,
  items: readonly DatasetItem[],
  detections: readonly (readonly Detection[])[],
  evaluation: EvaluationResult,
  thresholdReason: string,
): Promise<void> {
  const { name } = await openProject(project);
  const lines = await readMetrics(path.join(folder, metricsFile));
  const epochs = lines.filter((line): line is EpochReport & { readonly atStep: number } => line.kind === 'epoch');
  const layout = layoutOf(model.plan, model.classes.length);
  const { sweep: lrFinder, batches: batchSize } = await readMeasured({ project, layout });
  const picture = async (item: DatasetItem, found: readonly Detection[]): Promise<ReportPicture> => ({
    file: item.name,
    jpeg: await thumbnail(item.path, reportPictureSide),
    size: item.size,
    truth: item.boxes.map((box, index) => ({
      label: model.classes[item.labels[index] ?? -1] ?? '',
      box: boxToPixels(box, item.size),
    })),
    detections: found
      .filter(({ score }) => score >= evaluation.threshold)
      .map(({ box, classIndex, score }) => ({
        label: model.classes[classIndex] ?? '',
        score,
        box: boxToPixels(box, item.size),
      })),
  });
  const pictureNamed = (file: string): Promise<ReportPicture> => {
    const index = items.findIndex((item) => item.name === file);
    return picture(items[index] as DatasetItem, detections[index] ?? []);
  };
  const step = Math.max(1, Math.floor(items.length / reportPictures));
  const shown = items.filter((_, index) => index % step === 0).slice(0, reportPictures);
  await writeReport({
    path: path.join(folder, reportFile),
    projectName: name,
    classes: model.classes,
    evaluation,
    epochs,
    lrFinder,
    batchSize,
    plan: model.plan,
    choices: choices(evaluation, thresholdReason, run, model.epoch),
    pictures: await Promise.all(shown.map((item) => pictureNamed(item.name))),
    mistakes: await Promise.all(
      evaluation.mistakes
        .slice(0, reportMistakes)
        .map(async (mistake) => ({ ...(await pictureNamed(mistake.file)), mistake })),
    ),
  });
}

function choices(
  { threshold, advice }: EvaluationResult,
  thresholdReason: string,
  run: string,
  epoch: number,
): Choice[] {
  const next = advice && adviceText(advice);
  return [
    ...(next === undefined ? [] : [{ title: 'What would help most', value: next.text, reason: next.reason }]),
    { title: 'Threshold', value: threshold.toFixed(2), reason: thresholdReason },
    { title: 'Model', value: `round ${epoch} of ${run}`, reason: 'It was the best on the validation pictures.' },
  ];
}
