import type { Method } from '../../shared/contract';
import { LinesideError, toErrorMessage } from '../../shared/errors';
import * as data from './fakeData';

type Post = (event: unknown) => void;
type Script = (post: Post, stopped: () => boolean) => Promise<unknown>;

const gib = 1024 ** 3;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const cancelled = new LinesideError('cancelled', 'stopped');

async function play(events: readonly unknown[], pause: number, post: Post, stopped: () => boolean): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (stopped()) throw cancelled;
    post({
      kind: 'progress',
      done: index,
      total: events.length,
      text: '',
      secondsLeft: ((events.length - index) * pause) / 1000,
    });
    post(event);
    await wait(pause);
  }
}

const scripts: Readonly<Partial<Record<Method, Script>>> = {
  'engine.describe': async () => ({
    name: 'tensorflow',
    text: 'TensorFlow 2.21',
    advice: '',
    threads: 2,
    totalBytes: 8 * gib,
    freeBytes: 5.8 * gib,
    budgetBytes: 4.6 * gib,
  }),
  'annotations.check': async () => ({ problems: data.problems, images: 120, boxes: 1204 }),
  'annotations.fix': async () => ({ fixed: 2, problems: data.problems.slice(2) }),
  'dataset.split': async () => ({ source: 'seeded', train: 84, validation: 18, test: 18, text: '' }),
  'dataset.plan': async () => data.plan,
  'lrFinder.run': async (post, stopped) => {
    await play(
      data.curve.map((point) => ({ kind: 'point', sweep: 0, ...point })),
      120,
      post,
      stopped,
    );
    return data.lrFinder;
  },
  'batchSize.recommend': async (post, stopped) => {
    await play(
      data.batchSize.table.map((row) => ({ kind: 'row', ...row })),
      900,
      post,
      stopped,
    );
    return data.batchSize;
  },
  'training.run': async (post, stopped) => {
    const events = data.steps.flatMap((step, index) => {
      const epoch = (index + 1) % 25 === 0 ? data.epochs[(index + 1) / 25 - 1] : undefined;
      return epoch ? [step, epoch, previewOf(epoch.epoch)] : [step];
    });
    await play(events, 60, post, stopped);
    return {
      run: data.evaluation.run,
      epochs: 20,
      seconds: 900,
      stoppedBy: 'finished',
      best: { epoch: 18, mAP50: 0.94 },
    };
  },
  'evaluation.run': async () => data.evaluation,
  'evaluation.detect': async () => ({
    images: [0, 1, 2].map((index) => ({
      file: '',
      detections: data.boxesOf(index).map(({ label, ...box }, at) => ({ label, score: 0.95 - at / 12, box })),
    })),
  }),
  'export.run': async () => data.exported,
};

function previewOf(epoch: number): unknown {
  const shown = Math.ceil((7 * epoch) / 8);
  return {
    kind: 'preview',
    epoch,
    pictures: [84, 88, 92, 96].map((index) => ({
      file: data.pictures[index]?.file,
      detections: data
        .boxesOf(index)
        .slice(0, shown)
        .map(({ label, ...box }) => ({ label, score: 0.8, box })),
    })),
  };
}

const stoppedCalls = new Set<number>();

/** An envelope of shared/rpc.ts as it comes from the page. */
export interface TrainerMessage {
  readonly type: string;
  readonly id: number;
  readonly method: Method;
}

export function handleTrainer(port: MessagePort, message: TrainerMessage): void {
  const { type, id, method } = message;
  if (type === 'cancel') {
    stoppedCalls.add(id);
    return;
  }
  const script = scripts[method];
  const post: Post = (event) => port.postMessage({ type: 'event', id, event });
  (script?.(post, () => stoppedCalls.has(id)) ?? Promise.reject(new Error(method))).then(
    (output) => port.postMessage({ type: 'done', id, output }),
    (error: unknown) =>
      port.postMessage({
        type: 'failed',
        id,
        error: toErrorMessage(error),
      }),
  );
}
