import { create } from 'zustand';
import type { PixelDetection } from '../../shared/contract';
import type { PickedItem } from '../../shared/mainContract';
import { acceptDropped, main } from '../client';
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
}

/** All detections from this score on are kept, so that the slider works without trying again. */
const leastScore = 0.1;

export const useTryModel = create<TryState>(() => ({ model: 'base', tried: [], at: 0, threshold: 0.5 }));

export async function tryPictures(): Promise<void> {
  const items = await attempt(() => main('dialog.pickPictures', {}));
  if (items) await tryItems(items);
}

export async function tryDropped(files: readonly File[]): Promise<void> {
  const items = await attempt(() => acceptDropped(files));
  if (items) await tryItems(items);
}

async function tryItems(items: readonly PickedItem[]): Promise<void> {
  const pictures = items.flatMap((item) =>
    item.url === null ? [] : [{ path: item.path, name: item.name, url: item.url }],
  );
  if (pictures.length === 0) return;
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

/** How many of each class, most first. */
export function countByLabel(
  detections: readonly PixelDetection[],
): readonly (readonly [label: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { label } of detections) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
