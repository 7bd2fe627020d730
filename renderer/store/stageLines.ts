import type { Problem } from '../../shared/contract';
import type { ProjectResults, ProjectState } from '../../shared/mainContract';
import { shareFound } from '../../shared/score';
import type { Stage } from '../../shared/stages';
import type { Job } from './job';
import type { StageState } from './stageStates';

/** A sentence as the language files know it. */
export interface Sentence {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

interface Known {
  readonly project: ProjectState;
  readonly results: ProjectResults | null;
  readonly problems: readonly Problem[] | null;
  readonly job: Job;
}

/** The one line of result under a stage's name in the rail; null where there is nothing to tell yet. */
export function stageLine(stage: Stage, state: StageState, known: Known): Sentence | null {
  if (state === 'running') return runningLine(known.job);
  if (state === 'failed') {
    const ranAway = stage === 'training' && known.project.ranAway && known.job.kind !== 'failed';
    return { key: ranAway ? 'line.ranAway' : 'line.failed' };
  }
  if (state === 'outOfDate') return { key: 'line.outOfDate' };
  return resultLine(stage, known);
}

function runningLine(job: Job): Sentence {
  const progress = job.kind === 'running' ? job.progress : null;
  if (!progress || progress.total <= 0) return { key: 'line.running' };
  return {
    key: 'line.percent',
    values: { share: Math.min(1, progress.done / progress.total) },
  };
}

function resultLine(stage: Stage, { project, results, problems }: Known): Sentence | null {
  switch (stage) {
    case 'images':
      return project.pictures > 0 ? { key: 'line.images', values: { count: project.pictures } } : null;
    case 'annotations':
      if (project.boxes === 0) return null;
      return { key: 'line.annotations', values: { classes: project.classes.length, count: project.boxes } };
    case 'dataset': {
      const urgent = problems?.filter(({ severity }) => severity === 'mustFix').length ?? 0;
      if (urgent > 0) return { key: 'line.mustFix', values: { count: urgent } };
      return project.stages.dataset === 'done' ? { key: 'line.checked' } : null;
    }
    case 'lrFinder': {
      const found = results?.lrFinder;
      if (!found) return null;
      return { key: `line.rate.${found.confidence}`, values: { rate: found.learningRate } };
    }
    case 'batchSize': {
      const measured = results?.batchSize;
      if (!measured) return null;
      const { batchSize: count, accumulate: parts } = measured;
      return parts > 1
        ? { key: 'line.batchInParts', values: { count, parts } }
        : { key: 'line.batch', values: { count } };
    }
    case 'training': {
      if (project.interrupted !== null) return { key: 'line.interrupted' };
      const rounds = results?.training?.epochs.length ?? 0;
      return rounds > 0 ? { key: 'line.rounds', values: { count: rounds } } : null;
    }
    case 'evaluation': {
      const evaluation = results?.evaluation;
      if (!evaluation) return null;
      return { key: 'line.found', values: { found: Math.round(100 * shareFound(evaluation)) } };
    }
    case 'export':
      if (!results?.export) return null;
      // Packages are what is carried away; a package of single files has none.
      return { key: 'line.files', values: { count: results.export.bundles.length || results.export.files.length } };
    default:
      return stage satisfies never;
  }
}
