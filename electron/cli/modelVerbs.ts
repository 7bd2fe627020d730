import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { exportDevice, exportFormat, scheduleKind, setName } from '../../shared/contract';
import type { ExportDevice, ScheduleKind, SetName } from '../../shared/contract';
import { LinesideError } from '../../shared/errors';
import { scheduleSentence } from '../trainer/training/schedule';
import { runJob } from './job';
import type { World } from './job';
import { existingProject, fraction, newProjectFolder, rate, wholeNumber, wordList } from './options';
import { detectOutcome, evaluationOutcome, exportOutcome, runOutcome, runsOutcome, trainingOutcome } from './output';
import { verb } from './verb';
import type { CommonOptions, Finish } from './verb';

type ExportFormat = (typeof exportFormat.options)[number];

/** train, runs, evaluate, detect, export, run: everything that has to do with a trained model. */
export function addModelVerbs(program: Command, world: World, finish: Finish): void {
  addTrain(program, world, finish);
  addRuns(program, world, finish);
  addEvaluate(program, world, finish);
  addDetect(program, world, finish);
  addExport(program, world, finish);
  addRun(program, world, finish);
}

function addTrain(program: Command, world: World, finish: Finish): void {
  verb(program, 'train', 'Teach the detector. Rate and batch come from find-lr and recommend-batch when left out.', [
    'train --project ~/nuts',
    'train --project ~/nuts --resume',
    'train --project ~/nuts --learning-rate 0.004 --batch-size 16 --epochs 20',
  ])
    .option('--learning-rate <rate>', 'how fast it learns', rate)
    .option('--batch-size <count>', 'pictures at a time', wholeNumber(1))
    .option(
      '--accumulate <parts>',
      'parts that a batch is worked in, where all of it needs too much memory',
      wholeNumber(1),
    )
    .option('--epochs <count>', 'rounds through all pictures', wholeNumber(1))
    .addOption(
      new Option('--schedule <kind>', 'how the rate changes over the training')
        .choices(scheduleKind.options)
        .default('cosine'),
    )
    .option('--resume [run]', 'go on from the last checkpoint of a run (default: the newest)')
    .action(
      async (
        options: CommonOptions & {
          learningRate?: number;
          batchSize?: number;
          accumulate?: number;
          epochs?: number;
          schedule: ScheduleKind;
          resume?: string | true;
        },
      ) => {
        const project = existingProject(options.project, world.workingFolder);
        const { seed, learningRate, batchSize, accumulate, epochs, schedule } = options;
        const input = { project, seed, learningRate, batchSize, accumulate, epochs, schedule };
        const resume = options.resume === true ? 'latest' : options.resume;
        const kept = 'the last checkpoint is kept, lineside train --resume goes on from it';
        finish(
          await runJob(world, { ...options, kept }, async ({ call, context }) => {
            if (resume === undefined) {
              const plan = await call('training.plan', input);
              context.emit({ kind: 'watch', text: scheduleSentence(plan.schedule), step: 0 });
            }
            return trainingOutcome(project, await call('training.run', { ...input, resume }));
          }),
        );
      },
    );
}

function addRuns(program: Command, world: World, finish: Finish): void {
  verb(program, 'runs', 'Compare the trainings of a project, and say which one is used.', [
    'runs --project ~/nuts',
    'runs --project ~/nuts --use runs/2026-11-24T09-41-33',
  ])
    .option('--use <run>', 'use this training from now on, until another one is done')
    .action(async (options: CommonOptions & { use?: string }) => {
      const project = existingProject(options.project, world.workingFolder);
      const { seed, use } = options;
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async ({ call }) =>
          runsOutcome(await call('training.runs', { project, seed, use })),
        ),
      );
    });
}

function addEvaluate(program: Command, world: World, finish: Finish): void {
  verb(program, 'evaluate', 'Say how good a trained model is on pictures that it has not learned from.', [
    'evaluate --project ~/nuts',
    'evaluate --project ~/nuts --split validation --json',
  ])
    .option('--run <run>', 'which training', 'latest')
    .addOption(new Option('--split <set>', 'which pictures').choices(setName.options).default('test'))
    .action(async (options: CommonOptions & { run: string; split: SetName }) => {
      const project = existingProject(options.project, world.workingFolder);
      const { seed, run, split } = options;
      finish(
        await runJob(world, { ...options, kept: 'the model is unchanged' }, async ({ call }) =>
          evaluationOutcome(project, await call('evaluation.run', { project, seed, run, split })),
        ),
      );
    });
}

function addDetect(program: Command, world: World, finish: Finish): void {
  verb(program, 'detect <pictures...>', 'Find things in pictures (files or folders).', [
    'detect photo.jpg --project ~/nuts --json',
    'detect ~/new-pictures --project ~/nuts --threshold 0.4',
    'detect street.jpg --base',
  ])
    .option('--run <run>', 'which training', 'latest')
    .option('--base', 'use the base model, which knows 90 everyday things, and no project', false)
    .option('--threshold <score>', 'leave out what is less sure than this (0 to 1)', fraction)
    .action(async (pictures: string[], options: CommonOptions & { run: string; base: boolean; threshold?: number }) => {
      if (options.base && options.run !== 'latest') {
        throw new LinesideError('wrongUse', '--base and --run exclude each other: leave one out');
      }
      const model = options.base
        ? { run: 'base' }
        : { project: existingProject(options.project, world.workingFolder), run: options.run };
      const data = pictures.map((picture) => path.resolve(world.workingFolder, picture));
      finish(
        await runJob(world, { ...options, kept: 'nothing was changed' }, async ({ call }) =>
          detectOutcome(await call('evaluation.detect', { ...model, data, threshold: options.threshold })),
        ),
      );
    });
}

function addExport(program: Command, world: World, finish: Finish): void {
  verb(program, 'export', 'Write the model for other programs, and prove that it gives the same answers there.', [
    'export --project ~/nuts',
    'export --project ~/nuts --for raspberryPi,jetson',
    'export --project ~/nuts --formats onnx',
  ])
    .option('--run <run>', 'which training', 'latest')
    .option(
      '--for <devices>',
      `which of ${exportDevice.options.join(', ')}; a zip for each`,
      wordList(exportDevice.options),
    )
    .option(
      '--formats <list>',
      `files beside those of the devices: ${exportFormat.options.join(', ')}`,
      wordList(exportFormat.options),
    )
    .action(async (options: CommonOptions & { run: string; for?: ExportDevice[]; formats?: ExportFormat[] }) => {
      const project = existingProject(options.project, world.workingFolder);
      const { seed, run, for: devices, formats } = options;
      finish(
        await runJob(world, { ...options, kept: 'an unfinished export is not kept' }, async ({ call }) =>
          exportOutcome(await call('export.run', { project, seed, run, devices, formats })),
        ),
      );
    });
}

function addRun(program: Command, world: World, finish: Finish): void {
  verb(program, 'run', 'All of it: import, check, find-lr, recommend-batch, train, evaluate, export.', [
    'run --data ~/pictures/nuts',
    'run --data ~/pictures/nuts --project ~/nuts --seed 3 --json',
    'run --practice',
    'run --project ~/nuts',
  ])
    .option('--data <folder>', 'pictures with labels; makes the project (default: ./lineside-project-<name>)')
    .option('--practice', 'make and use the practice project', false)
    .action(async (options: CommonOptions & { data?: string; practice: boolean }) => {
      const { seed, practice } = options;
      if (options.data !== undefined && practice) {
        throw new LinesideError('wrongUse', '--data and --practice exclude each other: leave one out');
      }
      const data = options.data === undefined ? undefined : path.resolve(world.workingFolder, options.data);
      const project =
        data === undefined && !practice
          ? existingProject(options.project, world.workingFolder)
          : newProjectFolder(
              options.project,
              world.workingFolder,
              data === undefined ? 'practice' : path.basename(data),
            );
      const input = { project, seed, practice, ...(data === undefined ? {} : { data }) };
      const kept = 'the project and the last checkpoint are kept';
      finish(
        await runJob(world, { ...options, kept }, async ({ pipeline, context }) =>
          runOutcome(project, await pipeline.runAll(input, context)),
        ),
      );
    });
}
