import { MessageChannelMain, utilityProcess, type MessagePortMain } from 'electron';
import { portOverEmitter } from '../../shared/messagePort';
import { createClient, type Client } from '../../shared/rpc';
import type { TrainerHost, TrainerProcess } from './trainerHost';

/** The trainer's process as Electron makes it, and main's own calls to it. */

export interface TrainerProcessOptions {
  /** out/trainer.cjs */
  readonly entry: string;
  /** Folder with engine and base model, when it is not that of the clone. */
  readonly resources: string | undefined;
  readonly log: (line: string) => void;
}

export function forkTrainer({ entry, resources, log }: TrainerProcessOptions): TrainerProcess<MessagePortMain> {
  const child = utilityProcess.fork(entry, [], {
    serviceName: 'Lineside trainer',
    stdio: 'pipe',
    env: { ...process.env, ...(resources !== undefined && { LINESIDE_RESOURCES: resources }) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => log(`trainer: ${chunk.toString('utf8').trimEnd()}`));
  }
  return {
    post: (message, ports) => child.postMessage(message, [...(ports ?? [])]),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    // SIGTERM would wait for the native code to come back.
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

/** Main's own line to the trainer, connected at the first call and again after the trainer was started anew. */
export function createOwnClient(trainer: TrainerHost<MessagePortMain>): () => Promise<Client> {
  let connected: Promise<Client> | undefined;
  const connect = async (): Promise<Client> => {
    const { port1, port2 } = new MessageChannelMain();
    await trainer.connect(port1);
    const port = portOverEmitter(port2);
    const client = createClient({
      ...port,
      onClose: (listener) =>
        port.onClose(() => {
          connected = undefined;
          listener();
        }),
    });
    return client;
  };
  return () => {
    connected ??= connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  };
}
