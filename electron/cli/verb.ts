import type { Command } from 'commander';
import { wholeNumber } from './options';
import type { Outcome } from './output';

/** How a verb hands its outcome back to the program. */
export type Finish = (outcome: Outcome) => void;

/** Options that every verb has. */
export interface CommonOptions {
  readonly project?: string;
  readonly seed: number;
  readonly json: boolean;
}

/** Begins a verb with the common options and its examples in `--help`. */
export function verb(program: Command, usage: string, description: string, examples: readonly string[]): Command {
  return program
    .command(usage)
    .description(description)
    .option('--project <folder>', 'the project (default: the current folder)')
    .option('--seed <number>', 'the same seed gives the same result', wholeNumber(0), 1)
    .option('--json', 'print one JSON object, last, on stdout', false)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ lineside ${example}`).join('\n')}`);
}
