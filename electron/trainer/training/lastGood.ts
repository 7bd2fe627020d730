import type { RunProgress } from './checkpoint';
import type { TrainingState } from './step';
import { diverges } from './watch';

export interface GoodState {
  readonly state: TrainingState;
  readonly progress: RunProgress;
}

/**
 * The state that a training goes back to. The last update of a round may have ruined the weights unseen: only the loss of
 * the next step shows it. So they are held back until then, and dropped where that loss is far above what it was.
 */
export class LastGood {
  #good: GoodState;
  #held: GoodState | undefined;

  constructor(start: GoodState) {
    this.#good = start;
  }

  get progress(): RunProgress {
    return this.#good.progress;
  }

  /** To restore from. What was held back is dropped. */
  goBack(): TrainingState {
    this.#held = undefined;
    return this.#good.state;
  }

  /** Where the run stands after it has gone back. */
  goOnAs(progress: RunProgress): void {
    this.#good = { ...this.#good, progress };
  }

  hold(round: GoodState): void {
    this.#held = round;
  }

  /** Takes in the total loss of a step, which is that of the weights before it. @param best of the watch */
  see(total: number, best: number): void {
    if (this.#held !== undefined && !diverges(total, best)) this.#good = this.#held;
    this.#held = undefined;
  }
}
