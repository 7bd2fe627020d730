import path from 'node:path';
import type { Command } from 'commander';
import { runJob } from './job';
import type { World } from './job';
import { existingProject, newProjectFolder, projectFolder } from './options';
import { checkOutcome, doctorOutcome, importOutcome } from './output';
import { verb } from './verb';
import type { CommonOptions, Finish } from './verb';

/** doctor, import, practice, check: what comes before anything is learned. */
export function addPictureVerbs(program: Command, world: World, finish: Finish): void {
  verb(program, 'doctor', 'Say what this computer can do, and what would make it faster.', ['doctor']).action(
    async (options: CommonOptions) => {
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async ({ call }) =>
          doctorOutcome(await call('engine.describe', {}), process.versions.node),
        ),
      );
    },
  );

  verb(program, 'import', 'Take pictures (and Pascal VOC labels, if there are any) from a folder into the project.', [
    'import --data ~/pictures/nuts --project ~/nuts',
    'import --data . --keep-going',
  ])
    .requiredOption('--data <folder>', 'the folder with the pictures')
    .option('--keep-going', 'end with 0 even when some files had to be left out', false)
    .action(async (options: CommonOptions & { data: string; keepGoing: boolean }) => {
      const project = projectFolder(options.project, world.workingFolder);
      const data = path.resolve(world.workingFolder, options.data);
      finish(
        await runJob(world, { ...options, kept: 'what was imported so far is kept' }, async ({ call }) =>
          importOutcome(await call('images.import', { project, data, seed: options.seed }), options.keepGoing),
        ),
      );
    });

  verb(program, 'practice', 'Make the practice project: 80 pictures of a parts tray, with exact boxes.', [
    'practice',
    'practice --project ~/practice --seed 7',
  ]).action(async (options: CommonOptions) => {
    const project = newProjectFolder(options.project, world.workingFolder, 'practice');
    finish(
      await runJob(world, { ...options, kept: 'make it again to complete it' }, async ({ call }) =>
        importOutcome(await call('images.practice', { project, seed: options.seed }), false),
      ),
    );
  });

  verb(program, 'check', 'Look for mistakes in the pictures and labels, and say how to mend them.', [
    'check --project ~/nuts',
    'check --project ~/nuts --fix',
  ])
    .option('--fix', 'mend what can be mended without asking', false)
    .action(async (options: CommonOptions & { fix: boolean }) => {
      const project = existingProject(options.project, world.workingFolder);
      const input = { project, seed: options.seed };
      finish(
        await runJob(world, { ...options, kept: 'each label file is whole' }, async ({ call }) => {
          const fixed = options.fix ? (await call('annotations.fix', input)).fixed : undefined;
          return checkOutcome(await call('annotations.check', input), fixed);
        }),
      );
    });
}
