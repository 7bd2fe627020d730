import { parentPort } from 'node:worker_threads';
import { type ErrorMessage, toErrorMessage } from '../../shared/errors';

/** What a worker thread is sent. */
export interface WorkerCall<Q> {
  readonly id: number;
  readonly request: Q;
}

/** What it sends back. */
export type WorkerReply<A> =
  { readonly id: number; readonly answer: A } | { readonly id: number; readonly error: ErrorMessage };

/**
 * In a worker thread: answers the requests of its WorkerThread, one after the other.
 * @param moved buffers of an answer that are handed over instead of copied
 */
export function answerRequests<A>(
  answer: (request: never) => Promise<A>,
  moved: (answer: A) => readonly ArrayBuffer[],
): void {
  const port = parentPort;
  if (port === null) throw new Error('answerRequests is for worker threads');
  let last: Promise<void> = Promise.resolve();
  const reply = async ({ id, request }: WorkerCall<never>): Promise<void> => {
    try {
      const answered = await answer(request);
      port.postMessage({ id, answer: answered } satisfies WorkerReply<A>, moved(answered));
    } catch (error) {
      port.postMessage({ id, error: toErrorMessage(error) } satisfies WorkerReply<A>);
    }
  };
  port.on('message', (call: WorkerCall<never>) => {
    last = last.then(() => reply(call));
  });
}
