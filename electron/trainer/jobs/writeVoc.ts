import path from 'node:path';
import { boxToPixels, type PixelRect } from '../../../shared/boxes';
import type { Handlers, SetName } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import type { AnnotationFile } from '../../../shared/project';
import { throwIfCancelled } from '../cancel';
import type { DatasetItem } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import { writeVocFolder, type VocPicture } from '../export/vocFolder';
import { isEmptyOrAbsent, newRunFolder, openProject, readAnnotations } from '../projectStore';
import { planSteps } from '../training/plan';
import { trainSsdCommand, trainSsdReadme } from '../training/trainSsdCommand';
import { writeWhole } from '../wholeFile';
import { readMeasured } from './chain';
import { planFor } from './planTraining';
import { openWorkplace, type Workplace } from './workplace';

/**
 * Handler of 'export.voc': the labelled pictures as a Pascal VOC folder, with what to type to train them elsewhere. Where
 * the plan cuts pictures into tiles, the folder holds what the detector looks at: tiles of its input's size. The rounds are
 * those that such a set wants; how long they may take here does not count there.
 */
export const writeVoc: Handlers['export.voc'] = async ({ project, seed, out }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const { learningRate, batchSize } = await planFor({ project, seed, schedule: 'cosine' }, place);
  const { epochs } = planSteps({ trainPictures: place.items.train.length, batchSize });
  const file = await openProject(project);
  const name = file.name.replace(/[^\p{L}\p{N}.-]+/gu, '_');
  const inProject = out === undefined ? `${await newRunFolder(project, 'exports')}/${name}` : null;
  const folder = out ?? path.join(project, inProject ?? '');
  if (!(await isEmptyOrAbsent(folder))) {
    throw new LinesideError('wrongUse', `${folder} is not empty: name a new folder`, {
      said: { code: 'folderNotEmpty', values: { folder } } satisfies Said,
    });
  }
  const pictures = await labelledPictures(place);
  await writeVocFolder(project, folder, file.classes, pictures, (done) => {
    throwIfCancelled(signal, 'Writing the folder');
    emit({ kind: 'progress', done, total: pictures.length, text: `Writing picture ${done} of ${pictures.length}` });
  });
  const settings = {
    learningRate,
    batchSize,
    epochs,
    resolution: place.plan.inputWidth,
    name,
    tiling: place.plan.tiling,
  };
  const isMeasured = (await readMeasured(place)).sweep !== undefined;
  const count = (set: SetName): number => pictures.filter((picture) => picture.set === set).length;
  const counts = { train: count('train'), validation: count('validation'), test: count('test') };
  await writeWhole(path.join(folder, 'README.md'), trainSsdReadme(settings, counts, isMeasured));
  return { folder, inProject, ...counts, boxes: boxesOf(pictures), command: trainSsdCommand(settings) };
};

/** Whole pictures with their boxes as they were drawn, tiles with what they show of them. */
async function labelledPictures({ project, items, plan }: Workplace): Promise<VocPicture[]> {
  const whole = new Map((await readAnnotations(project)).map((annotation) => [annotation.image, annotation]));
  const views = (of: readonly DatasetItem[]): DatasetItem[] => of.flatMap((item) => viewItems(item, plan.tiling));
  const sets = { train: items.train, validation: views(items.validation), test: views(items.test) };
  return (Object.keys(sets) as SetName[]).flatMap((set) =>
    sets[set].flatMap((item) => {
      const annotation = whole.get(item.name);
      if (annotation === undefined) return [];
      return [{ ...(item.region === undefined ? { annotation } : viewOf(item, item.region, annotation, items)), set }];
    }),
  );
}

/** A view as a picture of its own. One that shows all of the picture has fewer boxes, as the small ones are seen in tiles. */
function viewOf(
  { size, boxes, labels, difficult }: DatasetItem,
  region: PixelRect,
  { image, ...whole }: AnnotationFile,
  { classes }: Pick<Workplace['items'], 'classes'>,
): Pick<VocPicture, 'annotation' | 'region'> {
  const shown = boxes.map((box, index) => ({
    ...boxToPixels(box, size),
    label: classes[labels[index] ?? -1] ?? '',
    difficult: difficult[index] ?? false,
  }));
  const annotation: AnnotationFile = { version: 1, image, ...size, boxes: shown, reviewed: true };
  const isWhole = size.width === whole.width && size.height === whole.height;
  return isWhole ? { annotation } : { annotation, region };
}

const boxesOf = (pictures: readonly VocPicture[]): number =>
  pictures.reduce((sum, { annotation }) => sum + annotation.boxes.length, 0);
