import { tellsOutOfMemory } from '../engine/memory';

export interface FewerAtOnce {
  readonly batchSize: number;
  /** Parts that a batch goes through the engine in to begin with. */
  readonly parts: number;
  /** Told when the memory did not suffice: so many of the batch are at once in the engine from now on. */
  readonly onFewer: (atOnce: number) => void;
  /** What to throw where a single picture does not fit. */
  readonly nothingFits: () => Error;
}

/**
 * Runs steps that may run out of memory. One that does is done again with its batch in twice as many parts, and so are all
 * that follow: a step that fails has changed nothing, and one in parts learns the same, so nothing need be begun anew.
 */
export function inFewerAtOnce<T>({
  batchSize,
  parts: first,
  onFewer,
  nothingFits,
}: FewerAtOnce): (step: (parts: number) => T) => T {
  let parts = first;
  return (step) => {
    for (;;) {
      try {
        return step(parts);
      } catch (error) {
        if (!(error instanceof Error && tellsOutOfMemory(error.message))) throw error;
        const atOnce = Math.ceil(batchSize / parts);
        if (atOnce === 1) throw nothingFits();
        parts = Math.min(batchSize, parts * 2);
        onFewer(Math.ceil(batchSize / parts));
      }
    }
  };
}
