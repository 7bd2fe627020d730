import path from 'node:path';
import { batchSizeResult, lrFinderResult } from '../../shared/contract';
import type { BatchSizeResult, LrFinderResult } from '../../shared/contract';
import type { Job } from '../../electron/cli/job';
import { exists, isProject, readJson, readSplit } from '../../electron/trainer/projectStore';

export const dataNames = ['bccd', 'practice'] as const;
export type DataName = (typeof dataNames)[number];

export interface StudyRequest {
  readonly call: Job['call'];
  readonly data: DataName;
  /** Trainings of this sitting. */
  readonly most: number;
}

/** A project made ready for trainings as the app does it: split, rate and batch found. */
export interface StudyProject {
  readonly folder: string;
  readonly found: LrFinderResult;
  readonly batch: BatchSizeResult;
}

/** Of every split, sweep and training, so that trainings differ in what is studied only. */
export const seed = 1;

/** Where a study keeps what it measures, beside the project that all studies of these pictures share. */
export function studyFolder(name: string): string {
  return path.resolve('work', 'studies', name);
}

/** The project of a data set, made on first use. @throws where the pictures are not there, saying where they belong */
export async function openStudyProject({ call, data }: StudyRequest): Promise<StudyProject> {
  const project = studyFolder(`project-${data}`);
  if (!(await isProject(project))) {
    if (data === 'practice') await call('images.practice', { project, seed });
    else await call('images.import', { project, seed, data: await bccdFolder(), name: 'BCCD' });
  }
  if ((await readSplit(project)) === undefined) await call('dataset.split', { project, seed });
  const found =
    (await readJson(project, 'lrFinder.json', lrFinderResult)) ?? (await call('lrFinder.run', { project, seed }));
  const batch =
    (await readJson(project, 'batchSize.json', batchSizeResult)) ??
    (await call('batchSize.recommend', { project, seed }));
  return { folder: project, found, batch };
}

export async function bccdFolder(): Promise<string> {
  const folder = process.env['LINESIDE_BCCD'] ?? path.resolve('..', 'shared', 'data', 'bccd');
  if (await exists(folder)) return folder;
  throw new Error(`BCCD is not in ${folder}: put it there or name its folder in LINESIDE_BCCD`);
}
