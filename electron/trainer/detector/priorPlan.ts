import { box, type Box, type Size } from '../../../shared/boxes';
import { iou } from './iou';
import { match } from './matcher';
import { baseModelShapes, priorBoxes, type PriorShape } from './priorBoxes';
import { buildSsd } from './ssd';

/** Shapes of the stride-8 map where the data has too few small boxes to say better. */
const usualFineShapes: readonly PriorShape[] = [
  [0.05, 0.05],
  [0.075, 0.075],
  [0.05, 0.1],
  [0.1, 0.05],
];
/** Boxes with a geometric mean side below this share of the picture belong to the stride-8 map, above it to stride 16. */
const fineLimit = 0.13;
/** Shapes that fit a box less than this leave no room for the distance between cells. */
const wellFitting = 0.6;
/** Share of boxes that must have a prior at IoU 0.5 before shapes are added. */
const enoughCoverage = 0.98;
const fewBoxes = 12;

export interface PriorPlan {
  readonly fineMap: boolean;
  /** Finest map first. */
  readonly priorShapes: readonly (readonly PriorShape[])[];
  /** Share of boxes whose best prior reaches IoU 0.5, with the base model's priors and with these. */
  readonly baseCoverage: number;
  readonly coverage: number;
  /** Shapes added to the stride-16 map. */
  readonly added: number;
}

/**
 * Which priors the data needs: those of the base model, a stride-8 map where small boxes find none, and shapes on the
 * stride-16 map where larger ones do. New shapes are k-means centres of the boxes under the distance 1 − IoU
 * (YOLO9000, section 2, "Dimension clusters").
 * @param boxes of the training pictures
 */
export function planPriors(boxes: readonly Box[], input: Size): PriorPlan {
  const baseCoverage = coverageOf(boxes, input, false, baseModelShapes);
  if (boxes.length === 0 || baseCoverage >= enoughCoverage) {
    return { fineMap: false, priorShapes: baseModelShapes, baseCoverage, coverage: baseCoverage, added: 0 };
  }
  const shapes = boxes.map(shapeOf);
  const small = shapes.filter((shape) => meanSide(shape) < fineLimit);
  const fineMap = small.length > 0;
  const fineShapes = small.length >= fewBoxes ? cluster(small, usualFineShapes.length) : usualFineShapes;
  const [coarsest = [], ...others] = baseModelShapes;
  const current = [...(fineMap ? fineShapes : []), ...baseModelShapes.flat()];
  const unfit = shapes.filter(
    (shape) => meanSide(shape) >= fineLimit && current.every((prior) => shapeIou(shape, prior) < wellFitting),
  );
  const addedShapes = unfit.length >= Math.max(fewBoxes, 0.02 * shapes.length) ? cluster(unfit, 2) : [];
  const priorShapes = [...(fineMap ? [fineShapes] : []), [...coarsest, ...addedShapes], ...others];
  const coverage = coverageOf(boxes, input, fineMap, priorShapes);
  return { fineMap, priorShapes, baseCoverage, coverage, added: addedShapes.length };
}

/** Share of boxes with a prior at IoU 0.5 or more, where they really lie. */
function coverageOf(
  boxes: readonly Box[],
  input: Size,
  fineMap: boolean,
  priorShapes: readonly (readonly PriorShape[])[],
): number {
  if (boxes.length === 0) return 1;
  const { featureMaps } = buildSsd({ input, classes: 1, fineMap, priorShapes });
  const priors = priorBoxes(featureMaps.map(({ cells }, map) => ({ cells, shapes: priorShapes[map] ?? [] })));
  const covered = boxes.filter((gtBox) => {
    const best = match([gtBox], priors).findIndex((gt) => gt === 0);
    return bestOverlap(gtBox, priors, best) >= 0.5;
  });
  return covered.length / boxes.length;
}

/** IoU of a box with a prior that answers for it; where several do, all but a forced one reach the threshold. */
function bestOverlap(gtBox: Box, priors: Float32Array, prior: number): number {
  const [cy, cx, height, width] = priors.subarray(prior * 4, prior * 4 + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return iou(gtBox, box(cy - height / 2, cx - width / 2, cy + height / 2, cx + width / 2));
}

const shapeOf = ([y1, x1, y2, x2]: Box): PriorShape => [y2 - y1, x2 - x1];
const meanSide = ([height, width]: PriorShape): number => Math.sqrt(height * width);

/** IoU of two boxes with the same centre. */
export function shapeIou(a: PriorShape, b: PriorShape): number {
  const intersection = Math.min(a[0], b[0]) * Math.min(a[1], b[1]);
  return intersection / (a[0] * a[1] + b[0] * b[1] - intersection);
}

/** k-means by shape IoU, begun at quantiles of the size, so that it needs no randomness. Smallest first. */
export function cluster(shapes: readonly PriorShape[], count: number): PriorShape[] {
  const sorted = [...shapes].sort((a, b) => meanSide(a) - meanSide(b));
  let centres = Array.from(
    { length: Math.min(count, sorted.length) },
    (_, index) => sorted[Math.floor(((index + 0.5) * sorted.length) / count)] as PriorShape,
  );
  for (let round = 0; round < 50; round++) {
    const sums = centres.map(() => ({ height: 0, width: 0, members: 0 }));
    for (const shape of sorted) {
      let best = 0;
      centres.forEach((centre, index) => {
        if (shapeIou(shape, centre) > shapeIou(shape, centres[best] as PriorShape)) best = index;
      });
      const sum = sums[best] as (typeof sums)[number];
      sum.height += shape[0];
      sum.width += shape[1];
      sum.members++;
    }
    const moved = centres.map((centre, index): PriorShape => {
      const { height, width, members } = sums[index] as (typeof sums)[number];
      return members === 0 ? centre : [height / members, width / members];
    });
    const settled = moved.every((shape, index) => shapeIou(shape, centres[index] as PriorShape) > 1 - 1e-6);
    centres = moved;
    if (settled) break;
  }
  return centres.sort((a, b) => meanSide(a) - meanSide(b));
}
