import type { Port } from './rpc';

/** A web MessagePort as the wire for shared/rpc.ts; Node's own kind fits too. */
export function portOverMessagePort(port: MessagePort): Port {
  let onClose: (() => void) | undefined;
  port.addEventListener('close', () => onClose?.());
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.addEventListener('message', (event) => listener(event.data));
      port.start();
    },
    onClose: (listener) => {
      onClose = listener;
    },
    close: () => port.close(),
  };
}

/** What Electron's MessagePortMain has in common with an event emitter. */
export interface EmittingPort {
  readonly postMessage: (message: unknown) => void;
  readonly on: ((event: 'message', listener: (event: { readonly data: unknown }) => void) => unknown) &
    ((event: 'close', listener: () => void) => unknown);
  readonly start: () => void;
  readonly close: () => void;
}

/** The kind of port that Electron has in its main and utility processes. */
export function portOverEmitter(port: EmittingPort): Port {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  };
}
