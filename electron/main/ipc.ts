import { ipcMain, MessageChannelMain, type IpcMainInvokeEvent, type MessagePortMain, type WebContents } from 'electron';
import { z } from 'zod';
import type { MainReply, TrainerState } from '../../shared/bridge';
import { LinesideError, toErrorMessage } from '../../shared/errors';
import { mainContract, type MainMethod, type MainOutputOf, type ParsedMainInputOf } from '../../shared/mainContract';
import { isOwnPage } from './security';
import type { TrainerHost } from './trainerHost';

/** Main's side of its contract: one function a method. */
export type MainHandlers = {
  readonly [M in MainMethod]: (input: ParsedMainInputOf<M>) => Promise<MainOutputOf<M>>;
};

export interface IpcOptions {
  readonly handlers: MainHandlers;
  readonly acceptDropped: (paths: readonly string[]) => Promise<unknown>;
  readonly trainer: TrainerHost<MessagePortMain>;
  readonly log: (line: string) => void;
}

/**
 * Answers one call of the page.
 * @param input not looked at before it has been parsed
 */
export async function answerCall(handlers: MainHandlers, method: unknown, input: unknown): Promise<MainReply> {
  return reply(() => {
    if (typeof method !== 'string' || !isMainMethod(method)) {
      throw new LinesideError('wrongUse', `there is no method "${String(method)}"`);
    }
    const parsed = mainContract[method].input.safeParse(input);
    if (!parsed.success) throw new LinesideError('wrongUse', `${method}: ${z.prettifyError(parsed.error)}`);
    const handler = handlers[method] as (input: unknown) => Promise<unknown>;
    return handler(parsed.data);
  });
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

async function reply(answer: () => Promise<unknown>): Promise<MainReply> {
  try {
    return { ok: true, output: await answer() };
  } catch (error) {
    return { ok: false, error: toErrorMessage(error) };
  }
}

function isMainMethod(method: string): method is MainMethod {
  return Object.hasOwn(mainContract, method);
}
