import { z } from 'zod';
import type { MainReply } from '../../shared/bridge';
import { LinesideError, toErrorMessage } from '../../shared/errors';
import { mainContract, type MainMethod, type MainOutputOf, type ParsedMainInputOf } from '../../shared/mainContract';

/** Main's side of its contract: one function a method. */
export type MainHandlers = {
  readonly [M in MainMethod]: (input: ParsedMainInputOf<M>) => Promise<MainOutputOf<M>>;
};

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

/** What a function gives or throws, as a value that survives the way to the page. */
export async function reply(answer: () => Promise<unknown>): Promise<MainReply> {
  try {
    return { ok: true, output: await answer() };
  } catch (error) {
    return { ok: false, error: toErrorMessage(error) };
  }
}

function isMainMethod(method: string): method is MainMethod {
  return Object.hasOwn(mainContract, method);
}
