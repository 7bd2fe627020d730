import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers, Problem } from '../../../shared/contract';
import type { AnnotationFile } from '../../../shared/project';
import { decodePicture } from '../images/decode';
import { exists, moveToTrash, onDisk, openProject, withClasses, writeAnnotation, writeProject } from '../projectStore';
import { findProblems, type Label } from './check';
import { cutToPicture, similarNames } from './problems';

/**
 * Mends what 'annotations.check' calls fixable. The label file as it was goes into trash/.
 * @returns how many problems were mended, and those that are left
 */
export const fixProject: Handlers['annotations.fix'] = async (input, context) => {
  const { project } = input;
  const { problems, labels } = await findProblems(project, context);
  const fixable = problems.filter((problem) => problem.fixable);
  const renamed = await fixClasses(project, fixable, labels);
  for (const label of labels) {
    const own = fixable.filter(({ file }) => file === label.file);
    if (own.some(({ code }) => code === 'pictureMissing')) {
      await moveToTrash(project, label.file);
      continue;
    }
    const mended = mend(label.annotation, own, renamed);
    if (JSON.stringify(mended) === JSON.stringify(label.annotation)) continue;
    await keepCopy(project, label.file);
    await writeAnnotation(project, mended);
  }
  for (const { code, file } of fixable) if (code === 'noLabelFile') await takeIn(project, file);
  const left = await findProblems(project, context);
  return { fixed: fixable.length, problems: left.problems };
};

/** Adds classes that the labels name, merges those that differ in capitals or spaces. @returns new name by old name */
async function fixClasses(
  project: string,
  fixable: readonly Problem[],
  labels: readonly Label[],
): Promise<ReadonlyMap<string, string>> {
  const codes = new Set(fixable.map(({ code }) => code));
  if (!codes.has('unknownClass') && !codes.has('similarClasses')) return new Map();
  const file = await openProject(project);
  const named = labels.flatMap(({ annotation }) => annotation.boxes.map(({ label }) => label)).sort();
  const all = [...new Set([...file.classes, ...named])];
  const renamed = new Map(similarNames(all).map(([kept, twin]) => [twin, kept]));
  const classes = all.filter((label) => !renamed.has(label));
  await writeProject(project, withClasses(file, classes, renamed));
  return renamed;
}

function mend(
  annotation: AnnotationFile,
  problems: readonly Problem[],
  renamed: ReadonlyMap<string, string>,
): AnnotationFile {
  const dropped = new Set(
    problems
      .filter(({ code }) => code === 'flatBox' || code === 'boxOutside' || code === 'duplicateBox')
      .map(({ boxIndex }) => boxIndex),
  );
  const boxes = annotation.boxes
    .filter((_, index) => !dropped.has(index))
    .map((box) => ({ ...box, label: renamed.get(box.label) ?? box.label, ...cutToPicture(box, annotation) }));
  return { ...annotation, boxes };
}

async function keepCopy(project: string, file: string): Promise<void> {
  const flat = file.replaceAll('/', '__');
  await onDisk(path.join(project, 'trash'), async () => {
    await mkdir(path.join(project, 'trash'), { recursive: true });
    let target = path.join(project, 'trash', flat);
    for (let attempt = 2; await exists(target); attempt++) target = path.join(project, 'trash', `${attempt}__${flat}`);
    await copyFile(path.join(project, file), target);
  });
}

async function takeIn(project: string, image: string): Promise<void> {
  const { width, height } = await decodePicture(path.join(project, image));
  await writeAnnotation(project, { version: 1, image, width, height, boxes: [], reviewed: false });
}
