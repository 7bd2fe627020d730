import type { DetectorPlan, Tiling } from '../../../shared/contract';
import { smallestVisible } from '../../../shared/layout';
import type { Network } from '../detector/network';
import { planPriors } from '../detector/priorPlan';
import { buildSsd } from '../detector/ssd';
import { tileOverlap, viewsOf } from '../detector/tiling';
import type { DatasetItem } from './items';
import { datasetStatistics, percentile } from './statistics';
import { trainingViews } from './tiles';

/** Edge lengths of the two presets, in pixels. */
export const fastInput = 300;
const fineInput = 512;
/** The usual part with a short side below half a cell of the stride-8 map: cut into tiles without asking. */
const invisible = 4;
/** Tiles must show the smallest parts so many times larger to be worth their time. */
const worthwhileGain = 1.5;

/**
 * Lays the detector out for the data: input size, stride-8 map, priors, tiles; and says why. Without a wish pictures are cut
 * into tiles only where the usual part could not be seen otherwise; where only the smallest profit, it is offered.
 * @param train the pictures that are trained on
 * @param wish what the operator chose
 */
export function planDetector(train: readonly DatasetItem[], classes: number, wish: PlanWish = {}): DetectorPlan {
  const whole = layOut(train, classes, wish.input ?? edgeFor(train, classes));
  const tiling = planTiling(train, wish.input);
  if (tiling === undefined) return whole;
  const tiled = layOut(trainingViews(train, tiling), classes, tiling.width);
  const helps = whole.smallestPixels < smallestVisible && tiled.smallestPixels > worthwhileGain * whole.smallestPixels;
  if (wish.tiling ?? (helps && whole.medianPixels < invisible)) {
    const reason =
      `Pictures are cut into ${tiling.views} tiles, so that the smallest parts are ${pixels(tiled.smallestPixels)} wide instead of ` +
      `${pixels(whole.smallestPixels)}; finding parts takes about ${tiling.views} times as long for each picture.`;
    return { ...tiled, tiling, reasons: [reason, ...tiled.reasons] };
  }
  return helps ? { ...whole, tilingOffer: { smallestPixels: tiled.smallestPixels, views: tiling.views } } : whole;
}

export interface PlanWish {
  /** Whether pictures are cut into tiles. */
  readonly tiling?: boolean | undefined;
  /** Edge of the detector's input in pixels: for computers with little memory. */
  readonly input?: number | undefined;
}

function edgeFor(train: readonly DatasetItem[], classes: number): number {
  const { shortSides } = datasetStatistics(train, classes, { width: fastInput, height: fastInput });
  return shortSides.percentile5 < smallestVisible ? fineInput : fastInput;
}

function layOut(views: readonly DatasetItem[], classes: number, edge: number): DetectorPlan {
  const input = { width: edge, height: edge };
  const { percentile5: smallestPixels, median: medianPixels } = datasetStatistics(views, classes, input).shortSides;
  const priors = planPriors(
    views.flatMap(({ boxes }) => boxes),
    input,
  );
  const reasons = [
    `The smallest parts are ${pixels(smallestPixels)} wide for the detector, a usual one ${pixels(medianPixels)}.`,
    edge === fineInput
      ? `Pictures are taken in at ${fineInput} pixels, which shows small parts better and is about three times slower than ${fastInput}.`
      : `Pictures are taken in at ${fastInput} pixels, the fast size.`,
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

/**
 * Tiles of the wished edge, else of 300 pixels where nearly all parts fit into their overlap, else of 512; undefined where
 * no picture is larger.
 */
function planTiling(train: readonly DatasetItem[], edge?: number): Tiling | undefined {
  const longSides = train
    .flatMap(({ boxes, size }) =>
      boxes.map(([y1, x1, y2, x2]) => Math.max((y2 - y1) * size.height, (x2 - x1) * size.width)),
    )
    .sort((a, b) => a - b);
  const fits = (side: number, share: number): boolean => percentile(longSides, share) <= 0.9 * tileOverlap * side;
  const side = edge ?? (fits(fastInput, 95) ? fastInput : fineInput);
  const tiling = { width: side, height: side, overlap: tileOverlap, wholePicture: !fits(side, 99.5), views: 1 };
  const views = train.map(({ size }) => viewsOf(size, tiling).length).sort((a, b) => a - b);
  const usual = Math.round(percentile(views, 50));
  return usual > 1 ? { ...tiling, views: usual } : undefined;
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
