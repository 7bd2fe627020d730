import { create } from 'zustand';
import type { Picture } from '../../shared/mainContract';
import { main } from '../client';
import { go, removePictures } from './actions';
import { attempt, refreshState } from './refresh';
import { useStore } from './store';

/** Where pictures are taken from. */
export type CaptureSource = { readonly kind: 'camera' } | { readonly kind: 'video'; readonly file: File };

interface CaptureState {
  /** Shown instead of the wall of pictures; null: the wall. */
  readonly source: CaptureSource | null;
  /** Videos to go on with when this source is done. */
  readonly waiting: readonly File[];
  /** Pictures taken since the source was opened, the last one last. */
  readonly taken: readonly Picture[];
}

/** A frame as a file. */
export interface TakenFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export const useCapture = create<CaptureState>(() => ({ source: null, waiting: [], taken: [] }));

export function openCamera(): void {
  useCapture.setState({ source: { kind: 'camera' }, taken: [] });
  go('images');
}

/** Takes pictures from videos, one after the other. */
export function openVideos(files: readonly File[]): void {
  const [file, ...waiting] = files;
  if (!file) return;
  useCapture.setState({ source: { kind: 'video', file }, waiting, taken: [] });
  go('images');
}

/** On to the next video, or back to the wall. */
export function finishCapture(): void {
  const { waiting } = useCapture.getState();
  if (waiting.length > 0) openVideos(waiting);
  else useCapture.setState({ source: null, taken: [] });
}

useStore.subscribe(({ project }, before) => {
  if (project?.dir !== before.project?.dir) useCapture.setState({ source: null, waiting: [], taken: [] });
});

/**
 * Puts a frame into the open project.
 * @param together whether all frames of the recording follow one another and are to stay in one set
 * @returns false where it could not be written; the page says why
 */
export async function keepFrame(frame: TakenFrame, recording: string, together: boolean): Promise<boolean> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined) return false;
  const picture = await attempt(() => main('images.capture', { dir, ...frame, recording, together }));
  if (picture === null || useStore.getState().project?.dir !== dir) return false;
  useStore.setState(({ pictures }) => ({ pictures: inOrder([...pictures, picture]) }));
  useCapture.setState(({ taken }) => ({ taken: [...taken, picture] }));
  await refreshState();
  return true;
}

/** Moves the last picture to the trash. */
export async function takeBack(): Promise<void> {
  const last = useCapture.getState().taken.at(-1);
  if (!last) return;
  await removePictures([last.file]);
  useCapture.setState(({ taken }) => ({ taken: taken.filter(({ file }) => file !== last.file) }));
}

function inOrder(pictures: readonly Picture[]): Picture[] {
  return [...pictures].sort((first, second) => (first.file < second.file ? -1 : 1));
}

/** A video by what the system says about it, or by its name where it says nothing. */
export function isVideo({ type, name }: File): boolean {
  return type.startsWith('video/') || /\.(mp4|m4v|mov|webm|mkv|avi|ogv|wmv|mpe?g)$/i.test(name);
}
