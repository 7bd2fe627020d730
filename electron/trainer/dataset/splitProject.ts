import type { Handlers, SetName } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { AnnotationFile, SplitFile } from '../../../shared/project';
import type { Said } from '../../../shared/said';
import { isUsable } from '../annotations/usable';
import { groupNearDuplicates, joinByName } from '../images/nearDuplicates';
import { inspectPictures } from '../images/inspect';
import { openProject, readAnnotations, readSplit, writeSplit } from '../projectStore';
import { createRandom } from '../random';
import { setNames, split, type SplitPicture } from './split';

/**
 * Decides which pictures are trained on and writes split.json. What an earlier split or the source's ImageSets said
 * stays, so that a test picture never becomes a training picture; only new pictures are placed.
 * @throws LinesideError 'badInput' where no picture has labels
 */
export const splitProject: Handlers['dataset.split'] = async ({ project, seed }, { emit, signal }) => {
  await openProject(project);
  const annotations = await readAnnotations(project);
  const before = await readSplit(project);
  const known = knownSets(before);
  const pictures = annotations.filter((annotation) => isUsable(annotation) || known.has(annotation.image));
  if (!pictures.some(isUsable)) {
    throw new LinesideError('badInput', `${project} has no labelled picture: draw boxes on some pictures first`, {
      said: { code: 'noBoxesToLearn', values: {} } satisfies Said,
    });
  }
  const groups = await groupsOf(project, pictures, { emit, signal });
  const allowed = allowedSets(pictures, known);
  const toSplit: SplitPicture[] = pictures.map((annotation, index) => ({
    name: annotation.image,
    classes: [...new Set(annotation.boxes.map(({ label }) => label))].sort(),
    group: groups[index] as number,
    allowed: allowed[index] as readonly SetName[],
  }));
  const sets = split(toSplit, createRandom(seed, 'split'));
  const namesIn = (set: SetName): string[] => toSplit.map(({ name }) => name).filter((name) => sets.get(name) === set);
  const file: SplitFile = {
    version: 1,
    source: pictures.every(({ image, set }) => set !== undefined && set === sets.get(image)) ? 'imageSets' : 'seeded',
    seed: before?.seed ?? seed,
    train: namesIn('train'),
    validation: namesIn('validation'),
    test: namesIn('test'),
  };
  await writeSplit(project, file);
  const counts = { train: file.train.length, validation: file.validation.length, test: file.test.length };
  return { source: file.source, ...counts, text: describe(file, sharedGroups(toSplit, sets)) };
};

function knownSets(before: SplitFile | undefined): ReadonlyMap<string, SetName> {
  return new Map(setNames.flatMap((set) => (before?.[set] ?? []).map((name) => [name, set] as const)));
}

/** Where each picture may go. Lists that name no validation or no test pictures leave these to be taken from the rest. */
function allowedSets(pictures: readonly AnnotationFile[], known: ReadonlyMap<string, SetName>): (readonly SetName[])[] {
  const named = new Set(pictures.map(({ set }) => set));
  const missing = setNames.filter((set) => !named.has(set));
  return pictures.map(({ image, set }) => {
    const decided = known.get(image);
    if (decided !== undefined) return [decided];
    if (set === undefined) return setNames;
    return set === 'train' && known.size === 0 ? ['train', ...missing] : [set];
  });
}

/** Pictures that are nearly the same, and those of one recording, which a test that is to be believed must not be spread over. */
async function groupsOf(
  project: string,
  pictures: readonly AnnotationFile[],
  { emit, signal }: Pick<Parameters<Handlers['dataset.split']>[1], 'emit' | 'signal'>,
): Promise<number[]> {
  const images = pictures.map(({ image }) => image);
  const states = await inspectPictures(project, images, {
    progress: (done, total) => emit({ kind: 'progress', done, total, text: `Comparing picture ${done} of ${total}` }),
    signal,
  });
  const alike = groupNearDuplicates(states.map((state) => (state.kind === 'readable' ? state.print : undefined)));
  return joinByName(
    alike,
    pictures.map(({ recording }) => recording),
  );
}

/** How many groups of near-duplicates the given lists have in more than one set. */
function sharedGroups(pictures: readonly SplitPicture[], sets: ReadonlyMap<string, SetName>): number {
  const byGroup = new Map<number, Set<SetName | undefined>>();
  for (const { group, name } of pictures) byGroup.set(group, (byGroup.get(group) ?? new Set()).add(sets.get(name)));
  return [...byGroup.values()].filter((used) => used.size > 1).length;
}

function describe({ source, train, validation, test }: SplitFile, shared: number): string {
  const how =
    source === 'imageSets' ? 'as the lists that came with the pictures say' : 'each kind of part spread evenly';
  const counts = `${train.length} pictures to learn from, ${validation.length} to watch progress, ${test.length} kept for the test`;
  const warning =
    shared === 0 ? '' : `; ${shared} ${shared === 1 ? 'picture is' : 'pictures are'} nearly the same in two of these`;
  return `${counts}: ${how}${warning}.`;
}
