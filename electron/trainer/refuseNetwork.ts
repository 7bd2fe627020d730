import net from 'node:net';

type Connect = (this: net.Socket, ...args: readonly unknown[]) => net.Socket;

/**
 * Makes every attempt of this process to open a network connection fail. Lineside works without a network; a library
 * that tries all the same is to be found out in a test and not by an operator. Local pipes stay allowed.
 */
export function refuseNetwork(): void {
  const connect = Object.getOwnPropertyDescriptor(net.Socket.prototype, 'connect')?.value as Connect;
  const refusing: Connect = function (...args) {
    if (isLocalPipe(args)) return Reflect.apply(connect, this, args);
    throw new Error(`Lineside opens no network connections, but something tried: ${JSON.stringify(args[0])}`);
  };
  net.Socket.prototype.connect = refusing;
  globalThis.fetch = (resource) => {
    const place = resource instanceof Request ? resource.url : String(resource);
    return Promise.reject(new Error(`Lineside opens no network connections, but something tried: ${place}`));
  };
}

/** net.connect hands over its arguments in normalized form: [[options, callback]]. */
function isLocalPipe(args: readonly unknown[]): boolean {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  return typeof first === 'object' && first !== null && 'path' in first && typeof first.path === 'string';
}
