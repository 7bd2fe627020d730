import { acceptDropped } from '../client';
import { i18n } from '../i18n/i18n';
import { addItems, createProject, go } from './actions';
import { isVideo, openVideos } from './capture';
import { attempt } from './refresh';
import { useStore } from './store';
import { tryDropped } from './tryModel';

/**
 * Files dropped anywhere on the window. Try a model looks at them; on every other screen they go to the open project,
 * and without one they start a new project. Videos open where frames are taken from them.
 */
export async function dropFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (useStore.getState().screen === 'tryModel') return tryDropped(files);
  const videos = files.filter(isVideo);
  const others = files.filter((file) => !isVideo(file));
  const items = others.length === 0 ? [] : await attempt(() => acceptDropped(others));
  if (!items) return;
  if (!useStore.getState().project) {
    const [only, ...more] = [...items, ...videos];
    const named = only && more.length === 0 && (!('kind' in only) || only.kind === 'folder');
    const name = named ? only.name.replace(/\.\w{2,4}$/, '') : i18n.t('welcome.droppedName');
    if (!(await createProject(name.slice(0, 80)))) return;
  }
  go('images');
  if (items.length > 0) await addItems(items);
  openVideos(videos);
}
