import { LinesideError } from '../../shared/errors';

/** @throws LinesideError 'cancelled' where the operator has stopped the job. @param what "Reading the pictures" */
export function throwIfCancelled(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new LinesideError('cancelled', `${what} was stopped; nothing is half done`);
}
