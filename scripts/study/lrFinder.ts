import path from 'node:path';
import { z } from 'zod';
import { batchSizeResult, lrFinderResult } from '../../shared/contract';
import type { LrFinderResult } from '../../shared/contract';
import type { Outcome } from '../../electron/cli/output';
import { writeJson } from '../../electron/trainer/projectStore';
import { measureAll } from './lines';
import { openStudyProject, studyFolder, type StudyRequest } from './studyProject';

const seeds = [1, 2, 3] as const;

const finding = lrFinderResult.omit({ reason: true, suggestions: true }).extend({ name: z.string(), seed: z.number() });

/** The rate found with other seeds by the usual sweeps and by thorough ones, and what each costs. */
export async function lrFinder(request: StudyRequest): Promise<Outcome> {
  const { call, data, most } = request;
  const { folder: project, found, batch } = await openStudyProject(request);
  const find = async (seed: number, thorough: boolean): Promise<LrFinderResult> => {
    const result = await call('lrFinder.run', { project, seed, thorough });
    // Trainings of other studies go on with what was found first.
    await writeJson(project, 'lrFinder.json', lrFinderResult, found);
    await writeJson(project, 'batchSize.json', batchSizeResult, batch);
    return result;
  };
  const wanted = [false, true].flatMap((thorough) =>
    seeds.map((seed) => {
      const name = `${thorough ? 'thorough' : 'usual'}, seed ${String(seed)}`;
      return {
        name,
        measure: async () => ({ name, seed, ...(await find(seed, thorough)) }),
      };
    }),
  );
  const findings = await measureAll(
    path.join(studyFolder(`lr-finder-${data}`), 'findings.jsonl'),
    finding,
    most,
    wanted,
  );
  const text = findings
    .map(({ name, learningRate, confidence, cost, seconds }) =>
      [name, learningRate, confidence, `${String(cost?.steps)} steps`, `${seconds.toFixed(0)} s`].join('  '),
    )
    .join('\n');
  return { json: { findings }, text };
}
