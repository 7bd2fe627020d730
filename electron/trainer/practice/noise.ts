import { createRandom } from '../random';

/** Side of the square noise fields in samples; a power of two, so that they wrap with a mask. */
const side = 512;
const mask = side - 1;

/** Tileable 512×512 noise, mean 0, standard deviation 1. */
export type NoiseField = Float32Array;

export interface NoiseFields {
  /** Independent samples. */
  readonly white: NoiseField;
  /** White noise blurred over about 2 samples: grain of a material. */
  readonly grain: NoiseField;
  /** Sum of octaves, amplitude proportional to the wavelength: clouds, stains, dents. */
  readonly cloud: NoiseField;
}

let fields: NoiseFields | undefined;

/** The noise fields, the same for every picture (each looks at another place of them); made at first use. */
export function noiseFields(): NoiseFields {
  fields ??= createNoiseFields();
  return fields;
}

/** Value of `field` at (x, y) in samples, bilinear, wrapping in both directions. */
export function sampleNoise(field: NoiseField, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const left = column & mask;
  const right = (column + 1) & mask;
  const top = (row & mask) * side;
  const bottom = ((row + 1) & mask) * side;
  const upper = (field[top + left] as number) * (1 - fx) + (field[top + right] as number) * fx;
  const lower = (field[bottom + left] as number) * (1 - fx) + (field[bottom + right] as number) * fx;
  return upper + (lower - upper) * fy;
}

function createNoiseFields(): NoiseFields {
  const random = createRandom('practice noise');
  const white = new Float32Array(side * side);
  for (let i = 0; i < white.length; i++) white[i] = random.normal();
  const grain = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          sum += (white[((y + dy) & mask) * side + ((x + dx) & mask)] as number) / (1 + dx * dx + dy * dy);
        }
      }
      grain[y * side + x] = sum;
    }
  }
  const cloud = new Float32Array(side * side);
  for (let wavelength = 128; wavelength >= 2; wavelength /= 2) {
    const offset = random.int(side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        cloud[y * side + x] =
          (cloud[y * side + x] as number) + wavelength * latticeNoise(white, x, y, wavelength, offset);
      }
    }
  }
  return { white, grain: normalised(grain), cloud: normalised(cloud) };
}

/** Smoothly interpolated lattice values; tiles because `wavelength` divides the side. */
function latticeNoise(white: NoiseField, x: number, y: number, wavelength: number, offset: number): number {
  const cells = side / wavelength;
  const column = Math.floor(x / wavelength);
  const row = Math.floor(y / wavelength);
  const fx = smooth(x / wavelength - column);
  const fy = smooth(y / wavelength - row);
  const at = (i: number, j: number): number => white[(((j % cells) + offset) & mask) * side + (i % cells)] as number;
  const upper = at(column, row) * (1 - fx) + at(column + 1, row) * fx;
  const lower = at(column, row + 1) * (1 - fx) + at(column + 1, row + 1) * fx;
  return upper + (lower - upper) * fy;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function normalised(field: Float32Array): NoiseField {
  let sum = 0;
  let squares = 0;
  for (const value of field) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / field.length;
  const scale = 1 / Math.sqrt(squares / field.length - mean * mean);
  return field.map((value) => (value - mean) * scale);
}
