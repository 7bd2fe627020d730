import type { BatchPlan, Tiling } from '../../../shared/contract';
import { defaultOptimizer } from './optimizer';
import { twoDigits } from '../twoDigits';

/** What train_ssd.py (dusty-nv/pytorch-ssd) has to be told, by the names of its own options. */
export interface TrainSsdSettings extends Pick<BatchPlan, 'learningRate' | 'batchSize' | 'epochs'> {
  /** Edge of its input in pixels. */
  readonly resolution: number;
  /** Name for the folder under data/ and models/. */
  readonly name: string;
  /** Absent where pictures are whole. */
  readonly tiling?: Pick<Tiling, 'width' | 'height'> | undefined;
}

/**
 * The command that trains the written folder with our figures. The base net's rate is named because its default is fixed at
 * 0.001 whatever --lr is; the cosine's length because its default is 100 rounds, so that it never comes down in fewer.
 */
export function trainSsdCommand({ learningRate, batchSize, epochs, resolution, name }: TrainSsdSettings): string {
  const baseRate = twoDigits(learningRate * defaultOptimizer.groupRates.backbone);
  return [
    'python3 train_ssd.py',
    '--dataset-type=voc',
    `--data=data/${name}`,
    `--model-dir=models/${name}`,
    '--net=mb1-ssd',
    `--resolution=${resolution}`,
    `--batch-size=${batchSize}`,
    `--epochs=${epochs}`,
    `--lr=${learningRate}`,
    `--base-net-lr=${baseRate}`,
    '--momentum=0.9',
    '--weight-decay=0.0005',
    '--scheduler=cosine',
    `--t-max=${epochs}`,
  ].join(' ');
}

/** The page that lies in the folder. */
export function trainSsdReadme(
  settings: TrainSsdSettings,
  counts: Readonly<Record<'train' | 'validation' | 'test', number>>,
  isMeasured: boolean,
): string {
  const { learningRate, batchSize, epochs, name, tiling } = settings;
  const from = isMeasured
    ? 'They were measured in Lineside on these pictures, with its own detector (SSDLite on MobileNetV2)'
    : 'Nothing was measured in Lineside yet: they are those of published recipes';
  const tiles =
    tiling === undefined
      ? ''
      : `
The parts are small, so the pictures are cut into overlapping tiles of ${tiling.width}×${tiling.height} pixels; a tile's name ends in its upper
left corner. Show the trained network such tiles, not whole pictures.
`;
  return `# ${name}, for train_ssd.py

A Pascal VOC folder: ${counts.train} pictures to learn from, ${counts.validation} to validate with, ${counts.test} to test with.
${tiles}
Put this folder under \`data/\` of pytorch-ssd (in jetson-inference: \`python/training/detection/ssd/data/${name}\`), then:

    ${trainSsdCommand(settings)} 2>&1 | tee ${name}.log

- Rate ${learningRate}, ${batchSize} pictures at a time, ${epochs} rounds. ${from}. Another network may want another rate: watch the
  first rounds.
- train_ssd.py learns from \`trainval.txt\`, which is \`train.txt\` and \`val.txt\` together, and picks its best round by \`test.txt\`.
  For a test on pictures that had no part in the picking, copy \`train.txt\` over \`trainval.txt\` and \`val.txt\` over \`test.txt\`, and
  keep the old \`test.txt\` for the end.
- Corners of boxes count from 1, as in VOC: train_ssd.py takes 1 off each.
- Pictures without boxes are in the lists; train_ssd.py leaves them out.
- What it prints can be read again: \`lineside bridge read ${name}.log\` shows the curves, and what would help.
`;
}
