import type { Losses } from '../../../shared/contract';
import type { Targets } from './targets';

/** Negatives mined for each matched prior: SSD paper, section 2.2, "Hard negative mining". */
const negativesPerPositive = 3;
/** Regression loss of priors that are taken as they are: 1 to 2.5 where it was measured. */
const regressionOfPriors = 3;

/**
 * Total loss of a detector that knows nothing: each of `classes` and the background are as likely (multibox loss, with its
 * negatives for each positive), and the boxes are the priors.
 */
export function lossOfGuessing(classes: number): number {
  return (1 + negativesPerPositive) * Math.log(classes + 1) + regressionOfPriors;
}

export interface MultiboxLoss {
  readonly losses: Losses;
  /** Loss of each picture alone, so that a bad one can be named. */
  readonly perPicture: Float64Array;
  /** dL/dencodings [batch · priors · 4] and dL/dlogits [batch · priors · outputs]. */
  readonly gradients: { readonly boxEncodings: Float32Array; readonly classLogits: Float32Array };
}

/**
 * Smooth L1 over matched priors plus softmax cross-entropy over matched priors and the hardest negatives, both divided
 * by the number of matched priors in the batch (SSD paper, equation 1), with the gradients worked out by hand. A batch with
 * pictures without boxes is divided by a third of its negatives, so that it weighs no more than others and is never NaN.
 * @param boxEncodings [batch · priors · 4]
 * @param classLogits [batch · priors · outputs], background first
 * @param minimumNegatives negatives mined in a picture with fewer positives, so that pictures without parts teach too
 * @param matched what the sums are divided by, where these pictures are part of a larger batch
 */
export function multiboxLoss(
  boxEncodings: Float32Array,
  classLogits: Float32Array,
  targets: Targets,
  minimumNegatives = 0,
  matched = normaliserOf(targets, minimumNegatives),
): MultiboxLoss {
  const { batchSize, priors, classes } = targets;
  const outputs = classLogits.length / (batchSize * priors);
  const wanted = wantedNegatives(targets, minimumNegatives);
  const gradients = {
    boxEncodings: new Float32Array(boxEncodings.length),
    classLogits: new Float32Array(classLogits.length),
  };
  const perPicture = new Float64Array(batchSize);
  const negativeLoss = new Float32Array(priors);
  let regression = 0;
  let classification = 0;
  for (let picture = 0; picture < batchSize; picture++) {
    const first = picture * priors;
    let pictureRegression = 0;
    let pictureClassification = 0;
    for (let prior = 0; prior < priors; prior++) {
      const at = first + prior;
      const target = classes[at] as number;
      const loss = crossEntropy(classLogits, at * outputs, outputs, target);
      if (target === 0) {
        negativeLoss[prior] = loss;
        continue;
      }
      negativeLoss[prior] = -1;
      pictureClassification += loss;
      softmaxGradient(classLogits, at * outputs, outputs, target, matched, gradients.classLogits);
      pictureRegression += smoothL1(boxEncodings, targets.boxEncodings, at * 4, matched, gradients.boxEncodings);
    }
    for (const prior of hardest(negativeLoss, wanted[picture] as number)) {
      pictureClassification += negativeLoss[prior] as number;
      softmaxGradient(classLogits, (first + prior) * outputs, outputs, 0, matched, gradients.classLogits);
    }
    perPicture[picture] = (pictureRegression + pictureClassification) / matched;
    regression += pictureRegression / matched;
    classification += pictureClassification / matched;
  }
  return { losses: { total: regression + classification, regression, classification }, perPicture, gradients };
}

/** What the loss of a batch is divided by. The parts of a batch that share it add up to the batch's loss and gradients. */
export function normaliserOf(targets: Targets, minimumNegatives = 0): number {
  const wanted = wantedNegatives(targets, minimumNegatives);
  return Math.max(1, sumOf(targets.positives), sumOf(wanted) / negativesPerPositive);
}

/** Negatives to be mined in each picture. */
function wantedNegatives({ priors, positives }: Targets, minimumNegatives: number): number[] {
  return positives.map((count) => Math.min(priors - count, Math.max(negativesPerPositive * count, minimumNegatives)));
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** Indices of the `count` largest values that are not negative (matched priors are marked by −1). NaN counts as largest. */
function hardest(values: Float32Array, count: number): number[] {
  if (count === 0) return [];
  const candidates: number[] = [];
  values.forEach((value, index) => {
    if (!(value < 0)) candidates.push(index);
  });
  if (candidates.length <= count) return candidates;
  const worth = (index: number): number => {
    const value = values[index] as number;
    return Number.isNaN(value) ? Infinity : value;
  };
  const ordered = Float32Array.from(candidates, worth).sort();
  const limit = ordered[ordered.length - count] as number;
  const above = candidates.filter((index) => worth(index) > limit);
  const at = candidates.filter((index) => worth(index) === limit);
  return [...above, ...at.slice(0, count - above.length)];
}

function largest(logits: Float32Array, at: number, outputs: number): number {
  let result = logits[at] as number;
  for (let index = 1; index < outputs; index++) result = Math.max(result, logits[at + index] as number);
  return result;
}

function crossEntropy(logits: Float32Array, at: number, outputs: number, target: number): number {
  const top = largest(logits, at, outputs);
  let sum = 0;
  for (let index = 0; index < outputs; index++) sum += Math.exp((logits[at + index] as number) - top);
  return Math.log(sum) + top - (logits[at + target] as number);
}

/** Adds nothing: each prior is visited once, so its gradient is set. */
function softmaxGradient(
  logits: Float32Array,
  at: number,
  outputs: number,
  target: number,
  matched: number,
  gradient: Float32Array,
): void {
  const top = largest(logits, at, outputs);
  let sum = 0;
  for (let index = 0; index < outputs; index++) sum += Math.exp((logits[at + index] as number) - top);
  for (let index = 0; index < outputs; index++) {
    const probability = Math.exp((logits[at + index] as number) - top) / sum;
    gradient[at + index] = (probability - (index === target ? 1 : 0)) / matched;
  }
}

/** Smooth L1 with the corner at 1 (Fast R-CNN, equation 3), over four values. */
function smoothL1(
  encodings: Float32Array,
  targets: Float32Array,
  at: number,
  matched: number,
  gradient: Float32Array,
): number {
  let loss = 0;
  for (let index = at; index < at + 4; index++) {
    const difference = (encodings[index] as number) - (targets[index] as number);
    const size = Math.abs(difference);
    loss += size < 1 ? 0.5 * difference * difference : size - 0.5;
    gradient[index] = (size < 1 ? difference : Math.sign(difference)) / matched;
  }
  return loss;
}
