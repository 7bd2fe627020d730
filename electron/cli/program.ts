import { Command, CommanderError } from 'commander';
import { exitCodeOf, exitCodes, isHelpShown, toCliError } from './errors';
import type { ExitCode } from './errors';
import type { World } from './job';
import { addBridgeVerbs } from './bridgeVerbs';
import { addModelVerbs } from './modelVerbs';
import { addPictureVerbs } from './pictureVerbs';
import { addPlanVerbs } from './planVerbs';
import type { Finish } from './verb';

/**
 * The command line, from its words to an exit code: 0 done, 1 the job failed, 2 wrong use. Results go to stdout, all
 * else to stderr; a failure is one sentence, and with --json also an object with `error`.
 * @param words what follows the program's name
 */
export async function runCli(words: readonly string[], world: World): Promise<ExitCode> {
  let isFailure = false;
  const program = createProgram(world, (outcome) => (isFailure = outcome.isFailure === true));
  try {
    if (words.length === 0) throw new CommanderError(2, 'lineside.noVerb', 'say what to do');
    await program.parseAsync([...words], { from: 'user' });
    return isFailure ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (isHelpShown(error)) return exitCodes.done;
    const failure = toCliError(error);
    const hint = error instanceof CommanderError ? ' (lineside --help shows what there is)' : '';
    world.terminal.write(`lineside: ${failure.message}${hint}\n`);
    if (failure.code === 'internal' && failure.detail !== undefined) world.terminal.write(`${failure.detail}\n`);
    if (words.includes('--json')) {
      world.stdout(`${JSON.stringify({ error: { code: failure.code, message: failure.message } })}\n`);
    }
    return exitCodeOf(failure);
  }
}

function createProgram(world: World, finish: Finish): Command {
  const program = new Command('lineside')
    .description('Teach a computer to find parts, people, forklifts or defects in your own pictures.')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: world.stdout, writeErr: () => undefined })
    .addHelpText(
      'after',
      `
Examples:
  $ lineside run --data ~/pictures/nuts      from labelled pictures to a tested, exported model
  $ lineside run --practice                  the same on pictures that Lineside makes itself
  $ lineside detect photo.jpg --base         try a ready model (people, vehicles, 90 things) on a photo

A project is a folder; every verb takes --project DIR (the current folder when left out), --seed N and --json.
Exit codes: 0 done, 1 the job failed, 2 wrong use.`,
    );
  addPictureVerbs(program, world, finish);
  addPlanVerbs(program, world, finish);
  addModelVerbs(program, world, finish);
  addBridgeVerbs(program, world, finish);
  return program;
}
