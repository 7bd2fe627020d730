import type { EventOf, Handlers, JobContext, Method } from '../../shared/contract';
import type { RunAllInput, RunAllResult } from '../trainer/jobs/runAll';

/** Any event of any job. */
export type JobEvent = EventOf<Method>;

/** What the command line needs of the trainer. It is loaded late, so that `--help` need not wait for an engine. */
export interface Pipeline {
  readonly handlers: Handlers;
  readonly runAll: (input: RunAllInput, context: JobContext<JobEvent>) => Promise<RunAllResult>;
}
