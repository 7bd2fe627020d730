import { box, type Box } from '../../../shared/boxes';
import { boxVariances } from './network';

const [varianceY, varianceX, varianceH, varianceW] = boxVariances;
/** exp() of more than this would be a box a thousand times its prior: torchvision's BoxCoder clips at log(1000 / 16). */
const largestLogScale = Math.log(1000 / 16);

/**
 * The offsets from a prior to a box, in the base model's order y, x, h, w (SSD paper, equation 2, with variances).
 * @param prior index of the prior
 * @param priors [priors][cy, cx, h, w]
 * @param target receives four values at `at`
 */
export function encode(gtBox: Box, priors: Float32Array, prior: number, target: Float32Array, at: number): void {
  const [cy, cx, height, width] = priors.subarray(prior * 4, prior * 4 + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  target[at] = ((gtBox[0] + gtBox[2]) / 2 - cy) / height / varianceY;
  target[at + 1] = ((gtBox[1] + gtBox[3]) / 2 - cx) / width / varianceX;
  target[at + 2] = Math.log((gtBox[2] - gtBox[0]) / height) / varianceH;
  target[at + 3] = Math.log((gtBox[3] - gtBox[1]) / width) / varianceW;
}

/** The box that four encodings at `at` say, not clipped to the picture. */
export function decode(encodings: Float32Array, at: number, priors: Float32Array, prior: number): Box {
  const [cy, cx, height, width] = priors.subarray(prior * 4, prior * 4 + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const y = cy + (encodings[at] as number) * varianceY * height;
  const x = cx + (encodings[at + 1] as number) * varianceX * width;
  const h = height * Math.exp(Math.min((encodings[at + 2] as number) * varianceH, largestLogScale));
  const w = width * Math.exp(Math.min((encodings[at + 3] as number) * varianceW, largestLogScale));
  return box(y - h / 2, x - w / 2, y + h / 2, x + w / 2);
}
