import { Option } from 'commander';
import type { Command } from 'commander';
import type { Size } from '../../shared/boxes';
import { LinesideError } from '../../shared/errors';
import { priorPlan } from '../trainer/training/plan';
import { runJob } from './job';
import type { World } from './job';
import { existingProject, pixelSize, wholeNumber } from './options';
import { batchSizeOutcome, lrFinderOutcome, planOutcome, priorPlanOutcome, type Outcome } from './output';
import { verb } from './verb';
import type { CommonOptions, Finish } from './verb';

const sweeps = ['exponential', 'linear'] as const;

/** Inputs that a project's detector can have. */
const edges = [300, 512] as const;

const inputSize = (text: string): Size | 'auto' => (text === 'auto' ? text : pixelSize(text));

/** @throws LinesideError 'wrongUse' for another size than those that there are */
function edgeOf(input: Size | 'auto'): (typeof edges)[number] | null {
  if (input === 'auto') return null;
  const edge = edges.find((one) => input.width === one && input.height === one);
  if (edge === undefined) throw new LinesideError('wrongUse', `--input is ${edges.join(', ')} or auto in a project`);
  return edge;
}

const tiles = { on: true, off: false, auto: null } as const;

/** plan, find-lr, recommend-batch: how the detector is laid out, and the two numbers that a training needs. */
export function addPlanVerbs(program: Command, world: World, finish: Finish): void {
  addPlan(program, world, finish);

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

interface PlanOptions extends CommonOptions {
  readonly tiles?: keyof typeof tiles;
  readonly pictures?: number;
  readonly classes?: number;
  readonly size?: Size;
  readonly input?: Size | 'auto';
  readonly smallest?: Size;
}

function addPlan(program: Command, world: World, finish: Finish): void {
  verb(program, 'plan', 'Lay the detector out for the sizes of the parts, or plan ahead without a project.', [
    'plan --project ~/nuts',
    'plan --project ~/nuts --tiles on',
    'plan --project ~/nuts --input 300',
    'plan --pictures 5000 --classes 12 --size 1920x1080 --input 512 --smallest 10x10',
  ])
    .addOption(
      new Option('--tiles <choice>', 'cut pictures into tiles at their own resolution, for small parts').choices(
        Object.keys(tiles),
      ),
    )
    .option(
      '--input <pixels>',
      `what the detector sees: ${edges.join(', ')} or auto; without a project any size`,
      inputSize,
    )
    .option('--pictures <count>', 'without a project: how many pictures there will be', wholeNumber(1))
    .option('--classes <count>', 'without a project: how many kinds of parts', wholeNumber(1))
    .option('--size <pixels>', 'without a project: size of the pictures, such as 1920x1080', pixelSize)
    .option('--smallest <pixels>', 'without a project: size of the smallest part, such as 10x10', pixelSize)
    .action(async (options: PlanOptions) => {
      const { pictures, seed } = options;
      if (pictures === undefined && ahead.some((name) => options[name] !== undefined)) {
        throw new LinesideError('wrongUse', 'say with --pictures how many pictures there will be');
      }
      if (pictures !== undefined) {
        if (options.tiles !== undefined || options.project !== undefined) {
          throw new LinesideError('wrongUse', '--pictures plans without a project: leave --project and --tiles out');
        }
        finish(
          await runJob(world, { ...options, kept: 'nothing was changed' }, async () => planAhead(pictures, options)),
        );
        return;
      }
      const project = existingProject(options.project, world.workingFolder);
      const tiling = options.tiles === undefined ? undefined : tiles[options.tiles];
      const input = options.input === undefined ? undefined : edgeOf(options.input);
      finish(
        await runJob(world, { ...options, kept: 'the former plan is kept' }, async ({ call }) =>
          planOutcome(await call('dataset.plan', { project, seed, tiling, input })),
        ),
      );
    });
}

const ahead = ['classes', 'size', 'smallest'] as const;

/** What published recipes would do, from a few figures of a project that is yet to come. */
function planAhead(pictures: number, options: PlanOptions): Outcome {
  const { classes = 1, size, input, smallest } = options;
  const inputSize = input === undefined || input === 'auto' ? { width: edges[0], height: edges[0] } : input;
  return priorPlanOutcome(
    priorPlan({
      pictures,
      classes,
      inputSize,
      ...(size && { pictureSize: size }),
      ...(smallest && { smallestPart: smallest }),
    }),
  );
}
