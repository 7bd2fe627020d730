import type { Handlers, JobContext, Problem, Progress } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { type AnnotationFile, annotationFile } from '../../../shared/project';
import type { Said } from '../../../shared/said';
import { groupNearDuplicates } from '../images/nearDuplicates';
import { inspectPictures, type PictureState } from '../images/inspect';
import { listAnnotations, listImages, openProject, readJson } from '../projectStore';
import { boxProblems, projectProblems } from './problems';

/** A label file and the picture it is for. */
export interface Label {
  readonly file: string;
  readonly annotation: AnnotationFile;
}

export interface Findings {
  readonly problems: Problem[];
  readonly labels: readonly Label[];
}

/** Looks for everything that would spoil a training, and says what to do about it. */
export const checkProject: Handlers['annotations.check'] = async ({ project }, context) => {
  const { problems, labels } = await findProblems(project, context);
  return {
    problems,
    images: labels.length,
    boxes: labels.reduce((sum, { annotation }) => sum + annotation.boxes.length, 0),
  };
};

/** Problems, those that must be mended first, and the label files that could be read. */
export async function findProblems(project: string, context: JobContext<Progress>): Promise<Findings> {
  const { classes } = await openProject(project);
  const { labels, problems } = await readLabels(project);
  const images = await listImages(project);
  const labelled = new Set(labels.map(({ annotation }) => annotation.image));
  const all = [...new Set([...images, ...labelled])].sort();
  const states = await inspectPictures(project, all, {
    progress: (done, total) =>
      context.emit({ kind: 'progress', done, total, text: `Checking picture ${done} of ${total}` }),
    signal: context.signal,
  });
  const stateOf = new Map(all.map((image, index) => [image, states[index] as PictureState]));
  for (const label of labels) {
    problems.push(...pictureProblems(label, stateOf.get(label.annotation.image)));
    problems.push(...boxProblems(label.annotation, classes, label.file));
  }
  const broken = new Set(problems.filter(({ code }) => code === 'labelFileBroken').map(({ file }) => file));
  for (const image of images) {
    const hasFile = labelled.has(image) || broken.has(`annotations/${image.slice('images/'.length)}.json`);
    if (!hasFile) problems.push(unlabelled(image, stateOf.get(image)));
  }
  problems.push(...repeated(all, states));
  problems.push(
    ...projectProblems(
      labels.map(({ annotation }) => annotation),
      classes,
    ),
  );
  const rank = { mustFix: 0, mayFix: 1, note: 2 } as const;
  return { problems: problems.sort((first, second) => rank[first.severity] - rank[second.severity]), labels };
}

/** Label files may have been edited by hand: each broken one is named, the others are still checked. */
async function readLabels(project: string): Promise<{ labels: Label[]; problems: Problem[] }> {
  const labels: Label[] = [];
  const problems: Problem[] = [];
  for (const file of await listAnnotations(project)) {
    try {
      const annotation = await readJson(project, file, annotationFile);
      if (annotation !== undefined) labels.push({ file, annotation });
    } catch (error) {
      if (!(error instanceof LinesideError) || error.code !== 'badInput') throw error;
      const message = error.message.replace(`${project}/`, '');
      const remedy = 'Restore it from a copy, or delete it and label the picture again.';
      const said: Said = { code: 'labelFileBroken', values: { file } };
      problems.push({ code: 'labelFileBroken', severity: 'mustFix', file, message, remedy, said, fixable: false });
    }
  }
  return { labels, problems };
}

function pictureProblems({ file, annotation }: Label, state: PictureState | undefined): Problem[] {
  const { image, width, height, reviewed, boxes } = annotation;
  if (state === undefined || state.kind === 'missing') {
    const message = `${file} labels ${image}, which is not there`;
    const remedy = 'Put the picture back, or delete the label file.';
    const said: Said = { code: 'pictureMissing', values: { file: image } };
    return [{ code: 'pictureMissing', severity: 'mustFix', file, message, remedy, said, fixable: true }];
  }
  if (state.kind === 'unreadable') {
    const remedy = 'Replace the picture with a whole copy, or delete it.';
    const message = state.reason;
    const said: Said = { code: 'pictureUnreadable', values: { file: image } };
    return [{ code: 'pictureUnreadable', severity: 'mustFix', file: image, message, remedy, said, fixable: false }];
  }
  if (state.size.width !== width || state.size.height !== height) {
    const message = `${image} is ${state.size.width}×${state.size.height}, but was ${width}×${height} when it was labelled`;
    const remedy = 'Put the first picture back, or label this one again.';
    const now = `${state.size.width} × ${state.size.height}`;
    const said: Said = { code: 'sizeChanged', values: { file: image, now, before: `${width} × ${height}` } };
    return [{ code: 'sizeChanged', severity: 'mustFix', file: image, message, remedy, said, fixable: false }];
  }
  if (reviewed) return [];
  const message = boxes.length === 0 ? `${image} has not been labelled yet` : `${image} has not been looked through`;
  const remedy = 'Label every part in it, or say that there is none. Without boxes it is left out of the training.';
  const said: Said = { code: 'notReviewed', values: { file: image } };
  return [{ code: 'notReviewed', severity: 'note', file: image, message, remedy, said, fixable: false }];
}

function unlabelled(image: string, state: PictureState | undefined): Problem {
  const readable = state?.kind === 'readable';
  return {
    code: 'noLabelFile',
    severity: 'mayFix',
    file: image,
    message: state?.kind === 'unreadable' ? state.reason : `${image} was put there by hand and has no label file`,
    remedy: readable ? 'Take it into the project and label it.' : 'Delete it.',
    said: { code: readable ? 'noLabelFile' : 'pictureUnreadable', values: { file: image } } satisfies Said,
    fixable: readable,
  };
}

function repeated(images: readonly string[], states: readonly PictureState[]): Problem[] {
  const groups = groupNearDuplicates(states.map((state) => (state.kind === 'readable' ? state.print : undefined)));
  return groups.flatMap((first, index) => {
    if (first === index) return [];
    const [file, other] = [images[index] as string, images[first] as string];
    const message = `${file} is nearly the same picture as ${other}`;
    const remedy = 'Nothing needs to be done: they are kept in the same set. Delete one if they are copies.';
    const said: Said = { code: 'duplicate', values: { file, other } };
    return [{ code: 'duplicate', severity: 'note' as const, file, message, remedy, said, fixable: false }];
  });
}
