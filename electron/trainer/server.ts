import path from 'node:path';
import { z } from 'zod';
import type { Handlers, JobContext, Method } from '../../shared/contract';
import { LinesideError } from '../../shared/errors';
import type { AllowedPaths } from '../../shared/trainerHostMessages';
import type { Said } from '../../shared/said';

/**
 * What stands between the wire and the stages in the app: paths that the operator never chose are refused, and there is
 * one long job at a time.
 */

/** Quick questions, answered while a job runs. All others are jobs. */
const quickMethods: ReadonlySet<Method> = new Set<Method>(['engine.describe', 'images.render', 'training.readLog']);

/**
 * Refused while a job runs, because both would want the engine or the project; but too short to be a job themselves. A
 * job that begins asks them to stop, and waits until they have.
 */
const shortMethods: ReadonlySet<Method> = new Set<Method>(['evaluation.look', 'training.plan']);

export interface GuardOptions {
  readonly allowed: () => AllowedPaths;
  /** Told when a long job begins and when it has ended. */
  readonly onJob: (running: boolean) => void;
}

export interface Guarded {
  readonly handlers: Handlers;
  /** Asks the running job to stop, as if its caller had cancelled it. */
  readonly stopJob: () => void;
}

type AnyHandler = (input: never, context: JobContext<never>) => Promise<unknown>;

/** Wraps each handler; the wrapped ones throw 'busy' and 'badInput' where they refuse. */
export function guard(handlers: Handlers, { allowed, onJob }: GuardOptions): Guarded {
  let running: { readonly method: Method; readonly stop: AbortController } | undefined;
  const short = new Map<Promise<unknown>, AbortController>();
  const runShort = async (handler: AnyHandler, input: never, context: JobContext<never>): Promise<unknown> => {
    const stop = new AbortController();
    const answer = handler(input, { ...context, signal: AbortSignal.any([context.signal, stop.signal]) });
    short.set(answer, stop);
    try {
      return await answer;
    } finally {
      short.delete(answer);
    }
  };
  const endShort = async (): Promise<void> => {
    for (const stop of short.values()) stop.abort();
    await Promise.allSettled(short.keys());
  };
  const guarded = (method: Method, handler: AnyHandler): AnyHandler => {
    return async (input, context) => {
      refuseForeignPaths(method, input, allowed());
      if (quickMethods.has(method)) return handler(input, context);
      if (running !== undefined) {
        throw new LinesideError(
          'busy',
          `Lineside is still at work (${running.method}): wait until it is done, or stop it`,
          { said: { code: 'stillAtWork', values: {} } satisfies Said },
        );
      }
      if (shortMethods.has(method)) return runShort(handler, input, context);
      const stop = new AbortController();
      running = { method, stop };
      onJob(true);
      const signal = AbortSignal.any([context.signal, stop.signal]);
      try {
        if (short.size > 0) await endShort();
        signal.throwIfAborted();
        return await handler(input, { ...context, signal });
      } finally {
        running = undefined;
        onJob(false);
      }
    };
  };
  const entries = Object.entries(handlers) as [Method, AnyHandler][];
  const wrapped: [Method, AnyHandler][] = entries.map(([method, handler]) => [method, guarded(method, handler)]);
  return { handlers: Object.fromEntries(wrapped) as unknown as Handlers, stopJob: () => running?.stop.abort() };
}

const runName = z.string().regex(/^(latest|base|runs\/[\w.-]*\w)$/, 'is no run of the project');

/** Every field of the contract's inputs that names something on disk. */
const pathFields = z.object({
  project: z.string().optional(),
  data: z.union([z.string(), z.array(z.string())]).optional(),
  files: z.array(z.string()).optional(),
  out: z.string().optional(),
  log: z.string().optional(),
  file: z
    .string()
    .regex(/^images\/(?!\.\.?$)[^/\\]+$/, 'is no picture of the project')
    .optional(),
  run: runName.optional(),
  resume: runName.optional(),
  use: runName.optional(),
});

function refuseForeignPaths(method: Method, input: unknown, allowed: AllowedPaths): void {
  const fields = pathFields.safeParse(input);
  if (!fields.success) throw new LinesideError('badInput', `${method}: ${z.prettifyError(fields.error)}`);
  const { project, data = [], files = [], out = [], log = [] } = fields.data;
  if (project !== undefined && !allowed.projects.includes(path.resolve(project))) {
    throw new LinesideError('badInput', `${project} is not open: open the project first`, {
      said: { code: 'notOpen', values: {} } satisfies Said,
    });
  }
  const known = [...allowed.picked, ...allowed.projects];
  for (const file of [data, files, out, log].flat()) {
    if (!known.some((folder) => isSameOrInside(path.resolve(file), folder))) {
      throw new LinesideError('badInput', `${file} was not chosen by you: choose it once more`, {
        said: { code: 'notChosen', values: { file } } satisfies Said,
      });
    }
  }
}

function isSameOrInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}
