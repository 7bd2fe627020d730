import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { LinesideError } from '../../shared/errors';
import { readTrainSsdLog } from '../trainer/training/trainSsdLog';
import { runJob } from './job';
import type { World } from './job';
import { existingProject } from './options';
import { batchSizeOutcome, logOutcome, lrFinderOutcome, planOutcome } from './output';
import { verb } from './verb';
import type { CommonOptions, Finish } from './verb';

const sweeps = ['exponential', 'linear'] as const;

const tiles = { on: true, off: false, auto: null } as const;

/** plan, find-lr, recommend-batch: how the detector is laid out, and the two numbers that a training needs. */
export function addPlanVerbs(program: Command, world: World, finish: Finish): void {
  verb(program, 'plan', 'Lay the detector out for the sizes of the parts, and say why.', [
    'plan --project ~/nuts',
    'plan --project ~/nuts --tiles on',
  ])
    .addOption(
      new Option('--tiles <choice>', 'cut pictures into tiles at their own resolution, for small parts').choices(
        Object.keys(tiles),
      ),
    )
    .action(async (options: CommonOptions & { tiles?: keyof typeof tiles }) => {
      const project = existingProject(options.project, world.workingFolder);
      const tiling = options.tiles === undefined ? undefined : tiles[options.tiles];
      finish(
        await runJob(world, { ...options, kept: 'the former plan is kept' }, async ({ call }) =>
          planOutcome(await call('dataset.plan', { project, seed: options.seed, tiling })),
        ),
      );
    });

  const bridge = program
    .command('bridge')
    .description('For those who train with train_ssd.py (pytorch-ssd, jetson-inference).');
  verb(bridge, 'read <log>', 'Read a log of train_ssd.py, and say what would help.', ['bridge read train.log']).action(
    async (log: string, options: CommonOptions) => {
      const file = path.resolve(world.workingFolder, log);
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async () =>
          logOutcome(readTrainSsdLog(await readText(file), file)),
        ),
      );
    },
  );

  verb(program, 'find-lr', 'Measure how fast this detector may learn these pictures.', [
    'find-lr --project ~/nuts',
    'find-lr --project ~/nuts --sweep linear --json',
  ])
    .addOption(new Option('--sweep <kind>', 'how the rate is raised').choices(sweeps).default('exponential'))
    .option('--thorough', 'more rates, three times: surer, and takes minutes', false)
    .action(async (options: CommonOptions & { sweep: (typeof sweeps)[number]; thorough: boolean }) => {
      const project = existingProject(options.project, world.workingFolder);
      const { seed, sweep, thorough } = options;
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async ({ call }) =>
          lrFinderOutcome(await call('lrFinder.run', { project, seed, sweep, thorough })),
        ),
      );
    });

  verb(program, 'recommend-batch', 'Measure how many pictures at a time this computer can learn from.', [
    'recommend-batch --project ~/nuts',
  ]).action(async (options: CommonOptions) => {
    const project = existingProject(options.project, world.workingFolder);
    finish(
      await runJob(world, { ...options, kept: 'nothing was changed' }, async ({ call }) =>
        batchSizeOutcome(await call('batchSize.recommend', { project, seed: options.seed })),
      ),
    );
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new LinesideError('badInput', `${file} cannot be read: check its name`, { cause });
  }
}
