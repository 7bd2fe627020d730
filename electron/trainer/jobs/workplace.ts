import type { DetectorPlan, Handlers, JobContext, Progress } from '../../../shared/contract';
import { detectorPlan } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { frozenLayers, layoutOf } from '../../../shared/layout';
import type { Said } from '../../../shared/said';
import { loadItems, type DatasetItems } from '../dataset/items';
import { networkOf, planDetector } from '../dataset/plan';
import { splitProject } from '../dataset/splitProject';
import { trainingViews } from '../dataset/tiles';
import type { Network } from '../detector/network';
import { openProject, readSplit, writeJson, writeProject } from '../projectStore';

/** What every job from the learning rate on works with. */
export interface Workplace {
  readonly project: string;
  /** The project's pictures as they are, with their sets. */
  readonly pictures: DatasetItems;
  /** What is trained on are views of pictures, where the plan cuts them into tiles; the other sets are whole pictures. */
  readonly items: DatasetItems;
  readonly plan: DetectorPlan;
  readonly network: Network;
  readonly frozenLayers: number;
  /** The detector in one line, to know figures that were measured with another (shared/layout). */
  readonly layout: string;
}

export type ProgressContext = Pick<JobContext<Progress>, 'emit' | 'signal'>;

/**
 * Opens a project for learning: splits it if it has not been, or if pictures were labelled since, and lays the detector out.
 * @throws LinesideError 'badInput' where there is nothing to learn from
 */
export async function openWorkplace(project: string, seed: number, context: ProgressContext): Promise<Workplace> {
  if ((await readSplit(project)) === undefined) await splitProject({ project, seed }, context);
  let items = await loadItems(project);
  if (items.unassigned.length > 0) {
    await splitProject({ project, seed }, context);
    items = await loadItems(project);
  }
  if (!items.train.some(({ boxes }) => boxes.length > 0)) {
    throw new LinesideError('badInput', `${project} has no boxes to learn from: draw boxes on some pictures first`, {
      said: { code: 'noBoxesToLearn', values: {} } satisfies Said,
    });
  }
  if (items.validation.length === 0) {
    throw new LinesideError(
      'badInput',
      `${project} has too few labelled pictures (${items.train.length}): label ten or more`,
      { said: { code: 'tooFewPictures', values: { count: items.train.length } } satisfies Said },
    );
  }
  const { tiling, input } = await openProject(project);
  const plan = planDetector(items.train, items.classes.length, { tiling, input });
  await writeJson(project, 'plan.json', detectorPlan, plan);
  return layOut(project, items, plan);
}

/** A project's pictures with the detector laid out as planned. */
export function layOut(project: string, pictures: DatasetItems, plan: DetectorPlan): Workplace {
  const classes = pictures.classes.length;
  return {
    project,
    pictures,
    items: { ...pictures, train: trainingViews(pictures.train, plan.tiling) },
    plan,
    network: networkOf(plan, classes),
    frozenLayers,
    layout: layoutOf(plan, classes),
  };
}

/** Handler of 'dataset.plan': keeps the operator's choice of tiles and input, if there is one, and lays the detector out anew. */
export const planProject: Handlers['dataset.plan'] = async ({ project, seed, tiling, input }, context) => {
  if (tiling !== undefined || input !== undefined) {
    const { tiling: oldTiling, input: oldInput, ...file } = await openProject(project);
    const kept = { tiling: tiling === undefined ? oldTiling : tiling, input: input === undefined ? oldInput : input };
    await writeProject(project, {
      ...file,
      ...(typeof kept.tiling === 'boolean' && { tiling: kept.tiling }),
      ...(typeof kept.input === 'number' && { input: kept.input }),
    });
  }
  return (await openWorkplace(project, seed, context)).plan;
};

/** Seconds from a clock that never goes back. */
export const clock = (): number => performance.now() / 1000;
