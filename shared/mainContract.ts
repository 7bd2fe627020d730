import { z } from 'zod';
import { advice } from './advice';
import {
  batchSizeResult,
  detectorPlan,
  epochReport,
  evaluationResult,
  exportResult,
  lrFinderResult,
  previewReport,
  runRow,
  stepReport,
  stoppedBy,
  watchReport,
} from './contract';
import { annotationFile, baseLabels, splitFile, undoSteps } from './project';
import { stages } from './stages';

/**
 * What the page asks of the main process: dialogs, project files and the few things of the desktop that the trainer has
 * no part in. Same rules as shared/contract.ts, without events: the input is parsed in main, the output in the page.
 * `dir` is always the absolute folder of a project that main has opened or created in this session; anything else is
 * refused with 'badInput'. `file` is a picture of it, relative with forward slashes: images/<name>.
 */

const inProject = z.object({ dir: z.string().min(1) });
const pictureFile = z.string().regex(/^images\/(?!\.\.?$)[^/\\]+$/, 'is no picture of the project');
const nothing = z.object({});
/** In bytes: more than any camera's picture as PNG. */
const largestCapture = 200 * 1024 * 1024;

export const recentProject = z.object({
  dir: z.string(),
  name: z.string(),
  /** ISO 8601. */
  opened: z.string(),
  /** False when the folder is gone or is no project any more. */
  found: z.boolean(),
  pictures: z.number().int(),
  /** Up to four pictures for the contact sheet: URLs that an <img> can show. */
  thumbnails: z.array(z.string()),
  /** Share found by the run that is used on its test pictures (shared/score.ts), if evaluated. */
  score: z.number().nullable(),
  /** Folder of a training that was broken off and can go on: runs/<time>. */
  interrupted: z.string().nullable(),
});

/** A file or folder that the operator picked in a dialog or dropped on the window. The trainer accepts its path. */
export const pickedItem = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.enum(['folder', 'picture']),
  /** For a picture: an URL that an <img> can show until the app ends. */
  url: z.string().nullable(),
});

export const picture = z.object({
  file: pictureFile,
  /** The whole picture, upright, in a form that Chromium shows (TIFF and such are converted). */
  url: z.string(),
  /** At most 320 pixels on the long side. */
  thumbnail: z.string(),
  /** Pixels of the upright picture; null as long as nobody has measured it. */
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  boxes: z.number().int(),
  /** Class names on it, each once, sorted. */
  labels: z.array(z.string()),
  reviewed: z.boolean(),
});

export const stageStatus = z.enum(['empty', 'done', 'outOfDate']);

/** What the rail shows. A stage is out of date when labels changed after its result was made. */
export const projectState = z.object({
  dir: z.string(),
  name: z.string(),
  /** In the order of their class index. */
  classes: z.array(z.string()),
  /** Classes that the base model suggests boxes for, with its own names of them. */
  baseLabels,
  pictures: z.number().int(),
  reviewed: z.number().int(),
  boxes: z.number().int(),
  boxesPerClass: z.record(z.string(), z.number().int()),
  stages: z.record(z.enum(stages), stageStatus),
  /** Folder of the newest run when it was broken off and can go on: runs/<time>. */
  interrupted: z.string().nullable(),
  /** Whether it was broken off because the memory did not suffice: going on takes less. */
  shortOfMemory: z.boolean(),
  /** Whether there is a detector to test and take away: a run was judged at least once, or has ended. */
  usable: z.boolean(),
  /** Whether the training whose detector is used gave up, as its loss went astray. */
  ranAway: z.boolean(),
});

export const runSummary = z.object({
  /** runs/<time> */
  run: z.string(),
  epochs: z.array(epochReport),
  steps: z.array(stepReport),
  /** What it drew on the same few pictures: as it was kept, or last while it has not ended; null where it was never judged. */
  preview: previewReport.nullable(),
  /** What the training watch did. */
  watch: z.array(watchReport),
  /** Null while it was never brought to an end. */
  stoppedBy: stoppedBy.nullable(),
  /** From its curves alone. */
  advice: advice.nullable(),
});

/** The last result of each stage as it lies in the project folder, null where there is none. */
export const projectResults = z.object({
  split: splitFile.nullable(),
  plan: detectorPlan.nullable(),
  lrFinder: lrFinderResult.nullable(),
  batchSize: batchSizeResult.nullable(),
  training: runSummary.nullable(),
  /** Newest first. */
  runs: z.array(runRow),
  evaluation: evaluationResult.nullable(),
  export: exportResult.nullable(),
});

/** Sentences that main itself has to say, in the operator's language. */
export const desktopTexts = z.object({
  closeTitle: z.string(),
  closeMessage: z.string(),
  keepWorking: z.string(),
  stopAndClose: z.string(),
  pickFolder: z.string(),
  pickPictures: z.string(),
  pictures: z.string(),
});

const opened = z.object({ dir: z.string(), name: z.string() });

export const mainContract = {
  'app.describe': {
    input: nothing,
    output: z.object({ version: z.string(), platform: z.string(), locale: z.string(), packaged: z.boolean() }),
  },
  /** The page calls it at the start and whenever the language or the look changes. */
  'app.configure': {
    input: z.object({ texts: desktopTexts.optional(), theme: z.enum(['system', 'light', 'dark']).optional() }),
    output: nothing,
  },
  /** Shown only while the window is not in front. */
  'app.notify': { input: z.object({ title: z.string().min(1), body: z.string() }), output: nothing },
  'project.recent': { input: nothing, output: z.array(recentProject) },
  /** The project that was open when the app ended; null where the operator had left it, or its folder is gone. */
  'project.left': { input: nothing, output: z.object({ dir: z.string().nullable() }) },
  /** Takes it off the list; the folder stays. */
  'project.forget': { input: z.object({ dir: z.string().min(1) }), output: nothing },
  /** A project without pictures in a new folder of that name under `parent` (a picked folder; absent: Documents/Lineside). */
  'project.create': {
    input: z.object({
      name: z.string().min(1).max(80),
      parent: z.string().optional(),
      classes: z.array(z.string().min(1)).default([]),
      baseLabels: baseLabels.exactOptional(),
    }),
    output: opened,
  },
  /** A fresh folder under Documents/Lineside, opened, for 'images.practice' of the trainer to fill. */
  'project.createPractice': { input: z.object({ name: z.string().min(1).max(80) }), output: opened },
  /** A folder from the recent ones, from a dialog or dropped. */
  'project.open': { input: z.object({ dir: z.string().min(1) }), output: opened },
  'project.close': { input: nothing, output: nothing },
  'project.state': { input: inProject, output: projectState },
  'project.results': { input: inProject, output: projectResults },
  /** Renames the project or sets its classes (in the order of their index). */
  'project.update': {
    input: inProject.extend({
      name: z.string().min(1).max(80).optional(),
      classes: z.array(z.string().min(1)).optional(),
    }),
    output: nothing,
  },
  /**
   * Stops the running job in good order, as cancelling it does; ends the trainer's process (which starts again by itself)
   * when it has not stopped within the given time. Resolves when no job runs any more.
   */
  'trainer.ensureStopped': {
    input: z.object({ withinSeconds: z.number().positive().default(20) }),
    output: z.object({ killed: z.boolean() }),
  },
  'dialog.pickFolder': { input: z.object({ title: z.string().optional() }), output: pickedItem.nullable() },
  'dialog.pickPictures': { input: z.object({ title: z.string().optional() }), output: z.array(pickedItem) },
  'dialog.pickFile': { input: z.object({ title: z.string().optional() }), output: pickedItem.nullable() },
  /** Shows a path inside the open project (or the project itself: '') in the file manager. */
  'desktop.reveal': { input: inProject.extend({ path: z.string() }), output: nothing },
  /** Opens the report of a run in the system's browser. */
  'desktop.openReport': { input: inProject.extend({ path: z.string() }), output: nothing },
  /** All pictures of the project in the order of their names. */
  'images.list': { input: inProject, output: z.array(picture) },
  /**
   * Puts a picture that the page has taken (from a camera or a video) into the project, whole or not at all, and gives it a
   * name after `recording` with a running number.
   */
  'images.capture': {
    input: inProject.extend({
      /** A JPEG or PNG file. */
      bytes: z
        .instanceof(Uint8Array)
        .refine(({ length }) => length > 0 && length <= largestCapture, 'has a wrong size'),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      recording: z.string().min(1).max(80),
      /** Whether all pictures of the recording are to stay in one set, because they follow one another. */
      together: z.boolean(),
    }),
    output: picture,
  },
  /** Moves pictures and their labels to the project's trash. */
  'images.remove': { input: inProject.extend({ files: z.array(pictureFile).min(1) }), output: nothing },
  /** Null when the picture has no label file yet. */
  'annotations.read': { input: inProject.extend({ file: pictureFile }), output: annotationFile.nullable() },
  /** None where the labels were changed by something other than Annotate. */
  'annotations.readUndo': { input: inProject.extend({ file: pictureFile }), output: undoSteps },
  /** Written atomically before it answers, with the steps around it if any. Labels that project.json does not know yet are appended to its classes. */
  'annotations.write': {
    input: inProject.extend({
      annotation: annotationFile.extend({ image: pictureFile }),
      undo: undoSteps.exactOptional(),
    }),
    output: nothing,
  },
} as const satisfies MainContract;

export type MainContract = Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>;

export type MainMethod = keyof typeof mainContract;
/** What the page passes (defaults may be left out). */
export type MainInputOf<M extends MainMethod> = z.input<(typeof mainContract)[M]['input']>;
export type ParsedMainInputOf<M extends MainMethod> = z.output<(typeof mainContract)[M]['input']>;
export type MainOutputOf<M extends MainMethod> = z.output<(typeof mainContract)[M]['output']>;

export type RecentProject = z.output<typeof recentProject>;
export type PickedItem = z.output<typeof pickedItem>;
export type Picture = z.output<typeof picture>;
export type StageStatus = z.output<typeof stageStatus>;
export type ProjectState = z.output<typeof projectState>;
export type ProjectResults = z.output<typeof projectResults>;
export type RunSummary = z.output<typeof runSummary>;
export type DesktopTexts = z.output<typeof desktopTexts>;
