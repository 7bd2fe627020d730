import { box } from '../shared/boxes';
import { peakMemoryBytes } from '../electron/trainer/batchSize/probeChild';
import { initialParameters } from '../electron/trainer/detector/baseModel';
import { baseModelShapes } from '../electron/trainer/detector/priorBoxes';
import { buildSsd } from '../electron/trainer/detector/ssd';
import { openEngine } from '../electron/trainer/engine/engine';
import type { Batch } from '../electron/trainer/preprocessing/batch';
import { createRandom } from '../electron/trainer/random';
import { Trainee } from '../electron/trainer/training/step';

/** The step that bench/peer/train_step.py takes in PyTorch: SSDLite 300, full fine-tune, matching and loss included. */
async function main(batchSize: number, classes: number, steps: number): Promise<void> {
  const size = { width: 300, height: 300 };
  const network = buildSsd({ input: size, classes, priorShapes: baseModelShapes, fineMap: false });
  const random = createRandom('bench');
  const trainee = new Trainee(await openEngine(), network, initialParameters(network, random), 0);
  const gtBoxes = Array.from({ length: batchSize }, () =>
    Array.from({ length: 8 }, () => {
      const [y, x] = [random.range(0, 0.7), random.range(0, 0.7)];
      return box(y, x, y + random.range(0.1, 0.3), x + random.range(0.1, 0.3));
    }),
  );
  const batch: Batch = {
    ...size,
    batchSize,
    pixels: Uint8Array.from({ length: batchSize * size.height * size.width * 3 }, () => random.int(256)),
    gtBoxes,
    gtLabels: gtBoxes.map((boxes) => boxes.map(() => random.int(classes))),
    names: gtBoxes.map((_, index) => `picture ${index}`),
  };
  const times: number[] = [];
  for (let step = 0; step < steps + 3; step++) {
    const started = performance.now();
    trainee.step(batch, 1e-4);
    if (step >= 3) times.push((performance.now() - started) / 1000);
  }
  times.sort((a, b) => a - b);
  const secondsPerStep = times[Math.floor(times.length / 2)] ?? NaN;
  const result = { imagesPerSecond: batchSize / secondsPerStep, secondsPerStep, peakBytes: peakMemoryBytes() };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

const [batchSize = '8', classes = '3', steps = '15'] = process.argv.slice(2);
void main(Number(batchSize), Number(classes), Number(steps)).then(() => process.exit(0));
