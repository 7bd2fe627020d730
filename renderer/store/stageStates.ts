import type { ProjectState } from '../../shared/mainContract';
import { stages, type Stage } from '../../shared/stages';
import { isRunning, type Job } from './job';

export type StageState = 'locked' | 'ready' | 'running' | 'done' | 'outOfDate' | 'failed';

type Need = (project: ProjectState) => boolean;

const hasResult =
  (stage: Stage): Need =>
  (project) =>
    project.stages[stage] !== 'empty';

/**
 * What must be there before a stage can be worked on. The rate and the batch size are not needed for training: the
 * trainer has a plan of its own when the search for them failed.
 */
const needs: Readonly<Record<Stage, Need>> = {
  images: () => true,
  annotations: (project) => project.pictures > 0,
  dataset: (project) => project.boxes > 0,
  lrFinder: hasResult('dataset'),
  batchSize: hasResult('dataset'),
  training: hasResult('dataset'),
  evaluation: (project) => project.usable,
  export: hasResult('training'),
};

/** The state of each stage as the rail draws it. */
export function stageStates(project: ProjectState, job: Job): Readonly<Record<Stage, StageState>> {
  const entries = stages.map((stage) => [stage, stageState(stage, project, job)] as const);
  return Object.fromEntries(entries) as Record<Stage, StageState>;
}

function stageState(stage: Stage, project: ProjectState, job: Job): StageState {
  if (isRunning(job, stage)) return 'running';
  const brokeOff = stage === 'training' && project.interrupted !== null;
  if (job.kind === 'failed' && job.stage === stage && (project.stages[stage] !== 'done' || brokeOff)) return 'failed';
  if (!needs[stage](project)) return 'locked';
  const status = project.stages[stage];
  switch (status) {
    case 'done':
      if (stage === 'training' && project.ranAway) return 'failed';
      return brokeOff ? 'ready' : 'done';
    case 'outOfDate':
      return 'outOfDate';
    case 'empty':
      return 'ready';
    default:
      return status satisfies never;
  }
}

/** The stage to go on with: the first that is not done. Null when all are. */
export function nextStage(states: Readonly<Record<Stage, StageState>>): Stage | null {
  return stages.find((stage) => states[stage] !== 'done') ?? null;
}

/** The stage after this one in the order of the data's way; the last one has none. */
export function following(stage: Stage): Stage | null {
  return stages[stages.indexOf(stage) + 1] ?? null;
}
