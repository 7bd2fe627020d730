import type { AnnotationFile, UndoSteps } from '../../shared/project';
import type { Size } from '../../shared/boxes';
import { main } from '../client';
import { overlap } from '../steps/annotate/geometry';
import { runJob } from './jobs';
import { useLabels } from './labels';
import { attempt, refreshState } from './refresh';
import { useStore } from './store';
import { inOwnNames, suggesterOf } from './suggester';

/**
 * Reading and writing of the labels in Annotate. Each change is written at once through main, and the steps back and forth
 * with it, so that both survive whatever ends the app.
 */

interface Opened {
  readonly dir: string;
  readonly file: string;
}

let opened: Opened | null = null;
let loading = false;
/** Counts the pictures asked for: only the last one is shown. */
let asked = 0;
let waiting: { readonly dir: string; readonly annotation: AnnotationFile } | null = null;
let writing: Promise<void> | null = null;

/** Opens a picture's labels; `size` is used where it has no label file yet. */
export async function openLabels(dir: string, file: string, size: Size): Promise<void> {
  const turn = ++asked;
  await settled();
  const [annotation, undo] = await Promise.all([
    attempt(() => main('annotations.read', { dir, file })),
    attempt(() => main('annotations.readUndo', { dir, file })),
  ]);
  await settled();
  if (turn !== asked) return;
  show({ dir, file }, annotation ?? { version: 1, image: file, ...size, boxes: [], reviewed: false }, undo);
}

function show(where: Opened, annotation: AnnotationFile, undo: UndoSteps | null): void {
  const { past, future } = undo ?? { past: [], future: [] };
  opened = where;
  loading = true;
  const history = useLabels.temporal.getState();
  history.pause();
  useLabels.setState({ annotation, selected: null, suggestions: [] });
  useLabels.temporal.setState({
    pastStates: past.map((step) => ({ annotation: step })),
    futureStates: future.map((step) => ({ annotation: step })).reverse(),
  });
  history.resume();
  loading = false;
}

/** Resolves when everything drawn so far is on disk. */
export async function settled(): Promise<void> {
  while (writing) await writing;
}

useLabels.subscribe(({ annotation }, before) => {
  if (loading || !opened || !annotation || annotation === before.annotation || annotation.image !== opened.file) return;
  save(opened, annotation);
});

function save({ dir, file }: Opened, annotation: AnnotationFile): void {
  useStore.setState(({ pictures }) => ({
    pictures: pictures.map((picture) => (picture.file === file ? { ...picture, ...summary(annotation) } : picture)),
  }));
  waiting = { dir, annotation };
  writing ??= writeAll().finally(() => {
    writing = null;
  });
}

async function writeAll(): Promise<void> {
  // zundo pushes the step after the state is set: its steps are whole once that is done.
  await Promise.resolve();
  while (waiting) {
    const next = { ...waiting, undo: undoSteps() };
    waiting = null;
    await attempt(() => main('annotations.write', next));
    // Inside the loop: what is drawn while the state is read must be written too, without waiting for the next box.
    if (!waiting) await refreshState();
  }
}

function summary({ boxes, reviewed }: AnnotationFile): { boxes: number; labels: string[]; reviewed: boolean } {
  return { boxes: boxes.length, labels: [...new Set(boxes.map(({ label }) => label))].sort(), reviewed };
}

/** The steps that the open picture has now. */
function undoSteps(): UndoSteps {
  const { pastStates, futureStates } = useLabels.temporal.getState();
  const steps = (states: typeof pastStates): AnnotationFile[] =>
    states.flatMap(({ annotation }) => (annotation ? [annotation] : []));
  return { past: steps(pastStates), future: steps(futureStates).reverse() };
}

/**
 * Has the trained detector draw what it sees on the open picture, or the base model before there is one; what is already
 * drawn is left out.
 */
export async function suggestBoxes(): Promise<void> {
  const { project, results } = useStore.getState();
  if (!opened || !project) return;
  const suggester = suggesterOf(project);
  if (suggester === null) return;
  const { dir, file } = opened;
  const threshold = results?.evaluation?.threshold;
  const found = await runJob('suggest', 'evaluation.detect', {
    ...(suggester === 'own' ? { project: dir, ...(threshold !== undefined && { threshold }) } : { run: 'base' }),
    data: [`${dir}/${file}`],
  });
  if (opened.file !== file) return;
  const seen = found?.images[0]?.detections ?? [];
  const drawn = useLabels.getState().annotation?.boxes ?? [];
  const suggestions = suggester === 'own' ? seen : inOwnNames(seen, project.baseLabels);
  useLabels.setState({
    suggestions: suggestions.filter(({ box }) => drawn.every((one) => overlap(one, box) < 0.5)),
  });
}
