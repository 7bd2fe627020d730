import type { EventOf, JobContext, SetName } from '../../../shared/contract';
import type { DatasetItem, DatasetItems } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import { rawOutputs } from '../detector/detect';
import type { Detection } from '../detector/detections';
import { evaluationPostprocess, postprocess } from '../detector/postprocess';
import { evaluateDetections } from '../evaluation/summarize';
import type { ParitySample } from '../export/parity';
import { eachPicture } from './eachPicture';
import type { TrainedDetector } from './runs';

/** Enough pictures to be sure that the exported model gives the same answers. */
const mostPictures = 40;

/** Pictures that an exported model is tried on, with what the trained detector says of them. */
export interface Panel {
  readonly samples: readonly ParitySample[];
  /** Of the trained detector on these pictures; null without pictures. */
  readonly trainerMAP50: number | null;
  /** mAP50 of what a model found in each of the samples. */
  readonly judge: (detections: readonly (readonly Detection[])[]) => number | null;
}

export async function panelOf(
  detector: TrainedDetector,
  pictures: readonly DatasetItem[],
  { emit, signal }: JobContext<EventOf<'export.run'>>,
): Promise<Panel> {
  const { network, model } = detector;
  const items = pictures.flatMap((item) => viewItems(item, model.plan.tiling)).slice(0, mostPictures);
  const samples: ParitySample[] = [];
  await eachPicture(detector, items, signal, (runner, batch) => {
    samples.push({ name: batch.names[0] ?? '', pixels: batch.pixels, ...rawOutputs(runner, batch) });
    emit({ kind: 'progress', done: samples.length, total: items.length, text: 'Asking the trained detector' });
  });
  const judge: Panel['judge'] = (detections) =>
    items.length === 0 ? null : evaluateDetections({ items, detections, classes: model.classes }).mAP50;
  const own = samples.map(({ boxEncodings, classLogits }) =>
    postprocess(boxEncodings, classLogits, network.priors, evaluationPostprocess),
  );
  return { samples, trainerMAP50: judge(own), judge };
}

export interface PanelSets {
  /** On which the certificate is made: the test pictures; where there are none, those that come nearest. */
  readonly judging: SetName;
  /** On which choices are made before: others, so that the certificate does not judge by what was chosen for it. */
  readonly choosing: SetName;
}

export function panelSets(data: Pick<DatasetItems, SetName>): PanelSets {
  const filled = (sets: readonly SetName[]): SetName | undefined => sets.find((set) => data[set].length > 0);
  const judging = filled(['test', 'validation', 'train']) ?? 'test';
  const others = (['validation', 'train'] as const).filter((set) => set !== judging);
  return { judging, choosing: filled(others) ?? judging };
}
