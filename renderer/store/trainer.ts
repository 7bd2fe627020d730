import { dropTrainer, onTrainerState, train } from '../client';
import { attempt, refresh } from './refresh';
import { useStore } from './store';

/** Follows the trainer's process: connects again after a restart and asks which engine it runs on. */
export function watchTrainer(): void {
  onTrainerState((trainer) => {
    const before = useStore.getState().trainer;
    useStore.setState({ trainer });
    if (trainer === before) return;
    if (trainer === 'ready') {
      void attempt(async () => useStore.setState({ engine: await train('engine.describe', {}) }));
      void refresh();
    } else {
      dropTrainer();
    }
  });
}
