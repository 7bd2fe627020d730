import { LinesideError } from '../../shared/errors';

/**
 * Lets in what waits at the process's door: the word that a job shall stop. Results that are already there, of worker
 * threads say, would otherwise be taken one after the other to the very end of the job.
 */
export function letOthersIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @throws LinesideError 'cancelled' where the operator has stopped the job. @param what "Reading the pictures" */
export function throwIfCancelled(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new LinesideError('cancelled', `${what} was stopped; nothing is half done`);
}
