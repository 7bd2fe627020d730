import type { DatasetItem } from '../dataset/items';
import type { Detection } from '../detector/detections';
import { iou } from '../detector/iou';
import { bestFirst, foundOverlap, matchToTruths, type Truth } from './matching';

/** Below this overlap a wrong box has nothing to do with a part of its class: it is a false alarm, not a poorly placed box. */
const placedOverlap = 0.1;

export interface LabelledTruth extends Truth {
  readonly classIndex: number;
}

/** What became of one detection or one labelled box. */
export type Outcome =
  | { readonly kind: 'found'; readonly detection: Detection; readonly truth: LabelledTruth; readonly overlap: number }
  /** On a difficult truth: neither right nor wrong. */
  | { readonly kind: 'ignored'; readonly detection: Detection }
  | {
      readonly kind: 'wrongClass';
      readonly detection: Detection;
      readonly truth: LabelledTruth;
      readonly overlap: number;
    }
  /** The right class, but it overlaps the truth too little to count, or another detection has found that truth. */
  | {
      readonly kind: 'poorlyPlaced';
      readonly detection: Detection;
      readonly truth: LabelledTruth;
      readonly overlap: number;
    }
  /** Where no part is, found or not, labelled or difficult. */
  | { readonly kind: 'falseAlarm'; readonly detection: Detection }
  /** doubtfulScore: best score of a detection of this class on the spot that the threshold left out; 0 if none. */
  | { readonly kind: 'missed'; readonly truth: LabelledTruth; readonly doubtfulScore: number };

export interface ClassCounts {
  readonly truePositives: number;
  /** Every detection of the class that is neither right nor ignored, whatever went wrong. */
  readonly falsePositives: number;
  readonly groundTruths: number;
}

/**
 * What became of everything in one picture at a threshold. Each detection appears once, and each truth that is not
 * difficult at least once. What becomes of a detection does not depend on the threshold: those with lower scores never
 * change it.
 *
 * @param detections any order; those under the threshold only tell how nearly a part was found
 */
export function compareWithTruth(item: DatasetItem, detections: readonly Detection[], threshold: number): Outcome[] {
  const sure = bestFirst(detections.filter((detection) => detection.score >= threshold));
  const doubtful = detections.filter((detection) => detection.score < threshold);
  const truths = truthsOf(item);
  const pairs = matchByClass(truths, sure);
  const outcomes = [...pairs].map(([detection, truth]): Outcome =>
    truth.difficult ? { kind: 'ignored', detection } : pairOutcome('found', detection, truth),
  );
  const taken = new Set(pairs.values());
  const free = new Set(truths.filter((truth) => !truth.difficult && !taken.has(truth)));
  for (const detection of sure.filter((one) => !pairs.has(one))) {
    const outcome = wrongOutcome(detection, truths, free);
    if (outcome.kind !== 'falseAlarm') free.delete(outcome.truth);
    outcomes.push(outcome);
  }
  for (const truth of free) {
    const near = doubtful.filter(
      (one) => one.classIndex === truth.classIndex && iou(one.box, truth.box) >= foundOverlap,
    );
    outcomes.push({ kind: 'missed', truth, doubtfulScore: Math.max(0, ...near.map((one) => one.score)) });
  }
  return outcomes;
}

/** Sums the outcomes of any number of pictures for one class. */
export function countClass(outcomes: readonly Outcome[], classIndex: number): ClassCounts {
  let truePositives = 0;
  let falsePositives = 0;
  const groundTruths = new Set<LabelledTruth>();
  for (const outcome of outcomes) {
    const detected = 'detection' in outcome && outcome.detection.classIndex === classIndex;
    if (detected && outcome.kind === 'found') truePositives++;
    else if (detected && outcome.kind !== 'ignored') falsePositives++;
    if ('truth' in outcome && outcome.truth.classIndex === classIndex && !outcome.truth.difficult) {
      groundTruths.add(outcome.truth);
    }
  }
  return { truePositives, falsePositives, groundTruths: groundTruths.size };
}

function truthsOf(item: DatasetItem): LabelledTruth[] {
  return item.boxes.map((box, index) => ({
    box,
    classIndex: item.labels[index] ?? 0,
    difficult: item.difficult[index] ?? false,
  }));
}

function matchByClass(truths: readonly LabelledTruth[], sure: readonly Detection[]): Map<Detection, LabelledTruth> {
  const pairs = new Map<Detection, LabelledTruth>();
  for (const classIndex of new Set(sure.map((detection) => detection.classIndex))) {
    const found = sure.filter((detection) => detection.classIndex === classIndex);
    const candidates = truths.filter((truth) => truth.classIndex === classIndex);
    matchToTruths(candidates, found, foundOverlap).forEach((candidate, index) => {
      const truth = candidates[candidate];
      const detection = found[index];
      if (truth !== undefined && detection !== undefined) pairs.set(detection, truth);
    });
  }
  return pairs;
}

type WrongOutcome = Extract<Outcome, { kind: 'wrongClass' | 'poorlyPlaced' | 'falseAlarm' }>;

/** What a detection is that matches no truth: on which part it lies instead, rather on one that is still `free`. */
function wrongOutcome(
  detection: Detection,
  truths: readonly LabelledTruth[],
  free: ReadonlySet<LabelledTruth>,
): WrongOutcome {
  const others = truths.filter((truth) => truth.classIndex !== detection.classIndex);
  const same = truths.filter((truth) => truth.classIndex === detection.classIndex);
  const isFree = (truth: LabelledTruth): boolean => free.has(truth);
  const named = closest(detection, others.filter(isFree), foundOverlap) ?? closest(detection, others, foundOverlap);
  if (named !== undefined) return pairOutcome('wrongClass', detection, named);
  const placed = closest(detection, same.filter(isFree), placedOverlap) ?? closest(detection, same, placedOverlap);
  if (placed !== undefined) return pairOutcome('poorlyPlaced', detection, placed);
  return { kind: 'falseAlarm', detection };
}

function pairOutcome<K extends 'found' | 'wrongClass' | 'poorlyPlaced'>(
  kind: K,
  detection: Detection,
  truth: LabelledTruth,
): { readonly kind: K; readonly detection: Detection; readonly truth: LabelledTruth; readonly overlap: number } {
  return { kind, detection, truth, overlap: iou(detection.box, truth.box) };
}

function closest(
  detection: Detection,
  truths: readonly LabelledTruth[],
  minimumOverlap: number,
): LabelledTruth | undefined {
  let best = minimumOverlap;
  let chosen: LabelledTruth | undefined;
  for (const truth of truths) {
    const value = iou(detection.box, truth.box);
    if (value < best) continue;
    best = value;
    chosen = truth;
  }
  return chosen;
}
