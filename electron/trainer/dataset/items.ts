import path from 'node:path';
import { type Box, box, boxFromPixels, type PixelRect, type Size } from '../../../shared/boxes';
import { LinesideError } from '../../../shared/errors';
import type { AnnotationFile } from '../../../shared/project';
import { isUsable } from '../annotations/usable';
import { annotationName, openProject, readAnnotations, readSplit } from '../projectStore';

/** One picture of the data set as the trainer sees it. */
export interface DatasetItem {
  /** Relative to the project, forward slashes: images/<name>. Shown in messages; views of one picture share it. */
  readonly name: string;
  /** Absolute path of the picture. */
  readonly path: string;
  /** Of the upright picture, or of the region, in pixels. */
  readonly size: Size;
  /** The part of the picture that this is, in whole pixels; absent: all of it. Boxes are fractions of it. */
  readonly region?: PixelRect;
  readonly boxes: readonly Box[];
  /** Class index of each box, 0-based, background not counted. */
  readonly labels: readonly number[];
  /** Parallel to boxes: ignored in evaluation, not trained on. */
  readonly difficult: readonly boolean[];
}

/** The labelled pictures of a project by set. */
export interface DatasetItems {
  /** Names by class index; background is not among them. */
  readonly classes: readonly string[];
  readonly train: readonly DatasetItem[];
  readonly validation: readonly DatasetItem[];
  readonly test: readonly DatasetItem[];
  /** Labelled pictures that split.json does not know yet: run 'dataset.split' again. */
  readonly unassigned: readonly string[];
}

/**
 * Loads what the project has to learn from. Pictures that nobody has looked at and that have no boxes are left out;
 * boxes are cut to the picture and those without an area dropped ('annotations.check' names them).
 * @param dir project folder
 * @throws LinesideError 'wrongUse' where the project has not been split yet, 'badInput' naming a label file that is
 *   broken or has an unknown class
 */
export async function loadItems(dir: string): Promise<DatasetItems> {
  const { classes } = await openProject(dir);
  const split = await readSplit(dir);
  if (split === undefined) {
    throw new LinesideError('wrongUse', `${dir} has not been split into training and test pictures: run split first`);
  }
  const items = new Map<string, DatasetItem>();
  for (const annotation of await readAnnotations(dir)) {
    if (isUsable(annotation)) items.set(annotation.image, toItem(dir, annotation, classes));
  }
  const take = (names: readonly string[]): DatasetItem[] =>
    names.flatMap((name) => {
      const item = items.get(name);
      items.delete(name);
      return item === undefined ? [] : [item];
    });
  const sets = { train: take(split.train), validation: take(split.validation), test: take(split.test) };
  return { classes, ...sets, unassigned: [...items.keys()] };
}

function toItem(dir: string, annotation: AnnotationFile, classes: readonly string[]): DatasetItem {
  const boxes: Box[] = [];
  const labels: number[] = [];
  const difficult: boolean[] = [];
  for (const labelled of annotation.boxes) {
    const classIndex = classes.indexOf(labelled.label);
    if (classIndex < 0) {
      throw new LinesideError(
        'badInput',
        `${annotationName(annotation.image)} has the class "${labelled.label}", which is not in project.json: add it there or correct the label`,
      );
    }
    const [y1, x1, y2, x2] = boxFromPixels(labelled, annotation).map((value) => Math.min(1, Math.max(0, value)));
    if (y1 === undefined || x1 === undefined || y2 === undefined || x2 === undefined) continue;
    if (!(y2 > y1 && x2 > x1)) continue;
    boxes.push(box(y1, x1, y2, x2));
    labels.push(classIndex);
    difficult.push(labelled.difficult);
  }
  const size = { width: annotation.width, height: annotation.height };
  return { name: annotation.image, path: path.join(dir, annotation.image), size, boxes, labels, difficult };
}
