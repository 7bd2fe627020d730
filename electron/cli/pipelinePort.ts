import type { EventOf, Handlers, JobContext, Method, OutputOf } from '../../shared/contract';

/** Any event of any job. */
export type JobEvent = EventOf<Method>;

/** What 'run' does from the first stage to the last, in one call. */
export interface RunAllInput {
  /** Absolute path of the project folder; made when it is not there. */
  readonly project: string;
  /** Absolute path of a folder with pictures and labels. Absent: the project's own pictures. */
  readonly data?: string;
  /** Whether to make the practice project first. */
  readonly practice?: boolean;
  readonly seed: number;
}

export interface RunAllResult {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly seconds: number;
  readonly evaluation: OutputOf<'evaluation.run'>;
  readonly export: OutputOf<'export.run'>;
}

/** What the command line needs of the trainer. It is loaded late, so that `--help` need not wait for an engine. */
export interface Pipeline {
  readonly handlers: Handlers;
  readonly runAll: (input: RunAllInput, context: JobContext<JobEvent>) => Promise<RunAllResult>;
}
