import { annotationFile, type AnnotationFile } from '../../shared/project';
import { z } from 'zod';
import type { Size } from '../../shared/boxes';
import { main } from '../client';
import { overlap } from '../steps/annotate/geometry';
import { runJob } from './jobs';
import { useLabels } from './labels';
import { attempt, refreshState } from './refresh';
import { useStore } from './store';

/**
 * Reading and writing of the labels in Annotate. Each change is written at once through main; undo steps are kept in the
 * page's own storage, beside what was on disk at the time, so that they survive a restart.
 */

const savedHistory = z.object({
  present: annotationFile,
  past: z.array(annotationFile),
  future: z.array(annotationFile),
});

/** Undo steps kept for each picture, and pictures kept in all: storage of a page is a few megabytes. */
const keptSteps = 20;
const keptPictures = 40;
const historyPrefix = 'lineside.undo.';

interface Opened {
  readonly dir: string;
  readonly file: string;
}

let opened: Opened | null = null;
let loading = false;
const waiting = new Map<string, AnnotationFile>();
let writing: Promise<void> | null = null;

/** Opens a picture's labels; `size` is used where it has no label file yet. */
export async function openLabels(dir: string, file: string, size: Size): Promise<void> {
  await settled();
  const annotation =
    (await attempt(() => main('annotations.read', { dir, file }))) ??
    ({ version: 1, image: file, width: size.width, height: size.height, boxes: [], reviewed: false } as const);
  opened = { dir, file };
  loading = true;
  const { past, future } = readHistory(opened, annotation);
  const history = useLabels.temporal.getState();
  history.pause();
  useLabels.setState({ annotation, selected: null, suggestions: [] });
  useLabels.temporal.setState({
    pastStates: past.map((step) => ({ annotation: step })),
    futureStates: future.map((step) => ({ annotation: step })),
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
  waiting.set(`${dir}\n${file}`, annotation);
  // zundo pushes the undone step after the state is set, so its history is read once that is done.
  queueMicrotask(() => writeHistory({ dir, file }, annotation));
  writing ??= writeAll().finally(() => {
    writing = null;
  });
}

async function writeAll(): Promise<void> {
  for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
    const [key, annotation] = next.value;
    waiting.delete(key);
    await attempt(() => main('annotations.write', { dir: key.slice(0, key.indexOf('\n')), annotation }));
  }
  await refreshState();
}

function summary({ boxes, reviewed }: AnnotationFile): { boxes: number; labels: string[]; reviewed: boolean } {
  return { boxes: boxes.length, labels: [...new Set(boxes.map(({ label }) => label))].sort(), reviewed };
}

function historyKey({ dir, file }: Opened): string {
  return `${historyPrefix}${dir}\n${file}`;
}

function readHistory(where: Opened, present: AnnotationFile): { past: AnnotationFile[]; future: AnnotationFile[] } {
  const none = { past: [], future: [] };
  const text = localStorage.getItem(historyKey(where));
  if (text === null) return none;
  const saved = savedHistory.safeParse(JSON.parse(text));
  // Labels that changed outside of this window make the old steps meaningless.
  return saved.success && sameLabels(saved.data.present, present) ? saved.data : none;
}

function sameLabels(a: AnnotationFile, b: AnnotationFile): boolean {
  return JSON.stringify([a.boxes, a.reviewed]) === JSON.stringify([b.boxes, b.reviewed]);
}

function writeHistory(where: Opened, present: AnnotationFile): void {
  const { pastStates, futureStates } = useLabels.temporal.getState();
  const steps = (states: typeof pastStates): AnnotationFile[] =>
    states.flatMap(({ annotation }) => (annotation ? [annotation] : [])).slice(-keptSteps);
  const key = historyKey(where);
  const others = Object.keys(localStorage).filter((name) => name.startsWith(historyPrefix) && name !== key);
  for (const oldest of others.slice(0, Math.max(0, others.length - keptPictures))) localStorage.removeItem(oldest);
  localStorage.setItem(key, JSON.stringify({ present, past: steps(pastStates), future: steps(futureStates) }));
}

/** Has the trained detector draw what it sees on the open picture; what is already drawn is left out. */
export async function suggestBoxes(): Promise<void> {
  if (!opened) return;
  const { dir, file } = opened;
  const threshold = useStore.getState().results?.evaluation?.threshold;
  const found = await runJob('suggest', 'evaluation.detect', {
    project: dir,
    data: [`${dir}/${file}`],
    ...(threshold === undefined ? {} : { threshold }),
  });
  if (opened.file !== file) return;
  const drawn = useLabels.getState().annotation?.boxes ?? [];
  const news = found?.images[0]?.detections.filter(({ box }) => drawn.every((one) => overlap(one, box) < 0.5));
  useLabels.setState({ suggestions: news ?? [] });
}
