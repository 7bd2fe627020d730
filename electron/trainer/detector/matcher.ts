import type { Box } from '../../../shared/boxes';

/** IoU from which a prior is responsible for a box: SSD paper, section 2.2. */
export const matchThreshold = 0.5;

/**
 * Which box each prior answers for: the one it overlaps most if by at least the threshold, and every box's own best prior
 * in any case (SSD paper, section 2.2, "Matching strategy").
 * @param priors [priors][cy, cx, h, w]
 * @returns [priors] index of the box, or −1 for background
 */
export function match(gtBoxes: readonly Box[], priors: Float32Array, threshold = matchThreshold): Int32Array {
  const count = priors.length / 4;
  const matches = new Int32Array(count).fill(-1);
  const bestOfPrior = new Float32Array(count);
  const bestPrior = new Int32Array(gtBoxes.length);
  gtBoxes.forEach(([y1, x1, y2, x2], index) => {
    const gtArea = (y2 - y1) * (x2 - x1);
    let best = -1;
    for (let prior = 0, at = 0; prior < count; prior++, at += 4) {
      const halfHeight = (priors[at + 2] as number) / 2;
      const halfWidth = (priors[at + 3] as number) / 2;
      const cy = priors[at] as number;
      const cx = priors[at + 1] as number;
      const height = Math.min(y2, cy + halfHeight) - Math.max(y1, cy - halfHeight);
      const width = Math.min(x2, cx + halfWidth) - Math.max(x1, cx - halfWidth);
      let overlap = 0;
      if (height > 0 && width > 0) {
        const intersection = height * width;
        overlap = intersection / (4 * halfHeight * halfWidth + gtArea - intersection);
      }
      if (overlap > best) {
        best = overlap;
        bestPrior[index] = prior;
      }
      if (overlap >= threshold && overlap > (bestOfPrior[prior] as number)) {
        bestOfPrior[prior] = overlap;
        matches[prior] = index;
      }
    }
  });
  bestPrior.forEach((prior, index) => (matches[prior] = index));
  return matches;
}
