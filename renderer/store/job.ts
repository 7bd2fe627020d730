import type { BatchRow, EventOf, Progress } from '../../shared/contract';
import type { ErrorMessage } from '../../shared/errors';
import type { RunSummary } from '../../shared/mainContract';
import type { SaidCode } from '../../shared/said';
import type { Stage } from '../../shared/stages';
import type { SweepPoint } from './lrView';

/** What a long job belongs to: a stage, or trying a model outside of any project. */
export type JobStage = Stage | 'tryModel' | 'suggest';

/** The one long job that the trainer runs at a time. Its last end stays visible until the next one starts. */
export type Job =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly stage: JobStage;
      /** Milliseconds since the epoch. */
      readonly startedAt: number;
      readonly progress: Progress | null;
      /** The operator pressed Stop and the trainer is winding up. */
      readonly stopping: boolean;
    }
  | { readonly kind: 'done'; readonly stage: JobStage; readonly seconds: number }
  | { readonly kind: 'failed'; readonly stage: JobStage; readonly error: ErrorMessage }
  | { readonly kind: 'cancelled'; readonly stage: JobStage };

type TrainingEvent = EventOf<'training.run'>;
export type StepReport = Extract<TrainingEvent, { kind: 'step' }>;
export type EpochReport = Extract<TrainingEvent, { kind: 'epoch' }>;
export type WatchReport = Extract<TrainingEvent, { kind: 'watch' }>;
export type PreviewReport = Extract<TrainingEvent, { kind: 'preview' }>;

/** What the running (or last) jobs of this session have reported so far. */
export interface Live {
  readonly lrPoints: readonly SweepPoint[];
  readonly batchRows: readonly BatchRow[];
  readonly steps: readonly StepReport[];
  readonly epochs: readonly EpochReport[];
  readonly watch: readonly WatchReport[];
  readonly previews: readonly PreviewReport[];
}

export const emptyLive: Live = { lrPoints: [], batchRows: [], steps: [], epochs: [], watch: [], previews: [] };

/** Beyond this many points every second one is dropped, so that a long training costs the page no more than a short one. */
const mostSteps = 4000;

export function addTrainingEvent(live: Live, event: TrainingEvent): Live {
  switch (event.kind) {
    case 'progress':
      return live;
    case 'step': {
      const before = stepsBefore(live.steps, event.step);
      const kept = before.length < mostSteps ? before : before.filter((_, index) => index % 2 === 0);
      return { ...live, steps: [...kept, event] };
    }
    case 'epoch':
      return {
        ...live,
        epochs: [...live.epochs.filter(({ epoch }) => epoch < event.epoch), event],
        watch: isPutRight(event)
          ? [...live.watch, { ...watchOf(event), step: live.steps.at(-1)?.step ?? 0 }]
          : live.watch,
      };
    case 'watch':
      return { ...live, watch: [...live.watch, event] };
    case 'preview':
      return { ...live, previews: [...live.previews.filter(({ epoch }) => epoch < event.epoch), event] };
    default:
      return event satisfies never;
  }
}

/** Where the training went back, its later steps are done anew. */
function stepsBefore(steps: readonly StepReport[], next: number): readonly StepReport[] {
  return (steps.at(-1)?.step ?? 0) < next ? steps : steps.filter(({ step }) => step < next);
}

/** What the watch did in a training that was opened again, in the order of its steps. */
export function watchLines({
  steps,
  epochs,
  watch,
}: Pick<RunSummary, 'steps' | 'epochs' | 'watch'>): readonly WatchReport[] {
  const lowered = epochs.filter(isPutRight).map((report) => ({
    ...watchOf(report),
    step: steps.findLast(({ epoch }) => epoch === report.epoch)?.step ?? 0,
  }));
  return [...watch, ...lowered].sort((a, b) => a.step - b.step);
}

/** A round after which the rate was lowered is told like any other thing that was put right on the way. */
function isPutRight({ said }: EpochReport): boolean {
  return said?.code === ('watchForgot' satisfies SaidCode);
}

function watchOf({ text, said }: EpochReport): Omit<WatchReport, 'step'> {
  return { kind: 'watch', text, ...(said && { said }) };
}

export function isRunning(job: Job, stage?: JobStage): boolean {
  return job.kind === 'running' && (stage === undefined || job.stage === stage);
}
