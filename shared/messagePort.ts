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
