import { box, type Box } from '../../../shared/boxes';
import { decode } from './boxCoder';
import type { Detection } from './detections';
import { area, iou } from './iou';

export interface PostprocessOptions {
  /** Detections below are dropped, 0–1. */
  readonly scoreThreshold: number;
  /** Of two detections of one class that overlap more, the lesser is dropped. */
  readonly nmsThreshold: number;
  readonly maxDetections: number;
  /** softmax with background first (ours); sigmoid for each class alone (the COCO base model, whose output 0 is unused). */
  readonly scores: 'softmax' | 'sigmoid';
}

/** For evaluation: low threshold, since precision and recall are read off afterwards. NMS as in the SSD paper, section 2.2. */
export const evaluationPostprocess: PostprocessOptions = {
  scoreThreshold: 0.01,
  nmsThreshold: 0.45,
  maxDetections: 100,
  scores: 'softmax',
};

/** Candidates a class that enter non-maximum suppression. */
const candidatesPerClass = 400;

/**
 * Detections of one picture from its raw outputs: score, threshold, non-maximum suppression a class, best first.
 * @param boxEncodings [priors · 4]
 * @param classLogits [priors · outputs]
 * @param priors [priors][cy, cx, h, w]
 */
export function postprocess(
  boxEncodings: Float32Array,
  classLogits: Float32Array,
  priors: Float32Array,
  options: PostprocessOptions,
): Detection[] {
  const outputs = classLogits.length / (priors.length / 4);
  const scores = options.scores === 'softmax' ? softmaxScores(classLogits, outputs) : sigmoidScores(classLogits);
  const decoded = new Map<number, Box>();
  const boxOf = (prior: number): Box => {
    const known = decoded.get(prior);
    if (known !== undefined) return known;
    const clipped = clip(decode(boxEncodings, prior * 4, priors, prior));
    decoded.set(prior, clipped);
    return clipped;
  };
  return detectionsAmong(scores, outputs, boxOf, options);
}

/**
 * The same from scores and boxes that are worked out already.
 * @param scores [priors · outputs], background first
 * @param boxOf the clipped box of a prior
 */
export function detectionsAmong(
  scores: Float32Array,
  outputs: number,
  boxOf: (prior: number) => Box,
  options: Omit<PostprocessOptions, 'scores'>,
): Detection[] {
  const count = scores.length / outputs;
  const found: Detection[] = [];
  for (let output = 1; output < outputs; output++) {
    const candidates: { prior: number; score: number }[] = [];
    for (let prior = 0; prior < count; prior++) {
      const score = scores[prior * outputs + output] as number;
      if (score >= options.scoreThreshold) candidates.push({ prior, score });
    }
    candidates.sort((a, b) => b.score - a.score);
    const boxes = candidates
      .slice(0, candidatesPerClass)
      .map(({ prior, score }) => ({ box: boxOf(prior), score, classIndex: output - 1 }))
      .filter((candidate) => area(candidate.box) > 0);
    found.push(...nonMaximumSuppression(boxes, options.nmsThreshold));
  }
  return found.sort((a, b) => b.score - a.score).slice(0, options.maxDetections);
}

/**
 * Scores and clipped corners of every prior, as detectNet reads them.
 * @returns scores [priors · outputs], background first; boxes [priors · 4]: x1, y1, x2, y2 in 0–1
 */
export function decodedOutputs(
  boxEncodings: Float32Array,
  classLogits: Float32Array,
  priors: Float32Array,
): { readonly scores: Float32Array; readonly boxes: Float32Array } {
  const count = priors.length / 4;
  const boxes = new Float32Array(count * 4);
  for (let prior = 0; prior < count; prior++) {
    const [y1, x1, y2, x2] = clip(decode(boxEncodings, prior * 4, priors, prior));
    boxes.set([x1, y1, x2, y2], prior * 4);
  }
  return { scores: softmaxScores(classLogits, classLogits.length / count), boxes };
}

/** Greedy: keeps the best, drops what overlaps it by more than the threshold, goes on. Input sorted, best first. */
export function nonMaximumSuppression<D extends { readonly box: Box }>(sorted: readonly D[], threshold: number): D[] {
  const kept: D[] = [];
  for (const candidate of sorted) {
    if (kept.every((better) => iou(better.box, candidate.box) <= threshold)) kept.push(candidate);
  }
  return kept;
}

function clip([y1, x1, y2, x2]: Box): Box {
  const into = (value: number): number => Math.min(1, Math.max(0, value));
  return box(into(y1), into(x1), into(y2), into(x2));
}

function softmaxScores(logits: Float32Array, outputs: number): Float32Array {
  const scores = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += outputs) {
    let top = -Infinity;
    for (let index = 0; index < outputs; index++) top = Math.max(top, logits[at + index] as number);
    let sum = 0;
    for (let index = 0; index < outputs; index++) {
      const value = Math.exp((logits[at + index] as number) - top);
      scores[at + index] = value;
      sum += value;
    }
    for (let index = 0; index < outputs; index++) scores[at + index] = (scores[at + index] as number) / sum;
  }
  return scores;
}

function sigmoidScores(logits: Float32Array): Float32Array {
  return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
}
