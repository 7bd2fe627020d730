import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { LinesideError } from '../../shared/errors';
import type { WorkerCall, WorkerReply } from './workerAnswers';

interface Pending<Q, A> {
  readonly request: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerKind<Q> {
  /** Of the bundle in out/ (scripts/build.mjs), which calls answerRequests. */
  readonly name: string;
  /** What it finds as its workerData. */
  readonly setup?: unknown;
  /** What the operator reads where the thread has died over a request: what it worked on, and what to do. */
  readonly died: (request: Q) => string;
}

/** One thread and what it still owes. A thread that died is started again by the next request. */
export class WorkerThread<Q, A> {
  readonly #kind: WorkerKind<Q>;
  readonly #pending = new Map<number, Pending<Q, A>>();
  #worker: Worker | undefined;
  #nextId = 0;
  #closed = false;

  constructor(kind: WorkerKind<Q>) {
    this.#kind = kind;
  }

  /**
   * @throws LinesideError as the worker found it; 'internal' where the thread died; 'cancelled' after `close`
   */
  request(request: Q): Promise<A> {
    if (this.#closed) return Promise.reject(closed());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { request, resolve, reject });
      const worker = this.#running();
      // Waiting for an answer keeps the process alive; an idle thread does not.
      worker.ref();
      worker.postMessage({ id, request } satisfies WorkerCall<Q>);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectAll(closed);
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerPath(this.#kind.name), { workerData: this.#kind.setup });
    worker.on('message', (reply: WorkerReply<A>) => this.#settle(reply));
    worker.on('error', (error) => this.#died(worker, error.message));
    worker.on('exit', (code) => this.#died(worker, `exit code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: WorkerReply<A>): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('answer' in reply) pending.resolve(reply.answer);
    else {
      const { code, message, ...rest } = reply.error;
      pending.reject(new LinesideError(code, message, rest));
    }
  }

  #died(worker: Worker, detail: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#rejectAll(({ request }) => new LinesideError('internal', this.#kind.died(request), { detail }));
  }

  #rejectAll(errorFor: (pending: Pending<Q, A>) => Error): void {
    const owed = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of owed) pending.reject(errorFor(pending));
  }
}

function closed(): LinesideError {
  return new LinesideError('cancelled', 'the work of this thread was no longer needed');
}

/**
 * Where the bundle of a worker lies: beside the other bundles in out/, whether this code runs from there or, in tests, from
 * its source. LINESIDE_WORKER names it where an application is laid out otherwise.
 * @throws LinesideError 'internal' where it has not been built
 */
function workerPath(name: string): string {
  const named = process.env['LINESIDE_WORKER'];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    path.join(__dirname, `${name}.cjs`),
    path.resolve(__dirname, `../../out/${name}.cjs`),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new LinesideError('internal', `${name}.cjs has not been built: run node scripts/build.mjs`);
  return found;
}
