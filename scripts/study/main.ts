import { Command, Option } from 'commander';
import { runJob } from '../../electron/cli/job';
import type { World } from '../../electron/cli/job';
import { wholeNumber } from '../../electron/cli/options';
import { curves } from './curves';
import { lrFinder } from './lrFinder';
import { lrGrid } from './lrGrid';
import { memory } from './memory';
import { operators } from './operators';
import { schedules } from './schedules';
import { tiles } from './tiles';
import { dataNames, type DataName } from './studyProject';

/** Options that every study has. */
interface StudyOptions {
  readonly data: DataName;
  readonly most: number;
}

const world: World = {
  loadPipeline: () => import('../../electron/trainer/pipeline'),
  workingFolder: process.cwd(),
  stdout: (text) => process.stdout.write(text),
  terminal: {
    isTTY: process.stderr.isTTY,
    write: (text) => process.stderr.write(text),
    now: () => performance.now() / 1000,
  },
};

const studies = {
  memory: {
    about: 'Predicted against measured memory of a training step (of all networks, whatever --data is).',
    run: memory,
  },
  ops: {
    about: 'What the exported files are made of, into docs/EXPORT.md (of all formats; reads no data).',
    run: operators,
  },
  'lr-grid': { about: 'Trainings at a grid of rates around the one that was found.', run: lrGrid },
  'lr-finder': { about: 'What the finder finds with other seeds, usual and thorough, and its cost.', run: lrFinder },
  curves: { about: 'Trainings that go wrong, recorded for the tests of watch and advice.', run: curves },
  tiles: { about: 'Small parts in large drawn pictures: whole pictures against tiles (draws its own).', run: tiles },
};

async function main(): Promise<void> {
  // Libraries talk on stdout too, which belongs to results.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  const program = new Command('study').description('Measures what the documentation says.');
  const kept = 'finished trainings are kept, the same command goes on';
  const study = (name: string, about: string): Command =>
    program
      .command(name)
      .description(about)
      .addOption(new Option('--data <set>', 'on which pictures').choices(dataNames).default('bccd'))
      .option('--most <count>', 'stop after measuring so many; call again to go on', wholeNumber(0), Infinity);
  for (const [name, { about, run }] of Object.entries(studies)) {
    study(name, about).action(async (options: StudyOptions) => {
      await runJob(world, { json: false, kept }, async ({ call }) => run({ call, ...options }));
    });
  }
  study('schedules', 'A training by each schedule at the recommended rate.')
    .option('--rounds <count>', 'rounds of each training, and of the page: schedules-<data>-<count>', wholeNumber(1))
    .action(async ({ rounds, ...options }: StudyOptions & { readonly rounds?: number }) => {
      await runJob(world, { json: false, kept }, async ({ call }) => schedules({ call, ...options }, rounds));
    });
  await program.parseAsync();
  // Engines keep threads that would hold the process.
  process.stdout.write('', () => process.exit(0));
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
