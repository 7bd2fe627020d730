import { Option } from 'commander';
import type { Command } from 'commander';
import { runJob } from './job';
import type { World } from './job';
import { existingProject } from './options';
import { batchSizeOutcome, lrFinderOutcome, planOutcome } from './output';
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
