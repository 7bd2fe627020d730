import { z } from 'zod';
import { advice, scheduleKind } from './advice';
import { said } from './said';

/**
 * The one contract between page, main process, trainer and command line: an entry per method, named 'stage.verb', with
 * the zod schemas of what goes in, what comes out, and the events in between. Types, validation and the preload surface
 * derive from it. Sizes are in pixels of the upright picture, rates in weight units per step, times in seconds, memory
 * in bytes, unless a name says otherwise.
 */

const fraction = z.number().min(0).max(1);
const pixelRect = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** Every long job reports where it is; `text` is one plain sentence for the operator. */
export const progress = z.object({
  kind: z.literal('progress'),
  done: z.number(),
  total: z.number(),
  text: z.string(),
  secondsLeft: z.number().optional(),
});

/** In bytes: frames for looking at are small, in thousands of pixels. */
const largestFrame = 8 * 1024 * 1024;

const inProject = z.object({ project: z.string().min(1), seed: z.number().int().nonnegative().default(1) });

export const setName = z.enum(['train', 'validation', 'test']);

export const detection = z.object({ label: z.string(), score: fraction, box: pixelRect });

/** Losses of one step or the mean of several. regression: smooth L1, classification: cross-entropy, both per matched prior. */
export const losses = z.object({ total: z.number(), regression: z.number(), classification: z.number() });

export const problem = z.object({
  /** A word for code: 'flatBox', 'boxOutside', 'noBoxes', 'emptyClass', 'duplicate', 'smallParts', 'fewPictures', … */
  code: z.string(),
  severity: z.enum(['mustFix', 'mayFix', 'note']),
  /** The picture or label file, relative to the project; empty when it concerns the whole project. */
  file: z.string(),
  message: z.string(),
  remedy: z.string(),
  /** Message and remedy for the page, which says them in the operator's language. */
  said: said.optional(),
  /** Which box of the picture, counted from 0. */
  boxIndex: z.number().int().optional(),
  box: pixelRect.optional(),
  /** Whether 'annotations.fix' can mend it without asking. */
  fixable: z.boolean(),
});

/** Pictures are looked at in overlapping tiles at their own resolution, so that small parts keep their pixels. */
export const tiling = z.object({
  /** Of a tile, in pixels of the upright picture; a smaller picture is one tile. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Share of a tile's side that its neighbour sees too. */
  overlap: z.number().min(0).max(0.9),
  /** Whether the whole picture is looked at too, for parts that are larger than the overlap. */
  wholePicture: z.boolean(),
  /** How many looks the usual picture takes: finding takes about so many times as long. */
  views: z.number().int().positive(),
});

/** How the detector is laid out for this project's data: chosen from box statistics, with reasons. */
export const detectorPlan = z.object({
  inputWidth: z.number().int(),
  inputHeight: z.number().int(),
  /** Whether a stride-8 map with small priors is added. */
  fineMap: z.boolean(),
  /** Prior shapes of each feature map, finest first, as fractions of the input: [height, width]. */
  priorShapes: z.array(z.array(z.tuple([z.number(), z.number()]))),
  /** Share of boxes whose best prior reaches IoU 0.5. */
  priorCoverage: fraction,
  /** Short sides of the boxes in input pixels: 5th percentile, median. */
  smallestPixels: z.number(),
  medianPixels: z.number(),
  /** Absent: each picture is looked at once, as a whole. */
  tiling: tiling.optional(),
  /** What cutting into tiles would give where it is not done, and would help: the smallest parts in input pixels, and the looks. */
  tilingOffer: z.object({ smallestPixels: z.number(), views: z.number().int() }).optional(),
  /** The choices in words, one sentence each. */
  reasons: z.array(z.string()),
});

export const suggestion = z.object({
  rule: z.enum(['lowestLoss', 'steepest', 'valley', 'minimumTenth']),
  learningRate: z.number().positive(),
  reason: z.string(),
});

export const curvePoint = losses.extend({ learningRate: z.number().positive() });

/** Why a found rate is less than sure. The first five make it 'notReliable', the others 'fairlySure'. */
export const lrDoubt = z.enum([
  'notFinite',
  'tooShort',
  'flat',
  'rulesDisagree',
  'sweepsDisagree',
  'oneRuleOff',
  'oneSweep',
  'sweepsDiffer',
  'neverTurnsUp',
  'rough',
]);

export const lrFinderResult = z.object({
  learningRate: z.number().positive(),
  confidence: z.enum(['sure', 'fairlySure', 'notReliable']),
  /** The choice and its remedy in one or two sentences. */
  reason: z.string(),
  doubt: lrDoubt.optional(),
  suggestions: z.array(suggestion),
  /** Where learning takes off: the consensus of the rules. Absent where the curve says nothing. */
  takeOff: z.number().positive().optional(),
  /** Where the loss is lowest, in the middle of its flat bottom. Absent where the curve says nothing. */
  lowest: z.number().positive().optional(),
  /** What the rules read: the mean of all sweeps, smoothed, at rising rates. */
  curve: z.array(curvePoint),
  /** Each sweep as it was measured, every one from other first weights on other pictures. */
  sweeps: z.array(z.array(curvePoint)).default([]),
  /** What each sweep would have recommended on its own. */
  repeats: z.array(z.number().positive()).default([]),
  /** The fine-tuning pass of a linear sweep: mean losses of rates around its pick. */
  fine: z.array(curvePoint).default([]),
  /** Pictures (images/<name>) at which the loss was no number though the rate was not to blame; other pictures were taken. */
  leftOut: z.array(z.string()).optional(),
  /** Steps of all sweeps, and of the training that they precede. */
  cost: z.object({ steps: z.number().int(), trainingSteps: z.number().int() }).optional(),
  /** Where each curve turns up for good; absent where it never does in the range. */
  divergence: z.object({
    total: z.number().optional(),
    regression: z.number().optional(),
    classification: z.number().optional(),
  }),
  /** Spearman rank correlation of the rate and each loss, before divergence. */
  correlation: z.object({ regression: z.number(), classification: z.number() }),
  sweep: z.enum(['exponential', 'linear']),
  seconds: z.number(),
  batchSize: z.number().int(),
  /** The detector that it was found for (shared/layout). Absent in files of an older Lineside. */
  layout: z.string().optional(),
});

export const batchRow = z.object({
  batchSize: z.number().int().positive(),
  predictedBytes: z.number(),
  /** Peak of real steps in a child process; null where it was not run because the prediction did not fit. */
  measuredBytes: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  fits: z.boolean(),
  /** Why it does not fit: the memory, or it took so long that the computer was surely swapping. Absent: it fits, or the memory. */
  limit: z.enum(['memory', 'time']).optional(),
});

/** The rate for a batch by linear and by square-root scaling from the found one, and which was taken. */
const rateScaling = z.object({
  linear: z.number(),
  squareRoot: z.number(),
  /** capped: even the square root comes too near the rate at which a loss turned up. */
  chosen: z.enum(['linear', 'squareRoot', 'capped', 'measured']),
});

/** All that follows from a batch size. */
export const batchPlan = z.object({
  batchSize: z.number().int().positive(),
  /** Parts that a batch goes through the engine in where all of it does not fit: the gradients are summed up. */
  accumulate: z.number().int().positive().default(1),
  learningRate: z.number().positive(),
  scaling: rateScaling,
  /** Batch size that the rate was found with, and where a loss turned up then. */
  foundWith: z.number().int().positive(),
  /** True where nothing was found yet: the rate is that of published recipes for that batch size. */
  isRecipe: z.literal(true).optional(),
  divergence: z.number().nullable(),
  epochs: z.number().int().positive(),
  steps: z.number().int().positive(),
  warmUpSteps: z.number().int(),
  /** Of the training and its judging by the validation pictures, null where the speed was not measured. */
  seconds: z.number().nullable(),
});

export const batchSizeResult = z.object({
  batchSize: z.number().int().positive(),
  /** As in its plan. */
  accumulate: z.number().int().positive().default(1),
  learningRate: z.number().positive(),
  reason: z.string(),
  /** The same for the page, which says it in the operator's language. Absent in files of an older Lineside. */
  reasonSaid: z.array(said).optional(),
  table: z.array(batchRow),
  /** What a training may use, and where that number comes from. */
  budgetBytes: z.number(),
  budgetReason: z.string(),
  budgetReasonSaid: z.array(said).optional(),
  /** The machine's memory when it was measured, and what of it was free. */
  totalBytes: z.number().optional(),
  freeBytes: z.number().optional(),
  scaling: rateScaling,
  /** For each size that fits, what choosing it leads to. */
  plans: z.array(batchPlan).default([]),
  /** The detector that it was measured with (shared/layout). Absent in files of an older Lineside. */
  layout: z.string().optional(),
});

export const epochReport = z.object({
  kind: z.literal('epoch'),
  /** Counted from 1. */
  epoch: z.number().int(),
  epochs: z.number().int(),
  learningRate: z.number(),
  train: losses,
  validation: losses.nullable(),
  mAP50: fraction.nullable(),
  imagesPerSecond: z.number(),
  secondsLeft: z.number(),
  /** How it goes in one sentence: "Getting better quickly". */
  text: z.string(),
  said: said.optional(),
});

export const stepReport = losses.extend({
  kind: z.literal('step'),
  step: z.number().int(),
  steps: z.number().int(),
  epoch: z.number().int(),
  /** Planned rounds; older logs do not tell them at each step. */
  epochs: z.number().int().optional(),
  learningRate: z.number(),
  secondsLeft: z.number(),
});

/** Something the training watch did: rolled back, lowered the rate, left out a picture. */
export const watchReport = z.object({
  kind: z.literal('watch'),
  text: z.string(),
  said: said.optional(),
  step: z.number().int(),
});

/** Detections on the same few validation pictures after an epoch, so that one sees it learn. */
export const previewReport = z.object({
  kind: z.literal('preview'),
  epoch: z.number().int(),
  pictures: z.array(z.object({ file: z.string(), detections: z.array(detection) })),
});

const positive = z.number().positive();
const stepCount = z.number().int().nonnegative();

/** How the rate changes over a run; steps count from 0. Plain data, so that a checkpoint and the drawing share it. */
export const schedule = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cosine'),
    peak: positive,
    steps: stepCount,
    /** Rises evenly to the peak over these first steps. */
    warmUpSteps: stepCount,
    /** Rate at the very end. */
    floor: positive,
  }),
  z.object({
    kind: z.literal('triangular'),
    base: positive,
    top: positive,
    steps: stepCount,
    /** Steps from base to top; a cycle takes twice that. */
    halfCycleSteps: stepCount,
  }),
  z.object({
    kind: z.literal('oneCycle'),
    peak: positive,
    steps: stepCount,
    riseSteps: stepCount,
    start: positive,
    end: positive,
  }),
  z.object({
    kind: z.literal('step'),
    peak: positive,
    steps: stepCount,
    warmUpSteps: stepCount,
    /** Steps at which the rate is multiplied by `factor`, rising. */
    drops: z.array(stepCount),
    factor: positive,
  }),
]);

export { scheduleKind };

/** What a training is going to do, before it begins. */
export const trainingPlan = z.object({
  learningRate: positive,
  batchSize: z.number().int().positive(),
  /** Parts that a batch goes through the engine in, so that its memory suffices. */
  accumulate: z.number().int().positive().default(1),
  epochs: z.number().int().positive(),
  schedule,
  /** The rate over the run, for drawing: [step, rate] from the first step to the last. */
  rates: z.array(z.tuple([z.number(), z.number()])),
  /** Of its steps and of judging it in between, by the measured speed; null where none was measured. */
  seconds: z.number().nullable(),
  /** False where not even one picture at a time is going to fit into the memory: then nothing is begun. */
  fits: z.boolean(),
  /** What was not used, or was changed so that the memory suffices; one sentence each. */
  remarks: z.array(z.object({ text: z.string(), said })).default([]),
});

export const stoppedBy = z.enum(['finished', 'earlyStopping', 'operator', 'diverged']);

export const trainingResult = z.object({
  /** Run folder relative to the project: runs/<time>. */
  run: z.string(),
  epochs: z.number().int(),
  seconds: z.number(),
  stoppedBy,
  best: z.object({ epoch: z.number().int(), mAP50: fraction }),
  /** From the curves alone; a test knows more. Absent where there is nothing to better. */
  advice: advice.optional(),
});

/** A training beside the others of its project. */
export const runRow = z.object({
  /** runs/<time> */
  run: z.string(),
  /** ISO 8601. */
  started: z.string().nullable(),
  learningRate: z.number(),
  batchSize: z.number(),
  /** Planned rounds, and those done; null while it was never brought to an end. */
  epochs: z.number(),
  roundsDone: z.number().nullable(),
  seconds: z.number().nullable(),
  schedule: scheduleKind,
  stoppedBy: stoppedBy.nullable(),
  /** Of its best round on the validation pictures, and on the test pictures once it was tested. */
  mAP50: fraction.nullable(),
  testedMAP50: fraction.nullable(),
  /** One word for the labels and sets that it began with: figures of runs with another one do not compare. Null in old runs. */
  data: z.string().nullable(),
  /** Whether it has a detector. */
  usable: z.boolean(),
  /** Whether it is the one that is tested, exported and tried. One at most is. */
  used: z.boolean(),
});

export const classResult = z.object({
  AP50: fraction.nullable(),
  AP5095: fraction.nullable(),
  precision: fraction,
  recall: fraction,
  groundTruths: z.number().int(),
  /** At the chosen threshold. */
  truePositives: z.number().int(),
  falsePositives: z.number().int(),
});

export const mistake = z.object({
  kind: z.enum(['missed', 'falseAlarm', 'wrongClass', 'poorlyPlaced']),
  file: z.string(),
  /** Name in the truth (missed, wrongClass, poorlyPlaced). */
  label: z.string().optional(),
  detected: detection.optional(),
  box: pixelRect,
  /** Worst first: a confident false alarm weighs more than a doubtful one. */
  weight: z.number(),
});

/** Consequences of the threshold, for the slider "rather miss one / rather a false alarm". */
export const thresholdPoint = z.object({
  threshold: fraction,
  precision: fraction,
  recall: fraction,
  /** By the name of the class. Absent in the results of an older Lineside. */
  recallPerClass: z.record(z.string(), fraction).optional(),
  /** Per hundred pictures: detections where no part is. An older Lineside, which has no `wrongParts`, counted all wrong ones. */
  falseAlarms: z.number(),
  /** Per hundred pictures: parts that were reported as another class. */
  wrongParts: z.number().optional(),
  /** Per hundred pictures: boxes that do not fit their part, or are one too many on it. */
  badBoxes: z.number().optional(),
});

export const evaluationResult = z.object({
  run: z.string(),
  split: setName,
  images: z.number().int(),
  mAP50: fraction,
  mAP5095: fraction,
  threshold: fraction,
  perClass: z.record(z.string(), classResult),
  thresholds: z.array(thresholdPoint),
  mistakes: z.array(mistake),
  /** "finds 94 of 100, 3 false alarms a hundred pictures" */
  text: z.string(),
  /** Path of report.html relative to the project. */
  report: z.string(),
  warnings: z.array(z.string()),
  /** The same for the page, which says them in the operator's language. */
  warningsSaid: z.array(said).default([]),
  /** What is likeliest to help. Absent where there is nothing to better. */
  advice: advice.optional(),
});

export const exportFormat = z.enum([
  'onnx',
  'onnxDetections',
  'jetson',
  'tfjs',
  'tflite',
  'tfliteFloat16',
  'tfliteInt8',
  'coral',
]);

/** What people have on the line: shared/devices.ts says what runs there. */
export const exportDevice = z.enum(['computer', 'raspberryPi', 'android', 'coral', 'jetson', 'intel', 'browser']);

export const exportedFile = z.object({
  format: exportFormat,
  /** Relative to the project. */
  path: z.string(),
  bytes: z.number().int(),
  /** Against the trainer, on real pictures. */
  parity: z.object({
    /** Largest difference of the raw outputs. */
    maxAbsError: z.number(),
    /** Of the exported model, and of the trained one, on the same pictures. */
    mAP50: fraction.nullable(),
    trainerMAP50: fraction.nullable(),
    images: z.number().int(),
    /** What one picture takes in the model's own runtime on this computer. */
    milliseconds: z.number().nullable().default(null),
    /** What decides: the raw outputs where the format keeps them, the mAP50 where it rounds (float16, int8). */
    judgedBy: z.enum(['rawOutputs', 'mAP50']),
    /** maxAbsError, or how much mAP50 was lost (less than nothing: gained); the same answers as long as it is at most `limit`. */
    difference: z.number(),
    limit: z.number(),
  }),
  /** What was done to the model to keep its answers, one plain sentence each. */
  notes: z.array(z.object({ text: z.string(), said })),
});

/** What is carried to one device: a zip with model, programs, papers. */
export const exportedBundle = z.object({
  device: exportDevice,
  /** Relative to the project. */
  path: z.string(),
  bytes: z.number().int(),
});

export const exportResult = z.object({
  run: z.string(),
  folder: z.string(),
  files: z.array(exportedFile),
  bundles: z.array(exportedBundle).default([]),
});

export const engineInfo = z.object({
  name: z.enum(['tensorflow', 'wasm']),
  /** "TensorFlow 2.21 on the processor, 2 cores" */
  text: z.string(),
  /** What would make it faster, or empty. */
  advice: z.string(),
  threads: z.number().int(),
  totalBytes: z.number(),
  freeBytes: z.number(),
  /** What a training may take of that. */
  budgetBytes: z.number(),
});

/** Why a file was left out, or what was put right in it. */
export const complaint = z.object({ file: z.string(), reason: z.string(), said: said.optional() });

export const importResult = z.object({
  project: z.string(),
  images: z.number().int(),
  boxes: z.number().int(),
  classes: z.array(z.string()),
  rejected: z.array(complaint),
  /** What was put right without losing anything: a box cut to the picture, labels turned upright. */
  notes: z.array(complaint).optional(),
});

/** Absent numbers are taken from the find-lr and recommend-batch results of the project, or the prior plan. */
const inTraining = inProject.extend({
  learningRate: z.number().positive().optional(),
  batchSize: z.number().int().positive().optional(),
  /** Parts that a batch goes through the engine in. */
  accumulate: z.number().int().positive().optional(),
  epochs: z.number().int().positive().optional(),
  schedule: scheduleKind.default('cosine'),
});

export const contract = {
  'engine.describe': { input: z.object({}), output: engineInfo, event: z.never() },
  'images.import': {
    /** data: a folder with pictures and, if any, Pascal VOC labels. Creates the project when it does not exist. */
    input: inProject.extend({ data: z.string().min(1), name: z.string().optional() }),
    output: importResult,
    event: progress,
  },
  'images.practice': {
    /**
     * Generates the practice project (80 pictures of a parts tray) in the given folder. name: of the project; parts: what
     * its four classes are called (hex nut, washer, screw, clip), in the operator's language. English where absent.
     */
    input: inProject.extend({
      name: z.string().min(1).max(80).optional(),
      parts: z
        .array(z.string().min(1))
        .length(4)
        .refine((parts) => new Set(parts).size === parts.length, 'every part needs a name of its own')
        .optional(),
    }),
    output: importResult,
    event: progress,
  },
  'images.add': {
    /** Copies single pictures, given by absolute paths, into an existing project. */
    input: inProject.extend({ files: z.array(z.string().min(1)).min(1) }),
    output: importResult,
    event: progress,
  },
  'images.render': {
    /** An upright JPEG of a project's picture (images/<name>) that Chromium shows whatever the original's format is. */
    input: z.object({
      project: z.string().min(1),
      file: z.string().min(1),
      /** Pixels; a smaller picture keeps its size. Null: the whole picture. */
      longSide: z.number().int().positive().nullable(),
    }),
    /** Absolute path of the file, in the project's thumbnails/. */
    output: z.object({ path: z.string() }),
    event: z.never(),
  },
  'annotations.check': {
    input: inProject,
    output: z.object({ problems: z.array(problem), images: z.number().int(), boxes: z.number().int() }),
    event: progress,
  },
  'annotations.fix': {
    input: inProject,
    output: z.object({ fixed: z.number().int(), problems: z.array(problem) }),
    event: progress,
  },
  'dataset.split': {
    input: inProject,
    output: z.object({
      source: z.enum(['imageSets', 'seeded']),
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
      text: z.string(),
    }),
    event: progress,
  },
  'dataset.plan': {
    /**
     * tiling: whether pictures are cut into tiles; input: edge of what the detector sees, in pixels. Both are kept in
     * project.json; null lets the app decide. Absent: as it was.
     */
    input: inProject.extend({
      tiling: z.boolean().nullable().optional(),
      input: z
        .union([z.literal(300), z.literal(512)])
        .nullable()
        .optional(),
    }),
    output: detectorPlan,
    event: progress,
  },
  'lrFinder.run': {
    input: inProject.extend({
      sweep: z.enum(['exponential', 'linear']).default('exponential'),
      /** More rates and more repeats than a tenth of the training allows. */
      thorough: z.boolean().default(false),
    }),
    output: lrFinderResult,
    /** A point tells which sweep it belongs to, from 0. */
    event: z.discriminatedUnion('kind', [
      progress,
      curvePoint.extend({ kind: z.literal('point'), sweep: z.number().int() }),
    ]),
  },
  'batchSize.recommend': {
    input: inProject,
    output: batchSizeResult,
    event: z.discriminatedUnion('kind', [progress, batchRow.extend({ kind: z.literal('row') })]),
  },
  'training.plan': { input: inTraining, output: trainingPlan, event: progress },
  'training.run': {
    input: inTraining.extend({
      /** A run folder to go on with from its last checkpoint ('latest' for the newest). */
      resume: z.string().optional(),
    }),
    output: trainingResult,
    event: z.discriminatedUnion('kind', [progress, stepReport, epochReport, watchReport, previewReport]),
  },
  'training.readLog': {
    /** log: a file that train_ssd.py printed. */
    input: z.object({ log: z.string().min(1) }),
    /** Null is what the log does not tell. */
    output: z.object({
      learningRate: z.number().nullable(),
      batchSize: z.number().nullable(),
      plannedEpochs: z.number().nullable(),
      /** Runs in the log, of which this is the last. */
      runs: z.number().int().positive(),
      epochs: z.array(
        z.object({
          epoch: z.number().int(),
          learningRate: z.number().nullable(),
          /** Null also where it was no finite number. */
          train: losses.nullable(),
          validation: losses.nullable(),
        }),
      ),
      advice: advice.optional(),
    }),
    event: z.never(),
  },
  'training.runs': {
    /** use: makes a run the one that is used, and looks anew at what could better it. */
    input: inProject.extend({ use: z.string().optional() }),
    output: z.object({ runs: z.array(runRow) }),
    event: z.never(),
  },
  'evaluation.run': {
    input: inProject.extend({ run: z.string().default('latest'), split: setName.default('test') }),
    output: evaluationResult,
    event: progress,
  },
  'evaluation.detect': {
    /** run: 'latest', runs/<time>, or 'base' for the COCO base model (Try a model). */
    input: z.object({
      project: z.string().optional(),
      run: z.string().default('latest'),
      data: z.array(z.string().min(1)).min(1),
      threshold: fraction.optional(),
    }),
    output: z.object({ images: z.array(z.object({ file: z.string(), detections: z.array(detection) })) }),
    event: progress,
  },
  'evaluation.look': {
    /** One frame of a camera or a video. Refused with 'busy' while a job runs, but no job itself. run: as for detect. */
    input: z.object({
      project: z.string().optional(),
      run: z.string().default('latest'),
      /** A JPEG file. */
      frame: z.instanceof(Uint8Array).refine(({ length }) => length <= largestFrame, 'is too large'),
      threshold: fraction.optional(),
    }),
    /** Boxes are in pixels of the frame. */
    output: z.object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      detections: z.array(detection),
    }),
    event: z.never(),
  },
  'export.run': {
    input: inProject.extend({
      run: z.string().default('latest'),
      /** A zip for each; without devices and formats, for any computer and the browser. */
      devices: z.array(exportDevice).optional(),
      /** Formats beside those of the devices: they lie in the folder, but in no zip. */
      formats: z.array(exportFormat).optional(),
    }),
    output: exportResult,
    event: progress,
  },
  'export.voc': {
    /** out: an empty or new folder; absent: one of the project's exports. */
    input: inProject.extend({ out: z.string().min(1).optional() }),
    output: z.object({
      /** Absolute. */
      folder: z.string(),
      /** The same, relative to the project; null where it lies elsewhere. */
      inProject: z.string().nullable(),
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
      boxes: z.number().int(),
      /** What to type to train it with train_ssd.py. */
      command: z.string(),
    }),
    event: progress,
  },
} as const satisfies Contract;

export type Contract = Record<
  string,
  { readonly input: z.ZodType; readonly output: z.ZodType; readonly event: z.ZodType }
>;

export type Method = keyof typeof contract;
/** What a caller passes (defaults may be left out). */
export type InputOf<M extends Method> = z.input<(typeof contract)[M]['input']>;
/** What a handler receives (defaults filled in). */
export type ParsedInputOf<M extends Method> = z.output<(typeof contract)[M]['input']>;
export type OutputOf<M extends Method> = z.output<(typeof contract)[M]['output']>;
export type EventOf<M extends Method> = z.output<(typeof contract)[M]['event']>;

/** What a stage gets beside its input. `emit` never throws; `signal` is looked at each step. */
export interface JobContext<E> {
  readonly emit: (event: E) => void;
  readonly signal: AbortSignal;
}

/** The trainer's side of the contract: one function a method, the same for the app and the command line. */
export type Handlers = {
  readonly [M in Method]: (input: ParsedInputOf<M>, context: JobContext<EventOf<M>>) => Promise<OutputOf<M>>;
};

export type Losses = z.output<typeof losses>;
export type Problem = z.output<typeof problem>;
export type Tiling = z.output<typeof tiling>;
export type DetectorPlan = z.output<typeof detectorPlan>;
export type LrFinderResult = z.output<typeof lrFinderResult>;
export type LrDoubt = z.output<typeof lrDoubt>;
export type Suggestion = z.output<typeof suggestion>;
export type CurvePoint = z.output<typeof curvePoint>;
export type BatchRow = z.output<typeof batchRow>;
export type BatchPlan = z.output<typeof batchPlan>;
export type BatchSizeResult = z.output<typeof batchSizeResult>;
export type Schedule = z.output<typeof schedule>;
export type ScheduleKind = z.output<typeof scheduleKind>;
export type TrainingPlan = z.output<typeof trainingPlan>;
export type TrainingResult = z.output<typeof trainingResult>;
export type RunRow = z.output<typeof runRow>;
export type EpochReport = z.output<typeof epochReport>;
export type EvaluationResult = z.output<typeof evaluationResult>;
export type ClassResult = z.output<typeof classResult>;
export type Mistake = z.output<typeof mistake>;
export type ExportDevice = z.output<typeof exportDevice>;
export type ExportedFile = z.output<typeof exportedFile>;
export type EngineInfo = z.output<typeof engineInfo>;
export type PixelDetection = z.output<typeof detection>;
export type Complaint = z.output<typeof complaint>;
export type SetName = z.output<typeof setName>;
export type Progress = z.output<typeof progress>;
