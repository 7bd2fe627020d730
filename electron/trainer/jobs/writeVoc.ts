import path from 'node:path';
import { type Handlers, lrFinderResult, type SetName } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { isUsable } from '../annotations/usable';
import { throwIfCancelled } from '../cancel';
import { writeVocFolder, type VocPicture } from '../export/vocFolder';
import { isEmptyOrAbsent, newRunFolder, openProject, readAnnotations, readJson, readSplit } from '../projectStore';
import { trainSsdCommand, trainSsdReadme } from '../training/trainSsdCommand';
import { writeWhole } from '../wholeFile';
import { planFor } from './planTraining';
import { openWorkplace } from './workplace';

/** Handler of 'export.voc': the labelled pictures as a Pascal VOC folder, with what to type to train them elsewhere. */
export const writeVoc: Handlers['export.voc'] = async ({ project, seed, out }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const { learningRate, batchSize, epochs } = await planFor({ project, seed, schedule: 'cosine' }, place);
  const file = await openProject(project);
  const name = file.name.replace(/[^\p{L}\p{N}.-]+/gu, '_');
  const inProject = out === undefined ? `${await newRunFolder(project, 'exports')}/${name}` : null;
  const folder = out ?? path.join(project, inProject ?? '');
  if (!(await isEmptyOrAbsent(folder))) {
    throw new LinesideError('wrongUse', `${folder} is not empty: name a new folder`, {
      said: { code: 'folderNotEmpty', values: { folder } } satisfies Said,
    });
  }
  const pictures = await labelledPictures(project);
  await writeVocFolder(project, folder, file.classes, pictures, (done) => {
    throwIfCancelled(signal, 'Writing the folder');
    emit({ kind: 'progress', done, total: pictures.length, text: `Writing picture ${done} of ${pictures.length}` });
  });
  const settings = { learningRate, batchSize, epochs, resolution: place.plan.inputWidth, name };
  const isMeasured = (await readJson(project, 'lrFinder.json', lrFinderResult)) !== undefined;
  const count = (set: SetName): number => pictures.filter((picture) => picture.set === set).length;
  const counts = { train: count('train'), validation: count('validation'), test: count('test') };
  await writeWhole(path.join(folder, 'README.md'), trainSsdReadme(settings, counts, isMeasured));
  return { folder, inProject, ...counts, boxes: boxesOf(pictures), command: trainSsdCommand(settings) };
};

async function labelledPictures(project: string): Promise<VocPicture[]> {
  const split = await readSplit(project);
  const sets = new Map<string, SetName>();
  for (const set of ['train', 'validation', 'test'] as const) split?.[set].forEach((image) => sets.set(image, set));
  return (await readAnnotations(project)).filter(isUsable).flatMap((annotation) => {
    const set = sets.get(annotation.image);
    return set === undefined ? [] : [{ annotation, set }];
  });
}

const boxesOf = (pictures: readonly VocPicture[]): number =>
  pictures.reduce((sum, { annotation }) => sum + annotation.boxes.length, 0);
