import type { MainReply } from '../../shared/bridge';
import type { MainMethod } from '../../shared/mainContract';
import * as data from './fakeData';

interface Scene {
  /** 'full': a project that has gone all the way; 'new': an empty one; 'none': the first start. */
  readonly project: 'full' | 'new' | 'none';
}

const params = new URLSearchParams(window.location.search);
const scene: Scene = {
  project: params.get('project') === 'new' ? 'new' : params.get('project') === 'none' ? 'none' : 'full',
};

const emptyStages = Object.fromEntries(Object.keys(data.project.stages).map((stage) => [stage, 'empty']));
const newProject = {
  ...data.project,
  name: 'Brackets',
  classes: [],
  pictures: 0,
  reviewed: 0,
  boxes: 0,
  boxesPerClass: {},
  stages: emptyStages,
};
const noResults = Object.fromEntries(Object.keys(data.results).map((stage) => [stage, null]));
const written = new Map<string, unknown>();

const answers: Readonly<Partial<Record<MainMethod, (input: Record<string, unknown>) => unknown>>> = {
  'app.describe': () => ({
    version: '0.1.0',
    platform: 'linux',
    locale: params.get('language') ?? 'en',
    packaged: false,
  }),
  'project.left': () => ({ dir: null }),
  'project.recent': () => (scene.project === 'none' ? [] : data.recent),
  'project.create': () => ({ dir: data.dir, name: 'Brackets' }),
  'project.createPractice': () => ({ dir: data.dir, name: 'Parts tray' }),
  'project.open': () => ({ dir: data.dir, name: 'Blood cells' }),
  'project.state': () => (scene.project === 'full' ? data.project : newProject),
  'project.results': () => (scene.project === 'full' ? data.results : noResults),
  'images.list': () => (scene.project === 'full' ? data.pictures : []),
  'annotations.read': ({ file }) => written.get(String(file)) ?? annotationOf(String(file)),
  'annotations.readUndo': () => ({ past: [], future: [] }),
  'annotations.write': ({ annotation }) => {
    written.set((annotation as { image: string }).image, annotation);
    return {};
  },
  'trainer.ensureStopped': () => ({ killed: false }),
  'dialog.pickFolder': () => ({ path: data.dir, name: 'Blood cells', kind: 'folder', url: null }),
  'dialog.pickPictures': () =>
    data.pictures.slice(3, 6).map(({ url }) => ({ path: url, name: url.slice(10), kind: 'picture', url })),
};

function annotationOf(file: string): unknown {
  const index = data.pictures.findIndex((picture) => picture.file === file);
  return { version: 1, image: file, width: 640, height: 480, boxes: data.boxesOf(index), reviewed: index < 100 };
}

export async function handleMain(method: string, input: unknown): Promise<MainReply> {
  const answer = answers[method as MainMethod];
  return { ok: true, output: answer ? answer(input as Record<string, unknown>) : {} };
}
