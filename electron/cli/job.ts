import { contract } from '../../shared/contract';
import type { InputOf, Method, OutputOf, ParsedInputOf } from '../../shared/contract';
import { stopped } from './errors';
import { listenForInterrupt } from './interrupt';
import type { Outcome } from './output';
import type { JobEvent, Pipeline } from './pipelinePort';
import { createProgressView } from './progress';
import type { Terminal } from './progress';

/** What the command line needs of the world around it; tests pass their own. */
export interface World {
  readonly loadPipeline: () => Promise<Pipeline>;
  readonly workingFolder: string;
  readonly stdout: (text: string) => void;
  readonly terminal: Terminal;
}

/** What a verb's action gets to work with. */
export interface Job {
  readonly pipeline: Pipeline;
  readonly context: { readonly emit: (event: JobEvent) => void; readonly signal: AbortSignal };
  /** Calls a method of the contract with the same checks as the app. */
  readonly call: <M extends Method>(method: M, input: InputOf<M>) => Promise<OutputOf<M>>;
}

/**
 * Runs one job with progress, Ctrl-C and its result.
 * @param kept what is not lost when the operator stops it, in words
 * @throws LinesideError 'cancelled' when it was stopped
 */
export async function runJob(
  world: World,
  options: { readonly json: boolean; readonly kept: string },
  action: (job: Job) => Promise<Outcome>,
): Promise<Outcome> {
  const view = createProgressView(world.terminal);
  const interrupt = listenForInterrupt((text) => view.line(text));
  try {
    const pipeline = await world.loadPipeline();
    const context = { emit: (event: JobEvent) => view.show(event), signal: interrupt.signal };
    const call = async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> => {
      const parsed = contract[method].input.parse(input) as ParsedInputOf<M>;
      return pipeline.handlers[method](parsed, context);
    };
    const outcome = await action({ pipeline, context, call });
    view.end();
    outcome.remarks?.forEach((remark) => view.line(remark));
    world.stdout(options.json ? `${JSON.stringify(outcome.json)}\n` : `${outcome.text}\n`);
    return interrupt.signal.aborted ? { ...outcome, isFailure: true } : outcome;
  } catch (error) {
    view.end();
    throw interrupt.signal.aborted && isAbort(error) ? stopped(options.kept) : error;
  } finally {
    interrupt.release();
  }
}

/** What `signal.throwIfAborted()` and Node's own functions throw. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
