import { type Advice, settingsOf } from '../../shared/advice';
import type { ExportedFile, OutputOf } from '../../shared/contract';
import { isOtherData } from '../../shared/runs';
import { memoryText } from '../trainer/memoryText';
import { adviceText } from '../trainer/training/adviceText';
import type { PriorPlan } from '../trainer/training/plan';
import { adviseLog, logSettingsText, type TrainSsdLog } from '../trainer/training/trainSsdLog';
import type { RunAllResult } from '../trainer/jobs/runAll';
import { fitWords } from './progress';

/**
 * What each verb ends with, twice: `json` is the object for machines (stable names, more may be added), `text` the lines
 * for a person.
 */
export interface Outcome {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Sentences about single files, for stderr whatever the form of the result. */
  readonly remarks?: readonly string[];
  /** Whether the job found what makes its verb fail: rejected files, problems that must be mended. */
  readonly isFailure?: boolean;
}

export function importOutcome(result: OutputOf<'images.import'>, isKeepingGoing: boolean): Outcome {
  const { images, boxes, classes, rejected, notes = [] } = result;
  const names = classes.length > 0 ? ` (${classes.join(', ')})` : '';
  return {
    json: { ...result },
    text: `${images} pictures, ${boxes} boxes, ${classes.length} classes${names} in ${result.project}`,
    remarks: [
      ...notes.map(({ file, reason }) => `note: ${naming(file, reason)}`),
      ...rejected.map(({ file, reason }) => `left out: ${naming(file, reason)}`),
    ],
    isFailure: rejected.length > 0 && !isKeepingGoing,
  };
}

export function checkOutcome(result: OutputOf<'annotations.check'>, fixed: number | undefined): Outcome {
  const words = { mustFix: 'must be mended', mayFix: 'worth a look', note: 'note' };
  const lines = result.problems.map(
    ({ severity, file, message, remedy }) => `${words[severity]}: ${naming(file, message)}: ${remedy}`,
  );
  const heading = result.problems.length === 0 ? 'All is in order' : `${result.problems.length} things found`;
  const mended = fixed === undefined ? '' : ` (${fixed} mended)`;
  return {
    json: { ...result, ...(fixed === undefined ? {} : { fixed }) },
    text: [`${heading}${mended} in ${result.images} pictures with ${result.boxes} boxes`, ...lines].join('\n'),
    isFailure: result.problems.some(({ severity }) => severity === 'mustFix'),
  };
}

export function planOutcome(plan: OutputOf<'dataset.plan'>): Outcome {
  const { tilingOffer } = plan;
  const offer =
    tilingOffer === undefined
      ? []
      : [
          `In tiles (--tiles on) the smallest parts would be ${Math.round(tilingOffer.smallestPixels)} pixels wide instead of ` +
            `${Math.round(plan.smallestPixels)}; finding parts would take about ${tilingOffer.views} times as long for each picture.`,
        ];
  return { json: { ...plan }, text: [...plan.reasons, ...offer].join('\n') };
}

/** A plan before there is a project: rate and batch with their reasons, then what will not work as it is. */
export function priorPlanOutcome(plan: PriorPlan): Outcome {
  const { learningRate, batchSize, reasons, warnings } = plan;
  return {
    json: { ...plan },
    text: [
      `learning rate ${learningRate}, ${batchSize} pictures at a time, until it is measured`,
      ...reasons,
      ...warnings.map((warning) => `note: ${warning}`),
    ].join('\n'),
  };
}

export function lrFinderOutcome(result: OutputOf<'lrFinder.run'>): Outcome {
  const confidence = { sure: 'sure', fairlySure: 'fairly sure', notReliable: 'not reliable' }[result.confidence];
  const suggestions = result.suggestions.map(
    ({ rule, learningRate, reason }) => `  ${learningRate.toPrecision(3)}  ${rule}: ${reason}`,
  );
  return {
    json: { ...result },
    text: [
      `learning rate ${result.learningRate.toPrecision(3)}, ${confidence}. ${result.reason}`,
      ...suggestions,
      ...curveLines(result),
      ...(result.leftOut ?? []).map((file) => `note: the loss at ${file} was not a number: look at it and its boxes`),
      ...costLine(result),
    ].join('\n'),
  };
}

/** Of each curve of a sweep where it turns up, and how it goes with the rate before that. */
function curveLines({ divergence, correlation }: OutputOf<'lrFinder.run'>): string[] {
  const rows = (['total', 'regression', 'classification'] as const).map((loss) => {
    const turn = divergence[loss]?.toPrecision(2) ?? 'never';
    const along = loss === 'total' ? '' : correlation[loss].toFixed(2);
    return `${`${loss} loss`.padEnd(21)}${turn.padStart(11)}${along.padStart(24)}`;
  });
  return [`${''.padEnd(21)}${'turns up at'.padStart(11)}${'correlation with rate'.padStart(24)}`, ...rows];
}

function costLine({ cost, seconds }: OutputOf<'lrFinder.run'>): string[] {
  if (cost === undefined) return [];
  const share = Math.round((100 * cost.steps) / cost.trainingSteps);
  return [`${cost.steps} steps in ${Math.round(seconds)} s: ${share} % of the training's ${cost.trainingSteps}`];
}

export function batchSizeOutcome(result: OutputOf<'batchSize.recommend'>): Outcome {
  const rows = result.table.map(({ batchSize, predictedBytes, measuredBytes, imagesPerSecond, fits, limit }) =>
    [
      String(batchSize).padStart(5),
      megabytes(predictedBytes).padStart(13),
      (measuredBytes === null ? 'not tried' : megabytes(measuredBytes)).padStart(13),
      (imagesPerSecond === null ? '' : imagesPerSecond.toFixed(1)).padStart(11),
      `  ${fitWords({ fits, limit })}`,
    ].join(''),
  );
  return {
    json: { ...result },
    text: [
      `${result.batchSize} pictures at a time${result.accumulate > 1 ? ` in ${result.accumulate} parts` : ''}, learning rate ${result.learningRate.toPrecision(3)}. ${result.reason}`,
      result.budgetReason,
      'batch    predicted     measured pictures/s',
      ...rows,
      ...planLines(result.plans),
    ].join('\n'),
  };
}

/** What each size that fits leads to. */
function planLines(plans: OutputOf<'batchSize.recommend'>['plans']): string[] {
  const rows = plans.map(({ batchSize, accumulate, learningRate, scaling, epochs, warmUpSteps, seconds }) =>
    [
      String(batchSize).padStart(5),
      ...[learningRate, scaling.linear, scaling.squareRoot].map((rate) => rate.toPrecision(2).padStart(12)),
      String(epochs).padStart(8),
      String(warmUpSteps).padStart(9),
      (seconds === null ? '–' : (seconds / 60).toFixed(1)).padStart(9),
      accumulate > 1 ? `  in ${accumulate} parts` : '',
    ].join(''),
  );
  return rows.length === 0 ? [] : ['batch        rate      linear square root  rounds  warm-up  minutes', ...rows];
}

export function trainingOutcome(project: string, result: OutputOf<'training.run'>): Outcome {
  const why = {
    finished: 'finished',
    earlyStopping: 'stopped by itself, as it no longer got better',
    operator: 'stopped by you; lineside train --resume goes on',
    diverged: 'stopped, as the loss ran away',
  }[result.stoppedBy];
  const { best } = result;
  return {
    json: { ...result },
    text: [
      `${result.epochs} ${result.epochs === 1 ? 'round' : 'rounds'} in ${Math.round(result.seconds)} s, ${why}. Best: round ${best.epoch}, mAP50 ${best.mAP50.toFixed(3)}. Kept in ${result.run}`,
      ...adviceLines(project, result.advice),
    ].join('\n'),
  };
}

/** What to do next, and how, where there is something to better. */
function adviceLines(project: string, advice: Advice | undefined): string[] {
  if (advice === undefined) return [];
  const { text, reason } = adviceText(advice);
  const settings = settingsOf(advice);
  const command =
    settings !== undefined
      ? `train --learning-rate ${settings.learningRate} --batch-size ${settings.batchSize} --epochs ${settings.epochs} --schedule ${settings.schedule}`
      : advice.kind === 'earlierRun'
        ? `runs --use ${advice.run}`
        : advice.kind === 'goOn'
          ? 'train --resume'
          : undefined;
  const inProject = ` --project ${/^[\w./~-]+$/.test(project) ? project : JSON.stringify(project)}`;
  return [`next: ${text} ${reason}`, ...(command === undefined ? [] : [`      lineside ${command}${inProject}`])];
}

export function vocOutcome(result: OutputOf<'export.voc'>): Outcome {
  const { folder, train, validation, test, boxes, command } = result;
  return {
    json: { ...result },
    text: [
      `${train} pictures to learn from, ${validation} to validate with, ${test} to test with, ${boxes} boxes in ${folder}`,
      `train it with: ${command}`,
      `more in ${folder}/README.md`,
    ].join('\n'),
  };
}

export function logOutcome(log: TrainSsdLog): Outcome {
  const advice = adviseLog(log);
  const figure = (value: number | undefined): string => (value?.toFixed(3) ?? '–').padStart(12);
  const rows = log.epochs.map(({ epoch, train, validation }) =>
    [
      String(epoch).padStart(5),
      ...[train?.total, train?.regression, train?.classification, validation?.total].map(figure),
    ].join(''),
  );
  return {
    json: { ...log, ...(advice && { advice }) },
    text: [
      logSettingsText(log),
      'round        loss  regression     classif.  validation',
      ...rows,
      ...(advice === undefined ? [] : [`next: ${adviceText(advice).text} ${adviceText(advice).reason}`]),
    ].join('\n'),
  };
}

export function runsOutcome({ runs }: OutputOf<'training.runs'>): Outcome {
  const now = runs.find(({ used }) => used)?.data ?? null;
  const rows = runs.map(
    ({ run, learningRate, batchSize, schedule, epochs, roundsDone, mAP50, testedMAP50, used, data }) =>
      [
        run.padEnd(28),
        learningRate.toPrecision(2).padStart(9),
        String(batchSize).padStart(7),
        `  ${schedule.padEnd(10)}`,
        `${roundsDone ?? '?'} of ${epochs}`.padStart(10),
        (mAP50 === null ? '–' : mAP50.toFixed(3)).padStart(12),
        (testedMAP50 === null ? 'not tested' : testedMAP50.toFixed(3)).padStart(12),
        used ? '  used' : isOtherData(data, now) ? '  other labels' : '',
      ].join(''),
  );
  const heading = `${'training'.padEnd(28)}     rate  batch  schedule      rounds       mAP50  mAP50 test`;
  return { json: { runs }, text: rows.length === 0 ? 'no training yet' : [heading, ...rows].join('\n') };
}

export function evaluationOutcome(project: string, result: OutputOf<'evaluation.run'>): Outcome {
  const classes = Object.entries(result.perClass).map(([name, { AP50, precision, recall, groundTruths }]) => {
    const figures = [AP50 ?? NaN, precision, recall].map((value) =>
      (Number.isNaN(value) ? '–' : value.toFixed(3)).padStart(10),
    );
    return `${name.padEnd(20)}${figures.join('')}${String(groundTruths).padStart(8)}`;
  });
  return {
    json: { ...result },
    text: [
      `${result.text} (${result.images} pictures of the ${result.split} set)`,
      `mAP50 ${result.mAP50.toFixed(4)}, mAP50-95 ${result.mAP5095.toFixed(4)}, threshold ${result.threshold.toFixed(2)}`,
      `${'class'.padEnd(20)}      AP50 precision    recall   boxes`,
      ...classes,
      ...result.warnings.map((warning) => `note: ${warning}`),
      ...adviceLines(project, result.advice),
      `report: ${result.report}`,
    ].join('\n'),
  };
}

export function detectOutcome(result: OutputOf<'evaluation.detect'>): Outcome {
  const lines = result.images.flatMap(({ file, detections }) => [
    `${file}: ${detections.length === 0 ? 'nothing found' : ''}`,
    ...detections.map(
      ({ label, score, box }) =>
        `  ${label} ${(100 * score).toFixed(0)} % at ${box.x.toFixed(0)}, ${box.y.toFixed(0)}, ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`,
    ),
  ]);
  return { json: { ...result }, text: lines.join('\n') };
}

function comparison({ judgedBy, difference, mAP50, trainerMAP50 }: ExportedFile['parity']): string {
  return judgedBy === 'rawOutputs'
    ? `largest difference to the trainer ${difference.toExponential(1)}`
    : `mAP50 ${mAP50?.toFixed(3) ?? 'unknown'}, the trainer's ${trainerMAP50?.toFixed(3) ?? 'unknown'}`;
}

export function exportOutcome(result: OutputOf<'export.run'>): Outcome {
  const lines = result.files.map(({ format, path, bytes, parity, notes }) =>
    [
      `${format}: ${path}, ${megabytes(bytes)}, ${comparison(parity)} on ${parity.images} pictures`,
      ...notes.map(({ text }) => text),
    ].join('\n  '),
  );
  const bundles = result.bundles.map(({ device, path, bytes }) => `for ${device}: ${path}, ${megabytes(bytes)}`);
  return { json: { ...result }, text: [...lines, ...bundles].join('\n') };
}

export function runOutcome(project: string, result: RunAllResult): Outcome {
  const { learningRate, batchSize, seconds, evaluation } = result;
  return {
    json: { project, learningRate, batchSize, seconds, evaluate: evaluation, export: result.export },
    text: [
      `Done in ${Math.round(seconds / 6) / 10} minutes: learning rate ${learningRate.toPrecision(3)}, ${batchSize} pictures at a time.`,
      evaluationOutcome(project, evaluation).text,
      exportOutcome(result.export).text,
      `project: ${project}`,
    ].join('\n'),
  };
}

export function doctorOutcome(engine: OutputOf<'engine.describe'>, node: string): Outcome {
  return {
    json: { engine, node },
    text: [
      `engine: ${engine.text}`,
      ...(engine.advice === '' ? [] : [`  ${engine.advice}`]),
      `memory: ${memoryText(engine.freeBytes)} free of ${memoryText(engine.totalBytes)}`,
      `Node.js: ${node}`,
    ].join('\n'),
  };
}

/** The sentence, with the file's name before it where it does not name it itself. */
function naming(file: string, sentence: string): string {
  return file === '' || sentence.includes(file) ? sentence : `${file}: ${sentence}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
