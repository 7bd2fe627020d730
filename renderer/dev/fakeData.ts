import type {
  BatchSizeResult,
  CurvePoint,
  DetectorPlan,
  EpochReport,
  EvaluationResult,
  LrFinderResult,
  Problem,
} from '../../shared/contract';
import type { Picture, ProjectResults, ProjectState, RecentProject } from '../../shared/mainContract';
import type { StepReport } from '../store/job';

/** Recorded-like figures of a project with pictures of blood cells, as the trainer and main would give them. */

export const dir = '/home/operator/Lineside/Blood cells';
export const classes = ['Red cell', 'White cell', 'Platelet'];
const count = 120;

export const pictures: Picture[] = Array.from({ length: count }, (_, index) => {
  const name = `BloodImage_${String(index).padStart(5, '0')}.jpg`;
  return {
    file: `images/${name}`,
    url: `/pictures/${name}`,
    thumbnail: `/pictures/${name}`,
    width: 640,
    height: 480,
    boxes: 3 + (index % 14),
    labels: classes.slice(0, 1 + (index % 3)),
    reviewed: index < 100,
  };
});

export function boxesOf(
  index: number,
): { label: string; x: number; y: number; width: number; height: number; difficult: boolean }[] {
  return Array.from({ length: 7 }, (_, at) => {
    const kind = at === 0 ? 1 : at === 6 ? 2 : 0;
    const side = [104, 190, 38][kind] ?? 100;
    return {
      label: classes[kind] ?? '',
      x: (60 + at * 83 + index * 31) % (640 - side),
      y: (40 + at * 117 + index * 17) % (480 - side),
      width: side,
      height: side * 0.95,
      difficult: false,
    };
  });
}

export const project: ProjectState = {
  dir,
  name: 'Blood cells',
  classes,
  pictures: count,
  reviewed: 100,
  boxes: 1204,
  baseLabels: {},
  boxesPerClass: { 'Red cell': 1040, 'White cell': 142, Platelet: 22 },
  stages: {
    images: 'done',
    annotations: 'empty',
    dataset: 'done',
    lrFinder: 'done',
    batchSize: 'done',
    training: 'done',
    evaluation: 'done',
    export: 'empty',
  },
  interrupted: null,
  shortOfMemory: false,
  usable: true,
  ranAway: false,
};

export const curve: CurvePoint[] = Array.from({ length: 90 }, (_, index) => {
  const rate = 10 ** (-6 + (index / 89) * 4.9);
  const fall = 1 / (1 + (rate / 6e-4) ** 1.1);
  const rise = (rate / 0.035) ** 2.4;
  const wobble = 0.03 * Math.sin(index * 1.7) + 0.02 * Math.sin(index * 3.1);
  const classification = 2.1 + 3.4 * fall + rise * 1.6 + wobble;
  const regression = 0.9 + 1.6 * fall + rise * 0.7 + wobble / 2;
  return { learningRate: rate, total: classification + regression, classification, regression };
});

export const lrFinder: LrFinderResult = {
  learningRate: 0.0042,
  confidence: 'sure',
  reason: 'Three of four rules agree within a factor of 1.8; the classification loss turns up first, at 0.031.',
  suggestions: [
    { rule: 'lowestLoss', learningRate: 0.0091, reason: 'the smoothed loss is lowest at 0.0091, before it rises' },
    { rule: 'steepest', learningRate: 0.0008, reason: 'it falls fastest at 0.0008' },
    { rule: 'valley', learningRate: 0.0042, reason: 'half of the longest fall, from 0.00002 to 0.009' },
    { rule: 'minimumTenth', learningRate: 0.00091, reason: 'a tenth of the rate with the lowest loss' },
  ],
  curve,
  divergence: { total: 0.034, regression: 0.052, classification: 0.031 },
  correlation: { regression: -0.94, classification: -0.97 },
  takeOff: 0.0009,
  lowest: 0.0091,
  sweeps: [],
  repeats: [0.0042, 0.0047],
  fine: [],
  cost: { steps: 46, trainingSteps: 480 },
  sweep: 'exponential',
  seconds: 74,
  batchSize: 8,
};

const gib = 1024 ** 3;
export const batchSize: BatchSizeResult = {
  accumulate: 1,
  batchSize: 16,
  learningRate: 0.0059,
  reason: '16 is the largest size below the budget; above it the speed gains less than 3 %.',
  table: [1, 2, 4, 8, 16, 32, 64].map((size) => ({
    batchSize: size,
    predictedBytes: (0.42 + 0.172 * size) * gib,
    measuredBytes: size <= 16 ? (0.4 + 0.17 * size) * gib : null,
    imagesPerSecond: size <= 16 ? ([3.1, 5.2, 7.9, 9.8, 10.6][Math.log2(size)] ?? null) : null,
    fits: size <= 16,
  })),
  budgetBytes: 4.6 * gib,
  budgetReason: 'Free memory 5.8 GB, less a fifth for other programs.',
  totalBytes: 8 * gib,
  freeBytes: 5.8 * gib,
  scaling: { linear: 0.0084, squareRoot: 0.0059, chosen: 'squareRoot' },
  plans: [1, 2, 4, 8, 16].map((size) => ({
    ...{
      accumulate: 1,
      batchSize: size,
      learningRate: size > 8 ? 0.0059 : 0.0042 * (size / 8),
      foundWith: 8,
      divergence: 0.012,
    },
    scaling: {
      linear: 0.0042 * (size / 8),
      squareRoot: 0.0042 * Math.sqrt(size / 8),
      chosen: size === 8 ? 'measured' : size > 8 ? 'squareRoot' : 'linear',
    },
    ...{ epochs: Math.ceil((480 * size) / 84), steps: 480, warmUpSteps: 24, seconds: 48 * size },
  })),
};

export const epochs: EpochReport[] = Array.from({ length: 20 }, (_, index) => {
  const done = (index + 1) / 20;
  const fall = Math.exp(-3 * done);
  return {
    kind: 'epoch',
    epoch: index + 1,
    epochs: 20,
    learningRate: 0.0059 * (0.5 + 0.5 * Math.cos(Math.PI * done)),
    train: { total: 1.1 + 4 * fall, regression: 0.4 + 1.2 * fall, classification: 0.7 + 2.8 * fall },
    validation: { total: 1.4 + 3.8 * fall, regression: 0.5 + 1.1 * fall, classification: 0.9 + 2.7 * fall },
    mAP50: 0.94 * (1 - Math.exp(-5 * done)) + 0.01 * Math.sin(index * 2),
    imagesPerSecond: 10.4,
    secondsLeft: (20 - index) * 28,
    text: 'Getting better',
    said: { code: 'epochBetter', values: {} },
  };
});

export const steps: StepReport[] = Array.from({ length: 500 }, (_, index) => {
  const fall = Math.exp((-3 * index) / 500);
  const wobble = Math.sin(index * 12.9898) * 0.5;
  return {
    kind: 'step',
    step: index + 1,
    steps: 500,
    epoch: 1 + Math.floor(index / 25),
    learningRate: 0.005,
    secondsLeft: 400 - index * 0.7,
    total: 1.1 + 4 * fall + wobble,
    regression: 0.4 + 1.2 * fall + wobble * 0.3,
    classification: 0.7 + 2.8 * fall + wobble * 0.7,
  };
});

export const plan: DetectorPlan = {
  inputWidth: 300,
  inputHeight: 300,
  fineMap: true,
  priorShapes: [
    [
      [0.05, 0.05],
      [0.075, 0.075],
    ],
    [
      [0.1, 0.1],
      [0.14, 0.28],
    ],
    [[0.35, 0.35]],
  ],
  priorCoverage: 0.983,
  smallestPixels: 16,
  medianPixels: 47,
  reasons: ['The smallest part is 16 px: added a fine map.', 'Parts are about as wide as high: square priors lead.'],
};

export const problems: Problem[] = [
  {
    code: 'flatBox',
    severity: 'mustFix',
    file: 'images/BloodImage_00012.jpg',
    message: 'Box 3 in BloodImage_00012.jpg is flat (x 12 to 12).',
    remedy: 'Redraw or delete it.',
    fixable: true,
    boxIndex: 3,
    box: { x: 12, y: 200, width: 2, height: 80 },
  },
  {
    code: 'duplicateBox',
    severity: 'mayFix',
    file: 'images/BloodImage_00031.jpg',
    message: 'Boxes 2 and 5 in BloodImage_00031.jpg overlap by 96 %.',
    remedy: 'Delete one of them.',
    fixable: true,
    box: { x: 220, y: 160, width: 110, height: 104 },
  },
  {
    code: 'imbalance',
    severity: 'mayFix',
    file: '',
    message: 'Platelet has 22 boxes, Red cell 1,040.',
    remedy: 'Add pictures with platelets.',
    fixable: false,
  },
  {
    code: 'tinyBox',
    severity: 'note',
    file: 'images/BloodImage_00044.jpg',
    message: 'Box 1 in BloodImage_00044.jpg is 9 px wide.',
    remedy: 'Check that it is meant.',
    fixable: false,
    box: { x: 400, y: 90, width: 9, height: 11 },
  },
];

export const evaluation: EvaluationResult = {
  run: 'runs/2026-11-24T09-12-00',
  split: 'test',
  images: 72,
  mAP50: 0.913,
  mAP5095: 0.612,
  threshold: 0.45,
  perClass: {
    'Red cell': {
      AP50: 0.88,
      AP5095: 0.6,
      precision: 0.9,
      recall: 0.94,
      groundTruths: 812,
      truePositives: 763,
      falsePositives: 84,
    },
    'White cell': {
      AP50: 0.98,
      AP5095: 0.74,
      precision: 0.97,
      recall: 0.99,
      groundTruths: 72,
      truePositives: 71,
      falsePositives: 2,
    },
    Platelet: {
      AP50: 0.86,
      AP5095: 0.48,
      precision: 0.83,
      recall: 0.78,
      groundTruths: 76,
      truePositives: 59,
      falsePositives: 12,
    },
  },
  thresholds: Array.from({ length: 19 }, (_, index) => {
    const threshold = 0.05 * (index + 1);
    return {
      threshold,
      precision: 0.55 + 0.44 * threshold,
      recall: 0.99 - 0.35 * threshold ** 3,
      recallPerClass: Object.fromEntries(
        classes.map((name, at) => [name, Math.max(0, [0.99, 1, 0.9][at] ?? 0) - 0.4 * threshold ** (3 - at / 2)]),
      ),
      falseAlarms: 60 * (1 - threshold) ** 2,
      wrongParts: 20 * (1 - threshold),
      badBoxes: 12 * (1 - threshold),
    };
  }),
  mistakes: Array.from({ length: 22 }, (_, index) => {
    const kind = (['missed', 'falseAlarm', 'wrongClass', 'poorlyPlaced'] as const)[index % 4] ?? 'missed';
    const box = boxesOf(index)[index % 7] ?? { x: 10, y: 10, width: 80, height: 80 };
    const rect = { x: box.x, y: box.y, width: box.width, height: box.height };
    return {
      kind,
      file: pictures[index * 3]?.file ?? '',
      ...(kind === 'falseAlarm' ? {} : { label: classes[index % 3] ?? '' }),
      ...(kind === 'missed'
        ? {}
        : { detected: { label: classes[(index + 1) % 3] ?? '', score: 0.5 + (index % 9) / 20, box: rect } }),
      box: rect,
      weight: 22 - index,
    };
  }),
  text: 'finds 94 of 100, 18 false alarms a hundred pictures',
  report: 'runs/2026-11-24T09-12-00/report.html',
  warnings: [],
  warningsSaid: [],
  advice: { kind: 'morePictures', label: 'Platelet', found: 0.78, shown: 22, wanted: 100 },
};

export const results: ProjectResults = {
  split: {
    version: 1,
    source: 'seeded',
    seed: 1,
    train: pictures.slice(0, 84).map(({ file }) => file),
    validation: pictures.slice(84, 102).map(({ file }) => file),
    test: pictures.slice(102).map(({ file }) => file),
  },
  plan,
  lrFinder,
  batchSize,
  training: { run: evaluation.run, epochs, steps, preview: null, watch: [], stoppedBy: 'finished', advice: null },
  runs: [
    {
      ...{ run: evaluation.run, started: '2026-11-24T09:12:00Z', learningRate: 0.0059, batchSize: 16, epochs: 20 },
      ...{ roundsDone: 20, seconds: 900, schedule: 'cosine', stoppedBy: 'finished', mAP50: 0.94, testedMAP50: 0.913 },
      ...{ data: 'labels', usable: true, used: true },
    },
    {
      ...{ run: 'runs/2026-11-23T15-40-00', started: '2026-11-23T15:40:00Z', learningRate: 0.003, batchSize: 16 },
      ...{ epochs: 20, roundsDone: 20, seconds: 880, schedule: 'cosine', stoppedBy: 'finished', mAP50: 0.89 },
      ...{ testedMAP50: null, data: 'earlier labels', usable: true, used: false },
    },
  ],
  evaluation,
  export: null,
};

export const exported = {
  run: evaluation.run,
  folder: 'exports/2026-11-24T10-02-00',
  files: [
    {
      format: 'onnx' as const,
      path: 'exports/2026-11-24T10-02-00/model.onnx',
      bytes: 17_800_000,
      parity: {
        maxAbsError: 0.000012,
        mAP50: 0.913,
        trainerMAP50: 0.913,
        images: 40,
        milliseconds: 21,
        judgedBy: 'rawOutputs' as const,
        difference: 0.000012,
        limit: 0.001,
      },
      notes: [],
    },
    {
      format: 'tfjs' as const,
      path: 'exports/2026-11-24T10-02-00/tfjs',
      bytes: 17_600_000,
      parity: {
        maxAbsError: 0.000004,
        mAP50: 0.913,
        trainerMAP50: 0.913,
        images: 40,
        milliseconds: 21,
        judgedBy: 'rawOutputs' as const,
        difference: 0.000004,
        limit: 0.001,
      },
      notes: [],
    },
  ],
  bundles: (['computer', 'raspberryPi', 'browser'] as const).map((device) => ({
    device,
    path: `exports/2026-11-24T10-02-00/${device}.zip`,
    bytes: 17_900_000,
  })),
};

const sheet = (from: number): string[] => pictures.slice(from, from + 4).map(({ thumbnail }) => thumbnail);
export const recent: RecentProject[] = [
  {
    dir,
    name: 'Blood cells',
    opened: '2026-11-24T08:10:00Z',
    found: true,
    pictures: 364,
    thumbnails: sheet(0),
    score: 0.94,
    interrupted: null,
  },
  {
    dir: '/home/operator/Lineside/Brackets',
    name: 'Brackets, station 4',
    opened: '2026-11-21T14:40:00Z',
    found: true,
    pictures: 212,
    thumbnails: sheet(20),
    score: null,
    interrupted: 'runs/2026-11-21T14-00-00',
  },
  {
    dir: '/media/usb/Forklifts',
    name: 'People and forklifts',
    opened: '2026-11-02T09:00:00Z',
    found: false,
    pictures: 0,
    thumbnails: [],
    score: null,
    interrupted: null,
  },
];
