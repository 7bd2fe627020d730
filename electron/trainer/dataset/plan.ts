import type { DetectorPlan } from '../../../shared/contract';
import type { Network } from '../detector/network';
import { planPriors } from '../detector/priorPlan';
import { buildSsd } from '../detector/ssd';
import type { DatasetItem } from './items';
import { datasetStatistics } from './statistics';

/** Edge lengths of the two presets, in pixels. */
const fastInput = 300;
const fineInput = 512;
/** A part whose short side is below this many input pixels leaves hardly a cell of the stride-8 map to see it by. */
const smallestVisible = 9;

/**
 * Lays the detector out for the data: input size, stride-8 map, priors; and says why.
 * @param train the pictures that are trained on
 */
export function planDetector(train: readonly DatasetItem[], classes: number): DetectorPlan {
  const sidesAt = (edge: number): { readonly percentile5: number; readonly median: number } =>
    datasetStatistics(train, classes, { width: edge, height: edge }).shortSides;
  const edge = sidesAt(fastInput).percentile5 < smallestVisible ? fineInput : fastInput;
  const input = { width: edge, height: edge };
  const { percentile5: smallestPixels, median: medianPixels } = sidesAt(edge);
  const priors = planPriors(
    train.flatMap(({ boxes }) => boxes),
    input,
  );
  const reasons = [
    `The smallest parts are ${pixels(smallestPixels)} wide for the detector, a usual one ${pixels(medianPixels)}.`,
    edge === fineInput
      ? `At ${fastInput} pixels they would be too small to see, so pictures are taken in at ${fineInput} pixels, which is about three times slower.`
      : `That is enough at ${fastInput} pixels, the fast size.`,
    priors.fineMap
      ? `The usual detector has no frame that fits ${percent(1 - priors.baseCoverage)} of the parts: a finer map for small parts is added.`
      : `The usual detector has a frame that fits ${percent(priors.baseCoverage)} of the parts.`,
    ...(priors.added > 0 ? [`${priors.added} frame shapes are added for the larger parts that had none.`] : []),
    ...(smallestPixels < smallestVisible
      ? [
          `Parts of ${pixels(smallestPixels)} can hardly be seen: take pictures from nearer, or of a smaller part of the scene.`,
        ]
      : []),
  ];
  return {
    inputWidth: edge,
    inputHeight: edge,
    fineMap: priors.fineMap,
    priorShapes: priors.priorShapes.map((map) => map.map(([height, width]): [number, number] => [height, width])),
    priorCoverage: priors.coverage,
    smallestPixels,
    medianPixels,
    reasons,
  };
}

/** The network that a plan describes. */
export function networkOf(plan: DetectorPlan, classes: number): Network {
  return buildSsd({
    input: { width: plan.inputWidth, height: plan.inputHeight },
    classes,
    priorShapes: plan.priorShapes,
    fineMap: plan.fineMap,
  });
}

const pixels = (value: number): string => `${Math.round(value)} pixels`;
const percent = (share: number): string => `${Math.round(share * 100)} of 100`;
