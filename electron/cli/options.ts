import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Size } from '../../shared/boxes';
import { LinesideError } from '../../shared/errors';

/** Parsers of option values. Each throws commander's InvalidArgumentError, whose text follows "argument 'x' is invalid.". */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    return value;
  };
}

/** Width and height in pixels, `1920x1080`; one number is a square. */
export function pixelSize(text: string): Size {
  const [width, height = width] = text.split(/[x×]/).map(wholeNumber(1));
  if (width === undefined || height === undefined || text.split(/[x×]/).length > 2) {
    throw new InvalidArgumentError('It must be a width and a height in pixels, such as 1920x1080.');
  }
  return { width, height };
}

/** A learning rate: above 0, at most 10. */
export function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10)) throw new InvalidArgumentError('It must be a number above 0, such as 0.004.');
  return value;
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be between 0 and 1.');
  return value;
}

/** One of the words, several with commas: `onnx,tfjs`. */
export function wordList<W extends string>(words: readonly W[]): (text: string) => W[] {
  return (text) =>
    text.split(',').map((part) => {
      const word = words.find((known) => known === part.trim());
      if (word === undefined) throw new InvalidArgumentError(`Choose from ${words.join(', ')}.`);
      return word;
    });
}

/** The project folder that a command means: `--project`, else the current folder. */
export function projectFolder(option: string | undefined, workingFolder: string): string {
  return path.resolve(workingFolder, option ?? '.');
}

/**
 * The same for commands that work on a project that must be there already.
 * @throws LinesideError 'wrongUse' where the folder is none
 */
export function existingProject(option: string | undefined, workingFolder: string): string {
  const folder = projectFolder(option, workingFolder);
  if (existsSync(path.join(folder, 'project.json'))) return folder;
  throw new LinesideError(
    'wrongUse',
    existsSync(folder)
      ? `${folder} is not a Lineside project (it has no project.json): name one with --project, or make one with lineside import`
      : `there is no folder ${folder}: name a project with --project, or make one with lineside import`,
  );
}

/** Where 'run' puts a new project when none is named: beside the caller, called after the data. */
export function newProjectFolder(option: string | undefined, workingFolder: string, dataName: string): string {
  return path.resolve(workingFolder, option ?? `lineside-project-${dataName}`);
}
