import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Handlers, JobContext, Method, Progress } from './contract';
import { LinesideError } from './errors';
import { portOverMessagePort } from './messagePort';
import { createClient, serve, type Client, type Port } from './rpc';

const engine = {
  name: 'tensorflow' as const,
  text: 'TensorFlow on the processor',
  advice: '',
  threads: 2,
  totalBytes: 8e9,
  freeBytes: 4e9,
  budgetBytes: 1,
};
const problems = { problems: [], images: 3, boxes: 4 };
const progress = (done: number): Progress => ({ kind: 'progress', done, total: 10, text: 'Reading' });

let channel: MessageChannel;
let log: string[];

beforeEach(() => {
  channel = new MessageChannel();
  log = [];
});

afterEach(() => {
  channel.port1.close();
});

const note = (line: string): void => void log.push(line);

/** A client whose other side has only these handlers. */
function connect(handlers: Partial<Handlers>): Client {
  serve(portOverMessagePort(channel.port2), handlers as Handlers, note);
  return createClient(portOverMessagePort(channel.port1), note);
}

/** A client whose other side is written by hand. */
function clientOf(answerer: (message: { id: number; type: string }, port: MessagePort) => void): Client {
  channel.port2.addEventListener('message', (event) =>
    answerer(event.data as { id: number; type: string }, channel.port2),
  );
  channel.port2.start();
  return createClient(portOverMessagePort(channel.port1), note);
}

describe('a call', () => {
  test('brings the output back, with the defaults of the input filled in', async () => {
    const check = vi.fn(() => Promise.resolve(problems));
    const client = connect({ 'annotations.check': check });
    expect(await client.call('annotations.check', { project: '/p' })).toEqual(problems);
    expect(check).toHaveBeenCalledWith({ project: '/p', seed: 1 }, expect.anything());
  });

  test('brings its events in order, before the output', async () => {
    const events: number[] = [];
    const client = connect({
      'annotations.check': (_input, { emit }) => {
        for (let done = 0; done < 5; done++) emit(progress(done));
        return Promise.resolve(problems);
      },
    });
    await client.call('annotations.check', { project: '/p' }, { onEvent: ({ done }) => void events.push(done) });
    expect(events).toEqual([0, 1, 2, 3, 4]);
  });

  test('fails with the code and the message of the other side', async () => {
    const client = connect({
      'engine.describe': () => Promise.reject(new LinesideError('outOfMemory', 'no memory left', { detail: '8 GB' })),
    });
    await expect(client.call('engine.describe', {})).rejects.toMatchObject({
      code: 'outOfMemory',
      message: 'no memory left',
      detail: '8 GB',
    });
  });

  test('with a wrong input reaches no handler', async () => {
    const check = vi.fn();
    const client = connect({ 'annotations.check': check });
    await expect(client.call('annotations.check', { project: '' })).rejects.toMatchObject({ code: 'wrongUse' });
    await expect(client.call('no.such' as Method, {})).rejects.toMatchObject({ code: 'wrongUse' });
    expect(check).not.toHaveBeenCalled();
  });

  test('with an output that breaks the contract fails here', async () => {
    const client = connect({ 'engine.describe': () => Promise.resolve({ ...engine, threads: 'two' } as never) });
    await expect(client.call('engine.describe', {})).rejects.toMatchObject({ code: 'internal' });
  });

  test('with an output that cannot be cloned fails instead of never ending', async () => {
    const client = connect({ 'engine.describe': () => Promise.resolve({ ...engine, text: () => '' } as never) });
    await expect(client.call('engine.describe', {})).rejects.toMatchObject({ code: 'internal' });
  });

  test('drops an event that breaks the contract, and goes on', async () => {
    const events: unknown[] = [];
    const client = connect({
      'annotations.check': (_input, { emit }) => {
        emit({ kind: 'progress', done: 'x' } as never);
        emit(progress(1));
        return Promise.resolve(problems);
      },
    });
    await client.call('annotations.check', { project: '/p' }, { onEvent: (event) => void events.push(event) });
    expect(events).toEqual([progress(1)]);
    expect(log.join()).toContain('annotations.check');
  });
});

describe('cancelling', () => {
  /** Reports for ever, until it is cancelled; then reports once more, as a job that is late does. */
  const endless = async (_input: unknown, { emit, signal }: JobContext<Progress>): Promise<typeof problems> => {
    while (!signal.aborted) {
      emit(progress(1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    emit(progress(2));
    throw new LinesideError('cancelled', 'stopped');
  };

  test('reaches the handler, and no event comes after it', async () => {
    const client = connect({ 'annotations.check': endless });
    const controller = new AbortController();
    let after = 0;
    const call = client.call(
      'annotations.check',
      { project: '/p' },
      {
        signal: controller.signal,
        onEvent: () => {
          if (controller.signal.aborted) after++;
          controller.abort();
        },
      },
    );
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(after).toBe(0);
  });

  test('drops the events that were under way', async () => {
    const client = clientOf(({ id, type }, port) => {
      if (type === 'call') port.postMessage({ type: 'event', id, event: progress(1) });
      if (type === 'cancel') {
        port.postMessage({ type: 'event', id, event: progress(2) });
        port.postMessage({ type: 'done', id, output: problems });
        port.postMessage({ type: 'event', id, event: progress(3) });
      }
    });
    const seen: number[] = [];
    const controller = new AbortController();
    const onEvent = ({ done }: Progress): void => {
      seen.push(done);
      controller.abort();
    };
    await client.call('annotations.check', { project: '/p' }, { signal: controller.signal, onEvent });
    await client.call('annotations.check', { project: '/p' }, { signal: AbortSignal.abort() }).catch(() => undefined);
    expect(seen).toEqual([1]);
  });

  test('leaves other calls alone', async () => {
    const client = connect({ 'annotations.check': endless, 'engine.describe': () => Promise.resolve(engine) });
    const controller = new AbortController();
    const stopped = client.call('annotations.check', { project: '/p' }, { signal: controller.signal });
    const other = client.call('engine.describe', {});
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await other).toEqual(engine);
  });
});

describe('a port that closes', () => {
  test('rejects what is pending and what comes later', async () => {
    const client = connect({ 'engine.describe': () => new Promise(() => undefined) });
    const pending = client.call('engine.describe', {});
    setTimeout(() => channel.port2.close(), 5);
    await expect(pending).rejects.toMatchObject({ code: 'engine' });
    await expect(client.call('engine.describe', {})).rejects.toMatchObject({ code: 'engine' });
  });

  test('cancels the jobs of the other side', async () => {
    const aborted = new Promise<void>((resolve) => {
      connect({
        'engine.describe': (_input, { signal }) => new Promise(() => signal.addEventListener('abort', () => resolve())),
      })
        .call('engine.describe', {})
        .catch(() => undefined);
    });
    setTimeout(() => channel.port1.close(), 20);
    await aborted;
  });
});

describe('whatever comes over the wire', () => {
  /** A port whose messages the test puts in by hand. */
  function handPort(): Port & { deliver: (message: unknown) => void; sent: unknown[] } {
    let deliver: (message: unknown) => void = () => undefined;
    const sent: unknown[] = [];
    return {
      post: (message) => void sent.push(message),
      onMessage: (listener) => {
        deliver = listener;
      },
      onClose: () => undefined,
      close: () => undefined,
      deliver: (message) => deliver(message),
      sent,
    };
  }

  const envelope = fc.record({
    type: fc.constantFrom('call', 'cancel', 'event', 'done', 'failed', 'other'),
    id: fc.oneof(fc.nat(3), fc.double(), fc.string()),
    method: fc.oneof(fc.constantFrom('toString', '__proto__', 'constructor'), fc.string()),
    input: fc.anything(),
    event: fc.anything(),
    output: fc.anything(),
    error: fc.anything(),
  });

  test('a server neither throws nor runs a handler', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), envelope), (message) => {
        const port = handPort();
        const check = vi.fn();
        serve(port, { 'annotations.check': check } as unknown as Handlers, note);
        port.deliver(message);
        expect(check).not.toHaveBeenCalled();
        // A call of a method that does not exist is answered; all else is not.
        for (const answer of port.sent) expect(answer).toMatchObject({ type: 'failed', error: { code: 'wrongUse' } });
      }),
    );
  });

  test('a client neither throws nor mixes up its calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.anything(),
            envelope.filter(({ id }) => id !== 0),
          ),
        ),
        async (messages) => {
          const port = handPort();
          const client = createClient(port, note);
          const events = vi.fn();
          const call = client.call('engine.describe', {}, { onEvent: events });
          for (const message of messages) port.deliver(message);
          port.deliver({ type: 'done', id: 0, output: engine });
          expect(await call).toEqual(engine);
          expect(events).not.toHaveBeenCalled();
        },
      ),
    );
  });

  test('a second call with a number that is in use is dropped', () => {
    const port = handPort();
    const handler = vi.fn(() => new Promise<never>(() => undefined));
    serve(port, { 'engine.describe': handler } as unknown as Handlers, note);
    port.deliver({ type: 'call', id: 7, method: 'engine.describe', input: {} });
    port.deliver({ type: 'call', id: 7, method: 'engine.describe', input: {} });
    expect(handler).toHaveBeenCalledTimes(1);
    expect(log).toHaveLength(1);
  });
});
