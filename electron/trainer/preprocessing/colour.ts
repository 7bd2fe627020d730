import type { Picture } from '../images/decode';
import type { Random } from '../random';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Three rows of an affine map of (red, green, blue, 1), values 0–255. */
export type ColourTransform = readonly [
  ...[rr: number, rg: number, rb: number, r0: number],
  ...[gr: number, gg: number, gb: number, g0: number],
  ...[br: number, bg: number, bb: number, b0: number],
];

/** Ranges of the photometric distortion in SSD's reference implementation (W. Liu, caffe/ssd); each with probability ½. */
const distortion = {
  brightness: 32, // added, of 255
  contrast: [0.5, 1.5],
  saturation: [0.5, 1.5],
  hueDegrees: 18,
} as const;

/** Luma weights of YIQ (ITU-R BT.601). */
const luma: Rgb = [0.299, 0.587, 0.114];

/** Mean colour of a picture, from every fourth pixel of every fourth row. */
export function meanColour({ width, height, pixels }: Picture): Rgb {
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      const at = (y * width + x) * 3;
      red += pixels[at] as number;
      green += pixels[at + 1] as number;
      blue += pixels[at + 2] as number;
      count += 1;
    }
  }
  return [red / count, green / count, blue / count];
}

/**
 * Draws a change of brightness, contrast, saturation and hue as one map.
 * @param mean of the picture; contrast changes about its luma, so that a dark picture does not become black
 */
export function randomColour(mean: Rgb, random: Random): ColourTransform {
  const maybe = (draw: () => number, otherwise: number): number => (random.next() < 0.5 ? draw() : otherwise);
  return colourTransform(
    {
      brightness: maybe(() => random.range(-distortion.brightness, distortion.brightness), 0),
      contrast: maybe(() => random.range(...distortion.contrast), 1),
      saturation: maybe(() => random.range(...distortion.saturation), 1),
      hueDegrees: maybe(() => random.range(-distortion.hueDegrees, distortion.hueDegrees), 0),
    },
    mean,
  );
}

export interface ColourChange {
  /** Added to every channel, of 255. */
  readonly brightness: number;
  readonly contrast: number;
  /** 0 is grey, 1 unchanged. */
  readonly saturation: number;
  readonly hueDegrees: number;
}

/** Saturation and hue first, as a turn and a stretch of the chroma plane of YIQ; then contrast and brightness. */
export function colourTransform(change: ColourChange, mean: Rgb): ColourTransform {
  const angle = (change.hueDegrees * Math.PI) / 180;
  const cosine = Math.cos(angle) * change.saturation;
  const sine = Math.sin(angle) * change.saturation;
  const meanLuma = luma[0] * mean[0] + luma[1] * mean[1] + luma[2] * mean[2];
  const offset = meanLuma * (1 - change.contrast) + change.brightness;
  // Columns are what a pure red, green or blue becomes: its luma, and its turned chroma.
  const columns = ([0, 1, 2] as const).map((channel) => {
    const inPhase = chromaI[channel] * cosine - chromaQ[channel] * sine;
    const quadrature = chromaI[channel] * sine + chromaQ[channel] * cosine;
    return [0, 1, 2].map(
      (row) =>
        change.contrast * (luma[channel] + (fromI[row] as number) * inPhase + (fromQ[row] as number) * quadrature),
    );
  });
  const entry = (row: number, column: number): number => columns[column]?.[row] as number;
  return [
    ...([entry(0, 0), entry(0, 1), entry(0, 2), offset] as const),
    ...([entry(1, 0), entry(1, 1), entry(1, 2), offset] as const),
    ...([entry(2, 0), entry(2, 1), entry(2, 2), offset] as const),
  ];
}

/**
 * NTSC chroma I and Q of red, green and blue, and back (FCC 1953: I = 0.74 (R−Y) − 0.27 (B−Y), Q = 0.48 (R−Y) + 0.41 (B−Y)).
 * The way back is the exact inverse, so that no change leaves a colour as it was.
 */
const [chromaI, chromaQ] = [
  [0.74 * (1 - luma[0]) + 0.27 * luma[0], -0.74 * luma[1] + 0.27 * luma[1], -0.74 * luma[2] - 0.27 * (1 - luma[2])],
  [0.48 * (1 - luma[0]) - 0.41 * luma[0], -0.48 * luma[1] - 0.41 * luma[1], -0.48 * luma[2] + 0.41 * (1 - luma[2])],
] as const;
const determinant = 0.74 * 0.41 + 0.27 * 0.48;
const redFrom = { i: 0.41 / determinant, q: 0.27 / determinant };
const blueFrom = { i: -0.48 / determinant, q: 0.74 / determinant };
const greenFrom = {
  i: -(luma[0] * redFrom.i + luma[2] * blueFrom.i) / luma[1],
  q: -(luma[0] * redFrom.q + luma[2] * blueFrom.q) / luma[1],
};
const fromI = [redFrom.i, greenFrom.i, blueFrom.i];
const fromQ = [redFrom.q, greenFrom.q, blueFrom.q];
