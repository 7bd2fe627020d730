import { Worker } from 'node:worker_threads';
import { LinesideError } from '../../../shared/errors';
import type { SampleReply, SampleRequest, WorkerSetup } from './workerMessages';
import { workerPath } from './workerPath';

export type Samples = Extract<SampleReply, { kind: 'samples' }>;

interface Pending {
  readonly request: SampleRequest;
  readonly resolve: (samples: Samples) => void;
  readonly reject: (error: Error) => void;
}

/** One thread and what it still owes. A thread that died is started again by the next request. */
export class DecodeThread {
  readonly #setup: WorkerSetup;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 0;
  #closed = false;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
  }

  /**
   * @throws LinesideError as the worker found it, naming the picture; 'internal' naming the pictures in work where the
   *   thread died; 'cancelled' after `close`
   */
  request(epoch: number, samples: SampleRequest['samples']): Promise<Samples> {
    if (this.#closed) return Promise.reject(closed());
    const request = { id: this.#nextId++, epoch, samples };
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { request, resolve, reject });
      const worker = this.#running();
      // Waiting for samples keeps the process alive; an idle thread does not.
      worker.ref();
      worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectAll(() => closed());
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerPath(), { workerData: this.#setup });
    worker.on('message', (reply: SampleReply) => this.#settle(reply));
    worker.on('error', (error) => this.#died(worker, error.message));
    worker.on('exit', (code) => this.#died(worker, `exit code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: SampleReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (reply.kind === 'samples') pending.resolve(reply);
    else {
      const { code, message, ...rest } = reply.error;
      pending.reject(new LinesideError(code, message, rest));
    }
  }

  #died(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#rejectAll(({ request }) => {
      const names = [...new Set(request.samples.map(({ item }) => this.#setup.items[item]?.name))].join(', ');
      return new LinesideError(
        'internal',
        `the thread that reads pictures stopped while it worked on ${names}: try again, or take these pictures out`,
        { detail: reason },
      );
    });
  }

  #rejectAll(errorFor: (pending: Pending) => Error): void {
    const owed = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of owed) pending.reject(errorFor(pending));
  }
}

function closed(): LinesideError {
  return new LinesideError('cancelled', 'the pictures were no longer needed');
}
