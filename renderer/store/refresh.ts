import { toErrorMessage } from '../../shared/errors';
import { main } from '../client';
import { useStore } from './store';

/** Shows what went wrong instead of losing it. Answers null then. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    useStore.setState({ trouble: toErrorMessage(error) });
    return null;
  }
}

/** Reads the open project again: after each job and each change of the labels. */
export async function refresh(): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined || dir === '') return;
  await attempt(async () => {
    const [project, results, pictures] = await Promise.all([
      main('project.state', { dir }),
      main('project.results', { dir }),
      main('images.list', { dir }),
    ]);
    if (useStore.getState().project?.dir === dir) useStore.setState({ project, results, pictures });
  });
}

/** Only the rail's states: cheap enough for every box that is drawn. */
export async function refreshState(): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined || dir === '') return;
  await attempt(async () => {
    const project = await main('project.state', { dir });
    if (useStore.getState().project?.dir === dir) useStore.setState({ project });
  });
}
