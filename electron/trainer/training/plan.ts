import type { Size } from '../../../shared/boxes';
import { largestBatchFor } from '../batchSize/recommend';
import { tileRegions } from '../detector/tiling';
import type { RateRange } from '../lrFinder/suggest';
import { twoDigits } from '../twoDigits';

/** 0.001 for 16 pictures (the seed's case), 0.002 for 32 (torchvision's SSD300). */
const ratePerPicture = 6.25e-5;
/** Published SSD recipes lie between these, per picture of the batch (SEED.md). */
const lowestPerPicture = 4e-5;
const highestPerPicture = 1.6e-4;

/** What published recipes use for a batch size: the rate before anything is measured, and the range around it. */
export function recipeRates(batchSize: number): RateRange {
  return {
    lowest: twoDigits(lowestPerPicture * batchSize),
    usual: twoDigits(ratePerPicture * batchSize),
    highest: twoDigits(highestPerPicture * batchSize),
  };
}

export interface PriorPlanRequest {
  /** Training pictures. */
  readonly pictures: number;
  readonly classes: number;
  /** What the detector sees. */
  readonly inputSize: Size;
  /** Size of the pictures as they come. */
  readonly pictureSize?: Size;
  /** Size of the smallest part that matters, in pixels of the pictures. */
  readonly smallestPart?: Size;
  /** Side of the smallest default prior as a fraction of the input; SSD512 for small parts: 0.04. */
  readonly smallestPrior?: number;
}

export interface PriorPlan {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** The plan before anything is measured, from what published recipes do. */
export function priorPlan(request: PriorPlanRequest): PriorPlan {
  const { pictures, classes, inputSize } = request;
  const bySize = batchForInput(inputSize);
  const byPictures = largestBatchFor(pictures);
  const batchSize = Math.min(bySize, byPictures);
  const learningRate = recipeRates(batchSize).usual;
  const batchReason =
    byPictures < bySize
      ? `${batchSize} pictures at a time: with ${pictures} pictures more would leave too few steps in a round.`
      : `${batchSize} pictures at a time, as published recipes do at ${sizeText(inputSize)}.`;
  const rateReason = `Rate ${learningRate}: published SSD recipes use ${ratePerPicture} for each picture of the batch, and ${batchSize} × ${ratePerPicture} is ${learningRate}.`;
  return { learningRate, batchSize, reasons: [batchReason, rateReason], warnings: warningsOf({ ...request, classes }) };
}

/** 32 at 300×300, 16 at 512×512: about the same number of pixels a step, up to the next power of two. */
function batchForInput({ width, height }: Size): number {
  const pictures = (32 * 300 * 300) / (width * height);
  return Math.min(32, Math.max(4, 2 ** Math.ceil(Math.log2(pictures))));
}

/** Fewer pictures a class than that rarely give a detector that can be relied on. */
const picturesPerClass = 20;

function warningsOf({
  pictures,
  classes,
  inputSize,
  pictureSize,
  smallestPart,
  smallestPrior = 0.04,
}: PriorPlanRequest): string[] {
  const warnings: string[] = [];
  if (pictures < picturesPerClass * classes) {
    warnings.push(
      `${pictures} pictures for ${classes} ${classes === 1 ? 'class' : 'classes'} are few: aim at ${picturesPerClass} or more for each.`,
    );
  }
  if (pictureSize === undefined || smallestPart === undefined) return warnings;
  const width = (smallestPart.width * inputSize.width) / pictureSize.width;
  const height = (smallestPart.height * inputSize.height) / pictureSize.height;
  const iou = centredIou(
    { width, height },
    { width: smallestPrior * inputSize.width, height: smallestPrior * inputSize.height },
  );
  if (iou < leastIou) {
    const tiles = tileRegions(pictureSize, inputSize).length;
    warnings.push(
      `A part of ${sizeText(smallestPart)} px in a ${sizeText(pictureSize)} picture is only ${width.toFixed(1)}×${height.toFixed(1)} px at ${sizeText(inputSize)} ` +
        `(overlap with the nearest default box ${iou.toFixed(2)}, ${leastIou} is needed), so it cannot be learned. ` +
        `Cut the pictures into ${tiles} tiles of ${sizeText(inputSize)} with 20 % overlap and use smaller default boxes; finding parts then takes about ${tiles} times as long for each picture.`,
    );
  }
  return warnings;
}

/** The matcher's threshold (SSD paper, section 2.2). */
const leastIou = 0.5;

export interface StepsRequest {
  readonly trainPictures: number;
  readonly batchSize: number;
  readonly secondsPerStep?: number;
  /** Of the training alone. */
  readonly budgetSeconds?: number;
}

export interface StepsPlan {
  readonly steps: number;
  /** Whole rounds through all training pictures. */
  readonly epochs: number;
}

/** Fine-tuning the COCO base reaches its plateau after 300 to 400 steps, with 205 pictures at 16 as with 56 at 8. */
const usualSteps = 480;
/** With many pictures each should still be seen a few times. */
const fewestRounds = 5;
/** Less teaches the new heads nothing that can be used. */
const fewestSteps = 100;

/**
 * How long to train: counted in steps, as small sets need as many as large ones. A time budget shortens it, to 100 steps at least.
 */
export function planSteps(request: StepsRequest): StepsPlan {
  const { trainPictures, batchSize, secondsPerStep, budgetSeconds } = request;
  const stepsPerRound = Math.max(1, Math.ceil(trainPictures / batchSize));
  const wanted = Math.max(usualSteps, fewestRounds * stepsPerRound);
  const affordable =
    secondsPerStep === undefined || budgetSeconds === undefined ? Infinity : Math.floor(budgetSeconds / secondsPerStep);
  const shortened = affordable < wanted;
  const aim = shortened ? Math.max(affordable, Math.min(fewestSteps, wanted)) : wanted;
  const rounds = shortened ? Math.floor(aim / stepsPerRound) : Math.ceil(aim / stepsPerRound);
  const epochs = Math.max(1, rounds);
  return { steps: epochs * stepsPerRound, epochs };
}

function centredIou(a: Size, b: Size): number {
  const intersection = Math.min(a.width, b.width) * Math.min(a.height, b.height);
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}

function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}
