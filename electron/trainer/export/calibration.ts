import type { Network } from '../detector/network';
import { chooseRange, type ChosenRange, type Range } from './quantize';

/** Values kept of each layer and picture, spread evenly over the output. */
const keptPerPicture = 1024;

/** What int8 needs to know of a trained detector: the range of each layer's output on real pictures, by layer. */
export interface Calibration {
  readonly ranges: ReadonlyMap<string, ChosenRange>;
  /** Of all box heads together, and of all class heads: models whose outputs stay integers join them in one tensor. */
  readonly boxEncodings: ChosenRange;
  readonly classLogits: ChosenRange;
}

/** Collects outputs of layers, picture by picture, and chooses the ranges. */
export class Calibrator {
  readonly #layers = new Map<string, { low: number; high: number; readonly kept: Float32Array[] }>();
  #pictures = 0;

  /** @param outputs of every layer, for one picture */
  add(outputs: ReadonlyMap<string, Float32Array>): void {
    for (const [layer, values] of outputs) this.#addLayer(layer, values);
    this.#pictures++;
  }

  #addLayer(layer: string, values: Float32Array): void {
    const seen = this.#layers.get(layer) ?? { low: Infinity, high: -Infinity, kept: [] };
    for (const value of values) {
      if (value < seen.low) seen.low = value;
      if (value > seen.high) seen.high = value;
    }
    const stride = Math.max(1, Math.floor(values.length / keptPerPicture));
    const start = this.#pictures % stride;
    const count = Math.ceil((values.length - start) / stride);
    seen.kept.push(Float32Array.from({ length: count }, (_, index) => values[start + index * stride] as number));
    this.#layers.set(layer, seen);
  }

  finish({ layers, featureMaps }: Network): Calibration {
    const range = (names: readonly string[]): ChosenRange => {
      const seen = names.flatMap((name) => this.#layers.get(name) ?? []);
      const whole: Range = {
        low: Math.min(...seen.map(({ low }) => low)),
        high: Math.max(...seen.map(({ high }) => high)),
      };
      return chooseRange(joined(seen.flatMap(({ kept }) => kept)), whole);
    };
    return {
      ranges: new Map(layers.map(({ name }) => [name, range([name])])),
      boxEncodings: range(featureMaps.map(({ boxHead }) => boxHead)),
      classLogits: range(featureMaps.map(({ classHead }) => classHead)),
    };
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}
