import { CommanderError } from 'commander';
import { ZodError } from 'zod';
import { LinesideError, toErrorMessage } from '../../shared/errors';
import type { ErrorMessage } from '../../shared/errors';

export const exitCodes = { done: 0, failed: 1, wrongUse: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Whether commander stopped because it has shown help or the version. */
export function isHelpShown(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** Anything thrown, as the one sentence that the caller gets. */
export function toCliError(error: unknown): ErrorMessage {
  if (error instanceof CommanderError) return { code: 'wrongUse', message: commanderSentence(error.message) };
  if (error instanceof ZodError) {
    const issue = error.issues[0];
    return { code: 'wrongUse', message: `${issue?.path.join('.') ?? 'input'}: ${issue?.message ?? 'is not valid'}` };
  }
  return toErrorMessage(error);
}

export function exitCodeOf(error: ErrorMessage): ExitCode {
  return error.code === 'wrongUse' ? exitCodes.wrongUse : exitCodes.failed;
}

/** Commander says "error: unknown option '--x'\n(Did you mean --y?)": one line, without its prefix. */
function commanderSentence(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

/** What a stopped job ends with when the stage itself did not say more. */
export function stopped(kept: string): LinesideError {
  return new LinesideError('cancelled', `stopped: ${kept}`);
}
