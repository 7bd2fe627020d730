import { create } from 'zustand';
import type { OutputOf, PixelDetection } from '../../shared/contract';
import type { PickedItem } from '../../shared/mainContract';
import { acceptDropped, main, train } from '../client';
import { isVideo, type CaptureSource, type TakenFrame } from './capture';
import { runJob } from './jobs';
import { attempt } from './refresh';
import { useStore } from './store';

interface Tried {
  readonly path: string;
  readonly name: string;
  readonly url: string;
  readonly detections: readonly PixelDetection[];
}

interface TryState {
  /** 'base': the bundled model that knows people and trucks; 'own': the one trained in the open project. */
  readonly model: 'base' | 'own';
  readonly tried: readonly Tried[];
  /** Which of them is shown large. */
  readonly at: number;
  readonly threshold: number;
  /** A camera or a video that is looked at while it runs, instead of pictures. */
  readonly live: CaptureSource | null;
}

/** All detections from this score on are kept, so that the slider works without trying again. */
const leastScore = 0.1;

export const useTryModel = create<TryState>(() => ({ model: 'base', tried: [], at: 0, threshold: 0.5, live: null }));

export async function tryPictures(): Promise<void> {
  const items = await attempt(() => main('dialog.pickPictures', {}));
  if (items) await tryItems(items);
}

export async function tryDropped(files: readonly File[]): Promise<void> {
  const video = files.find(isVideo);
  if (video) return useTryModel.setState({ live: { kind: 'video', file: video } });
  const items = await attempt(() => acceptDropped(files));
  if (items) await tryItems(items);
}

async function tryItems(items: readonly PickedItem[]): Promise<void> {
  const pictures = items.flatMap((item) =>
    item.url === null ? [] : [{ path: item.path, name: item.name, url: item.url }],
  );
  if (pictures.length === 0) return;
  useTryModel.setState({ live: null });
  const { model } = useTryModel.getState();
  const dir = useStore.getState().project?.dir;
  const own = model === 'own' && dir !== undefined;
  const found = await runJob('tryModel', 'evaluation.detect', {
    ...(own ? { project: dir } : { run: 'base' }),
    data: pictures.map(({ path }) => path),
    threshold: leastScore,
  });
  if (!found) return;
  const tried = pictures.map((picture, index) => ({ ...picture, detections: found.images[index]?.detections ?? [] }));
  useTryModel.setState({ tried, at: 0 });
}

/** What the chosen model sees in one frame. Rejects with a LinesideError, 'busy' while a job runs. */
export async function lookAt({ bytes }: TakenFrame): Promise<OutputOf<'evaluation.look'>> {
  const { model } = useTryModel.getState();
  const dir = useStore.getState().project?.dir;
  const own = model === 'own' && dir !== undefined;
  return train('evaluation.look', {
    ...(own ? { project: dir } : { run: 'base' }),
    frame: bytes,
    threshold: leastScore,
  });
}

/** How many of each class, most first. */
export function countByLabel(
  detections: readonly PixelDetection[],
): readonly (readonly [label: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { label } of detections) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
