import { z } from 'zod';
import {
  contract,
  type EventOf,
  type Handlers,
  type InputOf,
  type JobContext,
  type Method,
  type OutputOf,
} from './contract';
import { LinesideError, toErrorMessage, type ErrorMessage } from './errors';
import { said, type Said } from './said';

/**
 * Calls over a port, by the contract: `call` and `cancel` one way; `event`, `done` and `failed` the other. An event
 * belongs to a call, so a late one of a cancelled or finished call is dropped by construction. What does not look like
 * an envelope is logged and dropped. Requests are parsed where they arrive, outputs and events too.
 */

/** What the wire must be able to do. A web, a Node and an Electron MessagePort all fit behind it. */
export interface Port {
  /** @throws when the message cannot be cloned */
  readonly post: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once, when this or the other end is closed or its process is gone. */
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
}

type Log = (line: string) => void;

const id = z.number().int().nonnegative();

const request = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id, method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id }),
]);

const errorMessage = z.object({
  code: z.enum([
    'wrongUse',
    'badInput',
    'busy',
    'cancelled',
    'diverged',
    'outOfMemory',
    'disk',
    'engine',
    'newerVersion',
    'internal',
  ] satisfies ErrorMessage['code'][]),
  message: z.string(),
  detail: z.string().optional(),
  said: said.optional(),
});

const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), id, event: z.unknown() }),
  z.object({ type: z.literal('done'), id, output: z.unknown() }),
  z.object({ type: z.literal('failed'), id, error: errorMessage }),
]);

type Request = z.output<typeof request>;
type Answer = z.output<typeof answer>;

export interface CallOptions<M extends Method> {
  readonly onEvent?: (event: EventOf<M>) => void;
  /** Aborting asks the other side to stop; the call still ends with what that side answers. */
  readonly signal?: AbortSignal;
}

export interface Client {
  /**
   * @throws LinesideError with the code of the other side; 'engine' when the port closed before the answer; 'internal'
   *   when the answer does not keep the contract
   */
  readonly call: <M extends Method>(method: M, input: InputOf<M>, options?: CallOptions<M>) => Promise<OutputOf<M>>;
  /** Rejects what is pending. */
  readonly close: () => void;
}

interface Pending {
  readonly method: Method;
  readonly onEvent: (event: unknown) => void;
  readonly settle: (outcome: Extract<Answer, { type: 'done' | 'failed' }>) => void;
  cancelled: boolean;
}

/** The calling side. */
export function createClient(port: Port, log: Log = console.warn): Client {
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let closed = false;

  const closeAll = (): void => {
    closed = true;
    for (const [callId, call] of [...pending]) call.settle({ type: 'failed', id: callId, error: portClosed });
  };
  port.onClose(closeAll);
  port.onMessage((message) => {
    const parsed = answer.safeParse(message);
    if (!parsed.success) return log(`dropped a message that is no answer: ${z.prettifyError(parsed.error)}`);
    const call = pending.get(parsed.data.id);
    if (!call) return;
    if (parsed.data.type !== 'event') return call.settle(parsed.data);
    if (call.cancelled) return;
    const event = contract[call.method].event.safeParse(parsed.data.event);
    if (event.success) call.onEvent(event.data);
    else log(`dropped an event of ${call.method} that breaks the contract: ${z.prettifyError(event.error)}`);
  });

  const call = <M extends Method>(method: M, input: InputOf<M>, options: CallOptions<M> = {}): Promise<OutputOf<M>> => {
    if (closed) return Promise.reject(toError(portClosed));
    if (options.signal?.aborted) return Promise.reject(new LinesideError('cancelled', `${method} was cancelled`));
    const callId = nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        entry.cancelled = true;
        port.post({ type: 'cancel', id: callId } satisfies Request);
      };
      const entry: Pending = {
        method,
        cancelled: false,
        onEvent: (event) => options.onEvent?.(event as EventOf<M>),
        settle: (outcome) => {
          pending.delete(callId);
          options.signal?.removeEventListener('abort', cancel);
          if (outcome.type === 'failed') return reject(toError(outcome.error));
          const output = contract[method].output.safeParse(outcome.output);
          if (output.success) resolve(output.data as OutputOf<M>);
          else reject(brokenContract(method, output.error));
        },
      };
      pending.set(callId, entry);
      options.signal?.addEventListener('abort', cancel);
      try {
        port.post({ type: 'call', id: callId, method, input } satisfies Request);
      } catch (error) {
        entry.settle({ type: 'failed', id: callId, error: toErrorMessage(error) });
      }
    });
  };

  return {
    call,
    close: () => {
      port.close();
      closeAll();
    },
  };
}

/**
 * The answering side. Handlers of several calls may run at the same time; who wants one at a time wraps the handlers.
 * When the port closes, all running calls are cancelled.
 */
export function serve(port: Port, handlers: Handlers, log: Log = console.warn): void {
  const running = new Map<number, AbortController>();
  let closed = false;

  const post = (message: Answer): void => {
    if (!closed) port.post(message);
  };

  const run = async (callId: number, method: Method, input: unknown, job: AbortController): Promise<void> => {
    const context: JobContext<never> = {
      signal: job.signal,
      emit: (event) => {
        if (!running.has(callId) || job.signal.aborted) return;
        try {
          post({ type: 'event', id: callId, event });
        } catch (error) {
          log(`dropped an event of ${method} that cannot be sent: ${String(error)}`);
        }
      },
    };
    try {
      const parsed = contract[method].input.safeParse(input);
      if (!parsed.success) throw new LinesideError('wrongUse', `${method}: ${z.prettifyError(parsed.error)}`);
      const handler = handlers[method] as (input: unknown, context: JobContext<never>) => Promise<unknown>;
      const output = await handler(parsed.data, context);
      running.delete(callId);
      post({ type: 'done', id: callId, output });
    } catch (error) {
      running.delete(callId);
      post({ type: 'failed', id: callId, error: toErrorMessage(error) });
    }
  };

  port.onClose(() => {
    closed = true;
    for (const job of running.values()) job.abort();
  });
  port.onMessage((message) => {
    const parsed = request.safeParse(message);
    if (!parsed.success) return log(`dropped a message that is no request: ${z.prettifyError(parsed.error)}`);
    if (parsed.data.type === 'cancel') return running.get(parsed.data.id)?.abort();
    const { id: callId, method, input } = parsed.data;
    if (running.has(callId)) return log(`dropped a second call with the number ${callId}`);
    if (!isMethod(method)) {
      const error = toErrorMessage(new LinesideError('wrongUse', `there is no method "${method}"`));
      return post({ type: 'failed', id: callId, error });
    }
    const job = new AbortController();
    running.set(callId, job);
    void run(callId, method, input, job);
  });
}

const portClosed: ErrorMessage = {
  code: 'engine',
  said: { code: 'engineGone', values: {} } satisfies Said,
  message: 'The part of Lineside that calculates has ended. It is being started again, then try once more.',
};

function isMethod(method: string): method is Method {
  return Object.hasOwn(contract, method);
}

function toError({ code, message, ...rest }: z.output<typeof errorMessage>): LinesideError {
  return new LinesideError(code, message, rest);
}

function brokenContract(method: Method, error: z.ZodError): LinesideError {
  return new LinesideError('internal', `the answer to ${method} is not as agreed`, { detail: z.prettifyError(error) });
}
