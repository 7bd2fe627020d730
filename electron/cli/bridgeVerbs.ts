import path from 'node:path';
import type { Command } from 'commander';
import { composeLogReport } from '../trainer/evaluation/logReport';
import { readLogFile } from '../trainer/jobs/readLog';
import { onDisk } from '../trainer/projectStore';
import { writeWhole } from '../trainer/wholeFile';
import { runJob } from './job';
import type { World } from './job';
import { existingProject } from './options';
import { logOutcome, vocOutcome } from './output';
import { verb } from './verb';
import type { CommonOptions, Finish } from './verb';

/** bridge write, bridge read: for those who train elsewhere. */
export function addBridgeVerbs(program: Command, world: World, finish: Finish): void {
  const bridge = program
    .command('bridge')
    .description('For those who train with train_ssd.py (pytorch-ssd, jetson-inference).');
  verb(bridge, 'write', 'Write the labelled pictures as a Pascal VOC folder, and what to type to train them.', [
    'bridge write --project ~/nuts --out ~/nuts-voc',
  ])
    .requiredOption('--out <folder>', 'a new or empty folder')
    .action(async (options: CommonOptions & { out: string }) => {
      const project = existingProject(options.project, world.workingFolder);
      const out = path.resolve(world.workingFolder, options.out);
      finish(
        await runJob(world, { ...options, kept: `what was written so far is in ${out}` }, async ({ call }) =>
          vocOutcome(await call('export.voc', { project, seed: options.seed, out })),
        ),
      );
    });

  verb(bridge, 'read <log>', 'Read a log of train_ssd.py, and say what would help.', [
    'bridge read train.log',
    'bridge read train.log --report train.html',
  ])
    .option('--report <file>', 'write the curves into an HTML file as well')
    .action(async (log: string, options: CommonOptions & { report?: string }) => {
      const file = path.resolve(world.workingFolder, log);
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async () => {
          const read = await readLogFile(file);
          if (options.report !== undefined) {
            const report = path.resolve(world.workingFolder, options.report);
            await onDisk(report, () => writeWhole(report, composeLogReport(read, path.basename(file))));
          }
          return logOutcome(read);
        }),
      );
    });
}
