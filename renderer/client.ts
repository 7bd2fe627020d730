import { createBridge, type DesktopBridge } from '../shared/bridge';
import type { InputOf, Method, OutputOf } from '../shared/contract';
import type { MainInputOf, MainMethod, MainOutputOf } from '../shared/mainContract';
import { createClient, type CallOptions, type Client } from '../shared/rpc';

/**
 * The page's two partners: the main process (dialogs, project files) and the trainer (all long jobs). Nothing else in
 * the renderer knows how they are reached.
 */

let bridge: DesktopBridge | null = null;
let client: Promise<Client> | null = null;

function desktop(): DesktopBridge {
  bridge ??= createBridge(window.lineside, window);
  return bridge;
}

/** Asks the main process. Rejects with a LinesideError. */
export function main<M extends MainMethod>(method: M, input: MainInputOf<M>): Promise<MainOutputOf<M>> {
  return desktop().main(method, input);
}

export function acceptDropped(files: readonly File[]): ReturnType<DesktopBridge['acceptDropped']> {
  return desktop().acceptDropped(files);
}

export function onTrainerState(listener: Parameters<DesktopBridge['onTrainerState']>[0]): () => void {
  return desktop().onTrainerState(listener);
}

/** Forgets the port: the next call connects to the restarted trainer. */
export function dropTrainer(): void {
  client = null;
}

/**
 * Calls the trainer. Rejects with a LinesideError: 'cancelled' when `signal` was aborted, 'engine' when its process
 * died.
 */
export async function train<M extends Method>(
  method: M,
  input: InputOf<M>,
  options: CallOptions<M> = {},
): Promise<OutputOf<M>> {
  client ??= desktop()
    .connectTrainer()
    .then((port) => createClient(port));
  const connected = await client.catch((error: unknown) => {
    client = null;
    throw error;
  });
  return connected.call(method, input, options);
}
