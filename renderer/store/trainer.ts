import { dropTrainer, onTrainerState, train } from '../client';
import { attempt, refresh } from './refresh';
import { useStore } from './store';

/** What computes, and how the memory stands now. */
export async function askEngine(): Promise<void> {
  if (useStore.getState().trainer !== 'ready') return;
  await attempt(async () => useStore.setState({ engine: await train('engine.describe', {}) }));
}

/** Follows the trainer's process: connects again after a restart and asks which engine it runs on. */
export function watchTrainer(): void {
  onTrainerState((trainer) => {
    const before = useStore.getState().trainer;
    useStore.setState({ trainer });
    if (trainer === before) return;
    if (trainer === 'ready') {
      void askEngine();
      void refresh();
    } else {
      dropTrainer();
    }
  });
}
