import type { Box, Size } from '../../../shared/boxes';
import type { Picture } from '../images/decode';
import type { Random } from '../random';
import { augmentBoxes, type AugmentOptions, drawAugmentation } from './augment';
import { meanColour, randomColour, type Rgb } from './colour';
import { resample, resize } from './resize';

/** A decoded picture as it is kept for the next epochs. */
export interface KeptPicture extends Picture {
  readonly mean: Rgb;
  /** Of the picture as it was decoded. */
  readonly original: Size;
}

/** What a picture teaches: boxes and classes, the difficult ones left out. */
export interface Truth {
  readonly boxes: readonly Box[];
  readonly labels: readonly number[];
}

export interface Sample {
  /** [height, width, 3], RGB, 0–255. */
  readonly pixels: Uint8Array;
  readonly boxes: readonly Box[];
  readonly labels: readonly number[];
}

/** A crop to two thirds of the sides is still as sharp as the input; more is rarely seen and costs memory. */
const keptPerInput = 1.5;

/** Shrinks a picture to what augmentation needs of it, or to the input itself where there is none. */
export function keepFor(picture: Picture, input: Size, augmented: boolean): KeptPicture {
  const original = { width: picture.width, height: picture.height };
  if (!augmented) return { ...input, pixels: resize(picture, input), mean: [0, 0, 0], original };
  const scale = keptPerInput * Math.max(input.width / picture.width, input.height / picture.height);
  if (scale >= 1) return { ...picture, mean: meanColour(picture), original };
  const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
  const kept = { ...size, pixels: resize(picture, size) };
  return { ...kept, mean: meanColour(kept), original };
}

/** The picture at the input's size, as `keepFor` made it without augmentation. */
export function plainSample(kept: KeptPicture, truth: Truth): Sample {
  return { pixels: kept.pixels, boxes: truth.boxes, labels: truth.labels };
}

/** One look at a picture, drawn at random, resampled once. */
export function augmentedSample(
  kept: KeptPicture,
  truth: Truth,
  input: Size,
  options: AugmentOptions,
  random: Random,
): Sample {
  const colour = options.colour ? randomColour(kept.mean, random) : undefined;
  const augmentation = drawAugmentation(truth.boxes, kept.original, options, random);
  const [y1, x1, y2, x2] = augmentation.view;
  const region = {
    x: x1 * kept.width,
    y: y1 * kept.height,
    width: (x2 - x1) * kept.width,
    height: (y2 - y1) * kept.height,
  };
  const pixels = resample(kept, region, input, {
    flipX: augmentation.flipX,
    flipY: augmentation.flipY,
    fill: kept.mean,
    ...(colour === undefined ? {} : { colour }),
  });
  return { pixels, ...augmentBoxes(truth.boxes, truth.labels, augmentation, input) };
}
