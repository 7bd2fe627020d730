import { type Box, box, type Size } from '../../../shared/boxes';
import { iou } from '../detector/iou';
import type { Random } from '../random';

export interface AugmentOptions {
  /** Crops that keep a given overlap with a box (SSD paper, section 2.2). */
  readonly crop: boolean;
  /** How often the picture is laid on a larger canvas, and how much larger its sides may be (section 3.6: ½ and 4). */
  readonly zoomOutProbability: number;
  readonly largestZoomOut: number;
  readonly flipHorizontally: boolean;
  /** Off by default: parts on a bench may lie either way, people and trucks do not. */
  readonly flipVertically: boolean;
  readonly colour: boolean;
}

/** The paper zooms out to 4, with twice as many iterations; short trainings of small parts do better with less. */
export const usualAugmentation: AugmentOptions = {
  crop: true,
  zoomOutProbability: 0.3,
  largestZoomOut: 2,
  flipHorizontally: true,
  flipVertically: false,
  colour: true,
};

/** How a picture is looked at: `view`, in fractions of the picture and perhaps reaching beyond it, becomes the input. */
export interface Augmentation {
  readonly view: Box;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

export const wholePicture = box(0, 0, 1, 1);

/** Least overlaps of SSD paper, section 2.2: any patch, then 0.1 to 0.9; undefined takes the whole picture. */
const leastOverlaps = [undefined, 0, 0.1, 0.3, 0.5, 0.7, 0.9] as const;
/** Sides of a patch, as in SSD's reference implementation (the paper's 0.1 is the area). */
const smallestSide = 0.3;
const aspectRatios = [0.5, 2] as const; // section 2.2
const trials = 40;
/** A box with a side below this many pixels of the input shows nothing that could be learned. */
const smallestBoxPixels = 2;

/**
 * Draws zoom-out, crop and flips.
 * @param boxes of the picture, fractions
 * @param picture its size in pixels: the patches' aspect ratio counts in pixels
 */
export function drawAugmentation(
  boxes: readonly Box[],
  picture: Size,
  options: AugmentOptions,
  random: Random,
): Augmentation {
  const canvas = random.next() < options.zoomOutProbability ? zoomOut(options.largestZoomOut, random) : wholePicture;
  const view = options.crop ? cropWithOverlap(boxes, canvas, picture, random) : canvas;
  return {
    view,
    flipX: options.flipHorizontally && random.next() < 0.5,
    flipY: options.flipVertically && random.next() < 0.5,
  };
}

function zoomOut(largest: number, random: Random): Box {
  const side = random.range(1, largest);
  const top = -random.range(0, side - 1);
  const left = -random.range(0, side - 1);
  return box(top, left, top + side, left + side);
}

/** A patch of the canvas in which some box's centre lies and that overlaps it as much as a drawn least overlap. */
function cropWithOverlap(boxes: readonly Box[], canvas: Box, picture: Size, random: Random): Box {
  if (boxes.length === 0) return canvas;
  for (;;) {
    const leastOverlap = leastOverlaps[random.int(leastOverlaps.length)];
    if (leastOverlap === undefined) return canvas;
    for (let trial = 0; trial < trials; trial++) {
      const patch = drawPatch(canvas, picture, random);
      if (patch === undefined) continue;
      let best = -1;
      for (const candidate of boxes) if (centreIsIn(candidate, patch)) best = Math.max(best, iou(candidate, patch));
      if (best >= leastOverlap) return patch;
    }
  }
}

function drawPatch(canvas: Box, picture: Size, random: Random): Box | undefined {
  const height = (canvas[2] - canvas[0]) * random.range(smallestSide, 1);
  const width = (canvas[3] - canvas[1]) * random.range(smallestSide, 1);
  const aspectRatio = (width * picture.width) / (height * picture.height);
  if (aspectRatio < aspectRatios[0] || aspectRatio > aspectRatios[1]) return undefined;
  const top = random.range(canvas[0], canvas[2] - height);
  const left = random.range(canvas[1], canvas[3] - width);
  return box(top, left, top + height, left + width);
}

function centreIsIn([y1, x1, y2, x2]: Box, patch: Box): boolean {
  const y = (y1 + y2) / 2;
  const x = (x1 + x2) / 2;
  return y > patch[0] && y < patch[2] && x > patch[1] && x < patch[3];
}

/**
 * Where the boxes lie in the augmented picture: those whose centre is in view (section 2.2), cut to it; those that
 * became too small are dropped.
 * @param input size of the network's input in pixels
 */
export function augmentBoxes(
  boxes: readonly Box[],
  labels: readonly number[],
  { view, flipX, flipY }: Augmentation,
  input: Size,
): { readonly boxes: readonly Box[]; readonly labels: readonly number[] } {
  const kept: Box[] = [];
  const keptLabels: number[] = [];
  const height = view[2] - view[0];
  const width = view[3] - view[1];
  for (const [index, original] of boxes.entries()) {
    if (!centreIsIn(original, view)) continue;
    const y1 = clamp((original[0] - view[0]) / height);
    const x1 = clamp((original[1] - view[1]) / width);
    const y2 = clamp((original[2] - view[0]) / height);
    const x2 = clamp((original[3] - view[1]) / width);
    if ((y2 - y1) * input.height < smallestBoxPixels || (x2 - x1) * input.width < smallestBoxPixels) continue;
    kept.push(box(flipY ? 1 - y2 : y1, flipX ? 1 - x2 : x1, flipY ? 1 - y1 : y2, flipX ? 1 - x1 : x2));
    keptLabels.push(labels[index] as number);
  }
  return { boxes: kept, labels: keptLabels };
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
