import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { batchSizeResult, type LrFinderResult, lrFinderResult } from '../../shared/contract';
import type { Outcome } from '../../electron/cli/output';
import { rateText } from '../../electron/trainer/twoDigits';
import { writeJson } from '../../electron/trainer/projectStore';
import { writeWhole } from '../../electron/trainer/wholeFile';
import { measureAll } from './lines';
import { openStudyProject, studyFolder, type StudyRequest } from './studyProject';

const seeds = [1, 2, 3] as const;

const finding = lrFinderResult
  .omit({ reason: true, suggestions: true })
  .extend({ name: z.string(), kind: z.string(), seed: z.number() });

/**
 * The rate found by the usual sweeps with three seeds, by thorough ones with one, exponential and linear, and what each
 * costs. Writes docs/studies/lr-finder-<data>.
 */
export async function lrFinder(request: StudyRequest): Promise<Outcome> {
  const { call, data, most } = request;
  const { folder: project, found, batch } = await openStudyProject(request);
  const find = async (seed: number, sweep: LrFinderResult['sweep'], thorough: boolean): Promise<LrFinderResult> => {
    const result = await call('lrFinder.run', { project, seed, sweep, thorough });
    // Trainings of other studies go on with what was found first.
    await writeJson(project, 'lrFinder.json', lrFinderResult, found);
    await writeJson(project, 'batchSize.json', batchSizeResult, batch);
    return result;
  };
  const wanted = [false, true].flatMap((thorough) =>
    (['exponential', 'linear'] as const).flatMap((sweep) =>
      (thorough ? seeds.slice(0, 1) : seeds).map((seed) => {
        const kind = thorough ? `thorough ${sweep}` : sweep;
        const name = `${kind}, seed ${String(seed)}`;
        return { name, measure: async () => ({ name, kind, seed, ...(await find(seed, sweep, thorough)) }) };
      }),
    ),
  );
  const file = path.join(studyFolder(`lr-finder-${data}`), 'findings.jsonl');
  const findings = await measureAll(file, finding, most, wanted);
  const text = pageOf(data, findings);
  await mkdir(path.join('docs', 'studies'), { recursive: true });
  await writeWhole(path.join('docs', 'studies', `lr-finder-${data}.md`), text);
  return { json: { findings }, text };
}

function pageOf(data: string, findings: readonly z.output<typeof finding>[]): string {
  const turns = ({ divergence }: z.output<typeof finding>): string => {
    const rates = (['total', 'regression', 'classification'] as const).map((loss) => divergence[loss]);
    return rates.map((rate) => (rate === undefined ? 'never' : rateText(rate))).join(' / ');
  };
  const rows = findings.map((one) => {
    const { steps = 0, trainingSteps = 1 } = one.cost ?? {};
    const share = `${((100 * steps) / trainingSteps).toFixed(0)} % (${String(steps)} of ${String(trainingSteps)})`;
    const alone = one.repeats.map(rateText).join(', ');
    const { regression, classification } = one.correlation;
    const correlation = `${regression.toFixed(2)} / ${classification.toFixed(2)}`;
    return `| ${one.kind} | ${String(one.seed)} | ${rateText(one.learningRate)} | ${one.confidence}${one.doubt === undefined ? '' : ` (${one.doubt})`} | ${alone} | ${turns(one)} | ${correlation} | ${share} | ${one.seconds.toFixed(0)} |`;
  });
  return `${[
    `# What the learning rate finder finds: ${data}`,
    `Made by \`npm run study -- lr-finder --data ${data}\`, batches of ${String(findings[0]?.batchSize ?? 0)}. A thorough sweep takes what it takes; the usual ones at most a tenth of the steps of the training that follows. Divergence: where the total / regression / classification loss turns up. Correlation: Spearman's, of the rate with the regression / classification loss up to there. Seconds are of this machine, with what else it did.`,
    [
      '| sweep | seed | rate | confidence | single sweeps | divergence | correlation | steps, of the training | seconds |',
      '| --- | ---: | ---: | --- | --- | --- | --- | ---: | ---: |',
      ...rows,
    ].join('\n'),
  ].join('\n\n')}\n`;
}
