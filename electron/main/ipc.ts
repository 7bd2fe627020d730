import { ipcMain, MessageChannelMain, type IpcMainInvokeEvent, type MessagePortMain, type WebContents } from 'electron';
import { z } from 'zod';
import type { TrainerState } from '../../shared/bridge';
import { answerCall, reply, type MainHandlers } from './answerCall';
import { isOwnPage } from './security';
import type { TrainerHost } from './trainerHost';

export interface IpcOptions {
  readonly handlers: MainHandlers;
  readonly acceptDropped: (paths: readonly string[]) => Promise<unknown>;
  readonly trainer: TrainerHost<MessagePortMain>;
  readonly log: (line: string) => void;
}

/** Registers everything that the preload script can reach. */
export function registerIpc({ handlers, acceptDropped, trainer, log }: IpcOptions): void {
  const handle = (channel: string, answer: (contents: WebContents, ...args: unknown[]) => Promise<unknown>): void => {
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, ...args: unknown[]) => {
      if (isOwnPage(event.senderFrame)) return answer(event.sender, ...args);
      log(`refused a call of ${event.senderFrame?.url ?? 'a frame that is gone'}`);
      throw new Error('calls are answered to the page of Lineside only');
    });
  };
  handle('lineside:main', (_contents, method, input) => answerCall(handlers, method, input));
  handle('lineside:dropped', (_contents, paths) =>
    reply(() => acceptDropped(z.array(z.string()).max(100_000).parse(paths))),
  );
  handle('lineside:trainerStateNow', () => Promise.resolve(trainer.state()));
  handle('lineside:trainerPort', (contents, token) =>
    reply(async () => {
      const word = z.uuid().parse(token);
      const { port1, port2 } = new MessageChannelMain();
      await trainer.connect(port1);
      contents.postMessage('lineside:trainerPort', word, [port2]);
    }),
  );
}

export function sendTrainerState(contents: WebContents | undefined, state: TrainerState): void {
  if (contents && !contents.isDestroyed()) contents.send('lineside:trainerState', state);
}
