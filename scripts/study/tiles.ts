import type { Outcome } from '../../electron/cli/output';
import { isProject } from '../../electron/trainer/projectStore';
import { makeSmallParts } from './smallParts';
import { seed, studyFolder, type StudyRequest } from './studyProject';
import { trainAll, type Training } from './trainings';

/** About as many pixels to learn from: 24 rounds of 42 pictures at 512, 2 rounds of a thousand tiles at 300. */
const variants = [
  { name: 'whole pictures', tiling: false, epochs: 24 },
  { name: 'tiles', tiling: true, epochs: 2 },
] as const;
const learningRate = 0.01;
const batchSize = 8;

/** Small parts in large drawn pictures, learned from whole pictures and from tiles. */
export async function tiles(request: StudyRequest): Promise<Outcome> {
  const trainings: Training[] = [];
  for (const { name, tiling, epochs } of variants) {
    const folder = studyFolder(`project-smallParts-${tiling ? 'tiles' : 'whole'}`);
    if (!(await isProject(folder))) await makeSmallParts(folder);
    await request.call('dataset.split', { project: folder, seed });
    await request.call('dataset.plan', { project: folder, seed, tiling });
    const wanted = [{ name, settings: { learningRate, epochs } }];
    trainings.push(...(await trainAll(request, { folder, batch: { batchSize } }, studyFolder('tiles'), wanted)));
  }
  const text = trainings.map((one) => `${one.name}: mAP50 ${one.mAP50.toFixed(4)}, ${one.steps} steps`).join('\n');
  return { json: { trainings }, text };
}
