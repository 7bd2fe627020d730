import { z } from 'zod';
import { box } from '../../../shared/boxes';
import { detectorPlan } from '../../../shared/contract';
import { networkOf } from '../dataset/plan';
import { initialParameters } from '../detector/baseModel';
import { openEngine } from '../engine/engine';
import { median } from '../lrFinder/curve';
import type { Batch } from '../preprocessing/batch';
import { createRandom, type Random } from '../random';
import { Trainee } from '../training/step';
import { clock } from './workplace';

export const probeInput = z.object({
  plan: detectorPlan,
  classes: z.number().int().positive(),
  frozenLayers: z.number().int(),
  batchSize: z.number().int().positive(),
});

const steps = 4;
const boxesAPicture = 10;

/** A few training steps on made-up pictures: same memory and time as on real ones. The first step is not counted. */
export async function measureSteps(input: unknown): Promise<{ readonly imagesPerSecond: number }> {
  const { plan, classes, frozenLayers, batchSize } = probeInput.parse(input);
  const random = createRandom('probe');
  const network = networkOf(plan, classes);
  const trainee = new Trainee(await openEngine(), network, initialParameters(network, random), frozenLayers);
  const batch = madeUpBatch(batchSize, plan.inputHeight, plan.inputWidth, classes, random);
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const started = clock();
    trainee.step(batch, 1e-4);
    if (step > 0) times.push(clock() - started);
  }
  trainee.dispose();
  return { imagesPerSecond: batchSize / median(times) };
}

function madeUpBatch(batchSize: number, height: number, width: number, classes: number, random: Random): Batch {
  const gtBoxes = Array.from({ length: batchSize }, () =>
    Array.from({ length: boxesAPicture }, () => {
      const [y, x] = [random.range(0, 0.8), random.range(0, 0.8)];
      return box(y, x, y + random.range(0.05, 0.2), x + random.range(0.05, 0.2));
    }),
  );
  return {
    pixels: Uint8Array.from({ length: batchSize * height * width * 3 }, () => random.int(256)),
    batchSize,
    height,
    width,
    gtBoxes,
    gtLabels: gtBoxes.map((boxes) => boxes.map(() => random.int(classes))),
    names: gtBoxes.map((_, index) => `made-up picture ${index}`),
  };
}
