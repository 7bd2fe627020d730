import { z } from 'zod';
import { setName } from './contract';

/**
 * What lies in a project folder (DESIGN: a plain folder that can be copied to another machine):
 *
 *   project.json                 this file: version, name, classes
 *   images/<name>                the pictures, copied in at import; sub-folders flattened with "__"
 *   annotations/<name>.json      one small file a picture, written atomically
 *   undo/<name>.json             the steps back and forth in the labels of a picture, for Annotate
 *   split.json                   which picture is in which set
 *   plan.json                    the detector plan ('dataset.plan')
 *   lrFinder.json, batchSize.json  the last results of these stages
 *   runs/<time>/                 config.json, metrics.jsonl, last.safetensors, best.safetensors, evaluation.json, report.html
 *   exports/<time>/              what 'export.run' made
 *   trash/                       whatever was deleted or replaced
 */
export const projectVersion = 1;

/** The base model's name of a class (as in COCO) by the project's own: { "Mensch": "person" }. */
export const baseLabels = z.record(z.string().min(1), z.string().min(1));

export const projectFile = z.object({
  version: z.literal(projectVersion),
  name: z.string().min(1),
  /** ISO 8601. */
  created: z.string(),
  /** In the order of their class index; background is not among them. */
  classes: z.array(z.string().min(1)),
  /** Classes that the base model suggests boxes for until a detector is trained; absent: none. */
  baseLabels: baseLabels.optional(),
  /** Whether pictures are cut into tiles; absent: as the parts' sizes ask for. */
  tiling: z.boolean().optional(),
  /** Edge of the detector's input in pixels; absent: as the parts' sizes ask for. */
  input: z.number().int().positive().optional(),
});

export const annotationFile = z.object({
  version: z.literal(1),
  /** Path of the picture relative to the project, with forward slashes: images/<name>. */
  image: z.string().min(1),
  /** Size of the upright picture (EXIF orientation applied) in pixels. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  boxes: z.array(
    z.object({
      label: z.string().min(1),
      /** Pixels of the upright picture. */
      x: z.number(),
      y: z.number(),
      width: z.number(),
      height: z.number(),
      /** VOC's "difficult": neither a miss nor a false alarm in evaluation, not trained on. */
      difficult: z.boolean().default(false),
    }),
  ),
  /** Looked at by a person (or imported with labels): a picture without boxes then counts as background. */
  reviewed: z.boolean(),
  /** The set named by the source's ImageSets, if any. */
  set: setName.optional(),
  /** Name of the video or series that the picture was taken from: its pictures follow one another and stay in one set. */
  recording: z.string().min(1).optional(),
});

export const undoFile = z.object({
  version: z.literal(1),
  /** The labels of one picture as they were, oldest first; undone ones come last. */
  steps: z.array(annotationFile),
  /** Which of them was shown. */
  at: z.number().int().nonnegative(),
});

/** Steps back, nearest last, and steps forth, nearest first. */
export const undoSteps = z.object({ past: z.array(annotationFile), future: z.array(annotationFile) });

export const splitFile = z.object({
  version: z.literal(1),
  source: z.enum(['imageSets', 'seeded']),
  seed: z.number().int(),
  /** Picture paths relative to the project: images/<name>. */
  train: z.array(z.string()),
  validation: z.array(z.string()),
  test: z.array(z.string()),
});

export type ProjectFile = z.output<typeof projectFile>;
export type AnnotationFile = z.output<typeof annotationFile>;
export type UndoSteps = z.output<typeof undoSteps>;
export type SplitFile = z.output<typeof splitFile>;
