import type { ClassResult, EvaluationResult, SetName } from '../../../shared/contract';
import type { Said } from '../../../shared/said';
import { wilsonInterval } from '../../../shared/score';
import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { averagePrecisions, meanPrecision } from './averagePrecision';
import { compareWithTruth, countClass } from './confusion';
import { worstMistakes } from './mistakes';
import { chooseThreshold, share, thresholdCurve } from './thresholds';

export interface EvaluationInput {
  readonly items: readonly DatasetItem[];
  /** Parallel to `items`, any order, down to a low score (0.01), or average precision comes out too small. */
  readonly detections: readonly (readonly Detection[])[];
  readonly classes: readonly string[];
  /** Chosen on validation pictures; chosen on these very pictures, with a warning, when absent. */
  readonly threshold?: number;
  readonly split?: SetName;
}

/** Everything in the result that follows from the detections alone. */
export type PureEvaluation = Omit<EvaluationResult, 'run' | 'report'>;

/** A class with fewer labelled boxes than this says little about itself. */
const fewBoxes = 10;
/** With a wider 95 % interval than this on "finds … of 100" the set is too small to say. */
const wideInterval = 0.15;

/** Compares detections with the truth: figures, consequences of the threshold, mistakes, and all of it in words. */
export function evaluateDetections(input: EvaluationInput): PureEvaluation {
  const { items, detections, classes } = input;
  if (items.length !== detections.length) {
    throw new RangeError(`${String(items.length)} pictures but detections for ${String(detections.length)}`);
  }
  const thresholds = thresholdCurve(items, detections, classes);
  const threshold = input.threshold ?? chooseThreshold(thresholds).threshold;
  const precisions = averagePrecisions(items, detections, classes.length);
  const outcomes = items.map((item, index) => compareWithTruth(item, detections[index] ?? [], threshold));
  const all = outcomes.flat();
  const perClass = classes.map((name, index): [string, ClassResult] => {
    const counts = countClass(all, index);
    return [
      name,
      {
        AP50: precisions[index]?.AP50 ?? null,
        AP5095: precisions[index]?.AP5095 ?? null,
        precision: share(counts.truePositives, counts.truePositives + counts.falsePositives),
        recall: share(counts.truePositives, counts.groundTruths),
        ...counts,
      },
    ];
  });
  const totals = totalOf(perClass.map(([, result]) => result));
  const warnings = sizeWarnings(totals, items.length, perClass);
  if (input.threshold === undefined) warnings.push(flattering);
  return {
    split: input.split ?? 'test',
    images: items.length,
    mAP50: meanPrecision(precisions, 'AP50') ?? 0,
    mAP5095: meanPrecision(precisions, 'AP5095') ?? 0,
    threshold,
    perClass: Object.fromEntries(perClass),
    thresholds,
    mistakes: worstMistakes(items, outcomes, classes),
    text: describeResult({
      found: totals.truePositives,
      groundTruths: totals.groundTruths,
      falseAlarms: all.filter(({ kind }) => kind === 'falseAlarm').length,
      wrongParts: all.filter(({ kind }) => kind === 'wrongClass').length,
      pictures: items.length,
    }),
    warnings: warnings.map(({ text }) => text),
    warningsSaid: warnings.map(({ said }) => said),
  };
}

interface Told {
  readonly found: number;
  readonly groundTruths: number;
  /** Detections where no part is. */
  readonly falseAlarms: number;
  /** Parts that were reported as another class. */
  readonly wrongParts: number;
  readonly pictures: number;
}

/** "finds 94 of 100, 3 false alarms and 5 wrong names a hundred pictures"; never rounds a miss or a wrong report away. */
export function describeResult({ found, groundTruths, falseAlarms, wrongParts, pictures }: Told): string {
  const alarms = falseAlarms === 0 ? 'no false alarms' : rateText(falseAlarms, pictures, 'false alarm');
  const names = wrongParts === 0 ? [] : [rateText(wrongParts, pictures, 'wrong name')];
  const wrong = [alarms, ...names].join(' and ') + (falseAlarms + wrongParts === 0 ? '' : ' a hundred pictures');
  if (groundTruths === 0) return `nothing to find in these pictures, ${wrong}`;
  const finds =
    groundTruths < 100
      ? `finds ${String(found)} of ${String(groundTruths)}`
      : `finds ${String(perHundred(found, groundTruths))} of 100`;
  return `${finds}, ${wrong}`;
}

function rateText(count: number, pictures: number, word: string): string {
  const rate = Math.round(100 * share(count, pictures));
  if (rate === 0) return `less than 1 ${word}`;
  return `${String(rate)} ${word}${rate === 1 ? '' : 's'}`;
}

function perHundred(part: number, whole: number): number {
  if (part === whole) return 100;
  return part === 0 ? 0 : Math.min(99, Math.max(1, Math.round((100 * part) / whole)));
}

interface Totals {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly groundTruths: number;
}

function totalOf(results: readonly ClassResult[]): Totals {
  const sum = (field: keyof Totals): number => results.reduce((total, result) => total + result[field], 0);
  return {
    truePositives: sum('truePositives'),
    falsePositives: sum('falsePositives'),
    groundTruths: sum('groundTruths'),
  };
}

interface Warning {
  readonly text: string;
  readonly said: Said;
}

const flattering: Warning = {
  text: 'The threshold was chosen on the same pictures that it is judged on, so the figures flatter it a little.',
  said: { code: 'testOnSamePictures', values: {} },
};

function sizeWarnings(totals: Totals, pictures: number, perClass: readonly [string, ClassResult][]): Warning[] {
  const warnings: Warning[] = [];
  if (totals.groundTruths > 0) {
    const [low, high] = wilsonInterval(totals.truePositives, totals.groundTruths);
    if (high - low > wideInterval) {
      const [from, to] = [Math.round(100 * low), Math.round(100 * high)];
      warnings.push({
        text:
          `Too few test pictures to say for sure: with ${countOf(totals.groundTruths, 'part')} in ${countOf(pictures, 'picture')} ` +
          `the true figure may be anything from ${from} to ${to} of 100. Label more pictures.`,
        said: { code: 'testTooSmall', values: { low: from, high: to } },
      });
    }
  }
  for (const [name, { groundTruths }] of perClass) {
    if (groundTruths === 0) {
      warnings.push({
        text: `There is no "${name}" in these pictures, so nothing is known about it. Label some pictures with it.`,
        said: { code: 'classNotTested', values: { name } },
      });
    } else if (groundTruths < fewBoxes) {
      warnings.push({
        text: `Only ${countOf(groundTruths, 'box')} of "${name}" in these pictures: its figures say little. Label more pictures with it.`,
        said: { code: 'classHardlyTested', values: { name, count: groundTruths } },
      });
    }
  }
  return warnings;
}

function countOf(count: number, word: string): string {
  if (count === 1) return `1 ${word}`;
  return `${String(count)} ${word}${word.endsWith('x') ? 'es' : 's'}`;
}
