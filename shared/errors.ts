import type { SaidMessage } from './said';

/** Why something failed, as a word that code can switch on. */
export type ErrorCode =
  | 'wrongUse' // the caller asked for something that makes no sense: exit code 2
  | 'badInput' // a picture, label file, folder or project that cannot be used
  | 'busy' // another job is running in this project
  | 'cancelled' // the operator stopped it
  | 'diverged' // training stopped at a loss that is not finite
  | 'outOfMemory'
  | 'disk' // writing failed: full, read-only, gone
  | 'engine' // no engine, or the engine failed
  | 'newerVersion' // made by a newer Lineside
  | 'internal';

/** What crosses the wire when a call fails. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  /** One sentence that names the file and the value, and says what to do. */
  readonly message: string;
  readonly detail?: string | undefined;
  /** The same for the page, which says it in the operator's language; absent where nobody is expected to meet it. */
  readonly said?: SaidMessage | undefined;
}

interface ErrorOptions {
  readonly detail?: string | undefined;
  readonly cause?: unknown;
  readonly said?: SaidMessage | undefined;
}

/**
 * An error meant for the operator. `message` names the file, the value and the remedy in one sentence, as in
 * `box 3 in cat_07.xml is flat (x 12 to 12): redraw or delete it`.
 */
export class LinesideError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly said: SaidMessage | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LinesideError';
    this.code = code;
    this.detail = options.detail;
    this.said = options.said;
  }
}

/** Turns anything thrown into what the operator is told. Errors that are not ours keep their stack as the detail. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof LinesideError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error.said === undefined ? {} : { said: error.said }),
    };
  }
  if (error instanceof Error) return { code: 'internal', message: error.message, detail: error.stack };
  return { code: 'internal', message: String(error) };
}
