import type { Box } from '../../../shared/boxes';
import { encode } from './boxCoder';
import { match } from './matcher';

/** What the heads should say for a batch. */
export interface Targets {
  readonly batchSize: number;
  readonly priors: number;
  /** [batch · priors] class index with background 0. */
  readonly classes: Int32Array;
  /** [batch · priors · 4] in the order y, x, h, w; meaningless where the class is background. */
  readonly boxEncodings: Float32Array;
  /** Matched priors of each picture. */
  readonly positives: readonly number[];
}

/** The targets of some pictures of a batch, from one up to but not including another; shares memory with it. */
export function targetsOfPart(
  { priors, classes, boxEncodings, positives }: Targets,
  from: number,
  to: number,
): Targets {
  return {
    batchSize: to - from,
    priors,
    classes: classes.subarray(from * priors, to * priors),
    boxEncodings: boxEncodings.subarray(from * priors * 4, to * priors * 4),
    positives: positives.slice(from, to),
  };
}

/**
 * @param gtBoxes one list a picture
 * @param gtLabels 0-based class index of each box, background not counted
 * @param priors [priors][cy, cx, h, w]
 */
export function makeTargets(
  gtBoxes: readonly (readonly Box[])[],
  gtLabels: readonly (readonly number[])[],
  priors: Float32Array,
): Targets {
  const count = priors.length / 4;
  const batchSize = gtBoxes.length;
  const classes = new Int32Array(batchSize * count);
  const boxEncodings = new Float32Array(batchSize * count * 4);
  const positives = gtBoxes.map((boxes, picture) => {
    const labels = gtLabels[picture] as readonly number[];
    let matched = 0;
    match(boxes, priors).forEach((gt, prior) => {
      if (gt < 0) return;
      const at = picture * count + prior;
      classes[at] = (labels[gt] as number) + 1;
      encode(boxes[gt] as Box, priors, prior, boxEncodings, at * 4);
      matched++;
    });
    return matched;
  });
  return { batchSize, priors: count, classes, boxEncodings, positives };
}
