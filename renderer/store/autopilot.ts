import { go } from './actions';
import {
  check,
  cutIntoTiles,
  evaluate,
  findLearningRate,
  fix,
  makePackage,
  recommendBatch,
  startTraining,
} from './jobs';
import { nextStage, stageStates } from './stageStates';
import { useStore } from './store';
import type { Stage } from '../../shared/stages';

/** Does one stage. False where a person is needed, or it was stopped, or it failed. */
const drive: Readonly<Record<Stage, () => Promise<boolean>>> = {
  images: async () => false,
  annotations: async () => (useStore.getState().project?.boxes ?? 0) > 0,
  dataset: checkAndMend,
  lrFinder: () => findLearningRate(),
  batchSize: recommendBatch,
  training: () => startTraining((useStore.getState().project?.interrupted ?? null) !== null),
  evaluation: evaluate,
  export: () => makePackage(['computer']),
};

async function checkAndMend(): Promise<boolean> {
  if (await check()) return true;
  const found = useStore.getState().problems ?? [];
  return found.some(({ severity, fixable }) => severity === 'mustFix' && fixable) ? fix() : false;
}

/**
 * "Do it all for me": does every stage that is not done, in order, and stops only where a person is needed: no pictures,
 * no boxes, something that only a person can mend.
 */
export async function doItAll(): Promise<void> {
  useStore.setState({ autopilot: true });
  const tried = new Set<Stage>();
  try {
    while (useStore.getState().autopilot) {
      const { project, job } = useStore.getState();
      if (!project) return;
      const states = stageStates(project, job);
      const skipLabels = project.boxes > 0 ? { ...states, annotations: 'done' as const } : states;
      const stage = nextStage(skipLabels);
      if (stage === null) return go('evaluation');
      if (states[stage] === 'locked' || tried.has(stage)) return go(stage);
      tried.add(stage);
      go(stage);
      if (!(await drive[stage]())) return;
    }
  } finally {
    useStore.setState({ autopilot: false });
  }
}

/**
 * Cuts the pictures, lays the detector out anew, and trains it afresh: with the rate and the batch size that are measured
 * for it first, as those of the former layout are not used. Stops where something was stopped, or failed.
 */
export async function cutAndTrain(): Promise<void> {
  const stagesToDo = [
    ['dataset', () => cutIntoTiles(true)],
    ['lrFinder', drive.lrFinder],
    ['batchSize', drive.batchSize],
    ['training', () => startTraining(false)],
  ] as const;
  useStore.setState({ autopilot: true });
  try {
    for (const [stage, work] of stagesToDo) {
      go(stage);
      if (!(await work())) return;
    }
  } finally {
    useStore.setState({ autopilot: false });
  }
}
