import { boxToPixels, type Size } from '../../../shared/boxes';
import type { Mistake, PixelDetection } from '../../../shared/contract';
import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { area } from '../detector/iou';
import type { Outcome } from './confusion';

/** More than anybody looks through; keeps the message to the page small on a set of 10,000 pictures. */
const mistakeLimit = 500;

/**
 * Every mistake, worst first. A confident false alarm weighs more than a doubtful one, a large part that was not seen
 * at all more than a small one that was nearly reported.
 *
 * @param outcomes parallel to `items`
 * @returns at most 500; boxes in pixels of the upright picture
 */
export function worstMistakes(
  items: readonly DatasetItem[],
  outcomes: readonly (readonly Outcome[])[],
  classes: readonly string[],
): Mistake[] {
  return items
    .flatMap((item, index) => (outcomes[index] ?? []).flatMap((outcome) => toMistake(item, outcome, classes) ?? []))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mistakeLimit);
}

function toMistake(item: DatasetItem, outcome: Outcome, classes: readonly string[]): Mistake | undefined {
  switch (outcome.kind) {
    case 'found':
    case 'ignored':
      return undefined;
    case 'missed':
      return {
        kind: 'missed',
        file: item.name,
        label: className(classes, outcome.truth.classIndex),
        box: boxToPixels(outcome.truth.box, item.size),
        weight: (1 - outcome.doubtfulScore) * (0.6 + 0.4 * Math.sqrt(Math.min(1, area(outcome.truth.box)))),
      };
    case 'falseAlarm':
      return {
        kind: 'falseAlarm',
        file: item.name,
        detected: toPixelDetection(outcome.detection, item.size, classes),
        box: boxToPixels(outcome.detection.box, item.size),
        weight: outcome.detection.score,
      };
    case 'wrongClass':
    case 'poorlyPlaced':
      return {
        kind: outcome.kind,
        file: item.name,
        label: className(classes, outcome.truth.classIndex),
        detected: toPixelDetection(outcome.detection, item.size, classes),
        box: boxToPixels(outcome.truth.box, item.size),
        weight: outcome.detection.score * (outcome.kind === 'wrongClass' ? 1 : 1 - outcome.overlap),
      };
    default:
      return outcome satisfies never;
  }
}

export function toPixelDetection(detection: Detection, picture: Size, classes: readonly string[]): PixelDetection {
  return {
    label: className(classes, detection.classIndex),
    score: detection.score,
    box: boxToPixels(detection.box, picture),
  };
}

function className(classes: readonly string[], index: number): string {
  const name = classes[index];
  if (name === undefined) throw new RangeError(`class ${String(index)} of ${String(classes.length)}`);
  return name;
}
