import type { CurvePoint, Losses } from '../../../shared/contract';
import { createRandom } from '../random';
import type { SweepTrainable } from './sweep';

/** A range test as it ideally looks: falls as a sigmoid around `optimum`, blows up at `blowUp` times it. */
export function syntheticCurve(o: {
  readonly optimum: number;
  readonly blowUp?: number;
  readonly fall?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly steps?: number;
}): CurvePoint[] {
  const { optimum, blowUp = 10, fall = 0.5, noise = 0, seed = 1, steps = 60 } = o;
  const random = createRandom('synthetic', seed);
  const curve: CurvePoint[] = [];
  for (let index = 0; index < steps; index++) {
    const learningRate = 1e-5 * 1e5 ** (index / (steps - 1));
    const x = Math.log10(learningRate / optimum);
    const shape = 1 - fall / (1 + Math.exp(-x / 0.2)) + Math.exp((x - Math.log10(blowUp)) / 0.08) * 0.3;
    const part = (): number => shape * Math.exp(noise * random.normal());
    const [regression, classification] = [2 * part(), 4 * part()];
    curve.push({ learningRate, regression, classification, total: regression + classification });
    if (shape > 4) break;
  }
  return curve;
}

/**
 * Momentum descent on a bowl with noisy gradients: unlike a drawn curve, it can also be trained to the end, so that the
 * best rate is known by trying all.
 */
export function noisyBowl(seed: number): SweepTrainable<{ w: number[]; v: number[] }> & { loss(): number } {
  const dimensions = 40;
  const curvature = Array.from({ length: dimensions }, (_, index) => 30 * 1000 ** (-index / (dimensions - 1)));
  const start = createRandom('bowl', seed);
  let w = curvature.map((k) => start.normal() * Math.sqrt(10 / (k * dimensions)));
  let v = curvature.map(() => 0);
  const loss = (): number => 1 + curvature.reduce((sum, k, index) => sum + 0.5 * k * (w[index] ?? 0) ** 2, 0);
  return {
    loss,
    snapshot: () => ({ w: [...w], v: [...v] }),
    restore: (state) => {
      w = [...state.w];
      v = [...state.v];
    },
    dispose: () => undefined,
    step: (rate: number, index: number): Promise<Losses> => {
      const random = createRandom('batch', seed, index);
      const total = loss() * Math.exp(0.12 * random.normal());
      v = v.map((velocity, i) => {
        const k = curvature[i] ?? 0;
        return 0.9 * velocity + k * (w[i] ?? 0) + 0.2 * Math.sqrt(k) * random.normal();
      });
      w = w.map((weight, i) => weight - rate * (v[i] ?? 0));
      return Promise.resolve({ total, regression: total / 3, classification: (2 * total) / 3 });
    },
  };
}
