import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { evaluationResult, type ExportedFile, type Handlers, type SetName } from '../../../shared/contract';
import { formatsFor } from '../../../shared/devices';
import { loadItems, type DatasetItem, type DatasetItems } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import { rawOutputs } from '../detector/detect';
import type { Detection } from '../detector/detections';
import { evaluationPostprocess, postprocess } from '../detector/postprocess';
import { evaluateDetections } from '../evaluation/summarize';
import { writeBundle } from '../export/bundle';
import { defaultPostprocessing } from '../export/graph';
import type { Calibration } from '../export/calibration';
import { certify, checkParity, detectionsIn, type ParitySample } from '../export/parity';
import { newRunFolder, readJson } from '../projectStore';
import { evaluationFile } from '../runTable';
import { cardOf } from './modelCardOf';
import { calibrateOn } from './calibrate';
import { eachPicture } from './eachPicture';
import { openTrained, type TrainedDetector } from './runs';

/** Where a detector runs when nobody says. */
const usualDevices = ['computer', 'browser'] as const;
/** Enough pictures to be sure that the exported model gives the same answers. */
const parityPictures = 40;

/**
 * Handler of 'export.run': writes the detector in each format, runs what was written in its own runtime on real pictures,
 * and keeps it only if it gives what the trainer gives.
 */
export const exportRun: Handlers['export.run'] = async (input, { emit, signal }) => {
  const { project, run } = input;
  const devices = input.devices ?? (input.formats === undefined ? [...usualDevices] : []);
  const formats = [...new Set([...formatsFor(devices), ...(input.formats ?? [])])];
  const detector = await openTrained(project, run);
  const { network, model } = detector;
  const evaluation = await readJson(project, `${detector.run}/${evaluationFile}`, evaluationResult);
  const data = await loadItems(project);
  const set = fullestOf(data);
  const items = data[set].flatMap((item) => viewItems(item, model.plan.tiling)).slice(0, parityPictures);
  const samples = await paritySamples(detector, items, signal, (done) =>
    emit({ kind: 'progress', done, total: items.length, text: 'Asking the trained detector' }),
  );
  const judge = (detections: readonly (readonly Detection[])[]): number | null =>
    items.length === 0 ? null : evaluateDetections({ items, detections, classes: model.classes }).mAP50;
  const trainerMAP50 = judge(
    samples.map(({ boxEncodings, classLogits }) =>
      postprocess(boxEncodings, classLogits, network.priors, evaluationPostprocess),
    ),
  );
  const lostMAP50 = async (file: Uint8Array): Promise<number> => {
    signal.throwIfAborted();
    const found = await detectionsIn(file, network, samples);
    return (trainerMAP50 ?? 0) - (judge(found) ?? 0);
  };
  let calibration: Promise<Calibration> | undefined;
  const calibrate = (): Promise<Calibration> => {
    const learned = data.train.length > 0 ? data.train : data[set];
    const views = learned.flatMap((item) => viewItems(item, model.plan.tiling));
    calibration ??= calibrateOn(detector, views, { emit, signal });
    return calibration;
  };
  const time = new Date();
  const folder = await newRunFolder(project, 'exports', time);
  let checked = 0;
  const verify = async (format: ExportedFile['format'], file: string): Promise<ExportedFile['parity']> => {
    signal.throwIfAborted();
    emit({
      kind: 'progress',
      done: checked++,
      total: formats.length,
      text: `Comparing the ${format} model with the trained one`,
    });
    const { maxAbsError, detections, milliseconds } = await checkParity(format, file, network, samples);
    const images = samples.length;
    return certify(format, { maxAbsError, mAP50: judge(detections), trainerMAP50, images, milliseconds });
  };
  const { files, bundles } = await writeBundle({
    folder: path.join(project, folder),
    time: time.toISOString(),
    network,
    parameters: model.parameters,
    labels: model.classes,
    postprocessing: { ...defaultPostprocessing, ...(evaluation && { threshold: evaluation.threshold }) },
    tiling: model.plan.tiling,
    formats,
    devices,
    card: await cardOf(project, detector, data, evaluation ?? null),
    measured: { computer: `${cpus()[0]?.model.trim() ?? 'this computer'}, ${availableParallelism()} cores`, set },
    quantizing: { calibrate, lostMAP50 },
    verify,
  });
  const inProject = <P extends { readonly path: string }>(part: P): P => ({ ...part, path: `${folder}/${part.path}` });
  return { run: detector.run, folder, files: files.map(inProject), bundles: bundles.map(inProject) };
};

/** The test pictures; where there are none, those that come nearest. */
function fullestOf(data: DatasetItems): SetName {
  return (['test', 'validation', 'train'] as const).find((set) => data[set].length > 0) ?? 'test';
}

/** Raw outputs of the trainer's own forward pass, picture by picture. */
async function paritySamples(
  detector: TrainedDetector,
  items: readonly DatasetItem[],
  signal: AbortSignal,
  onPicture: (done: number) => void,
): Promise<ParitySample[]> {
  const samples: ParitySample[] = [];
  await eachPicture(detector, items, signal, (runner, batch) => {
    samples.push({ name: batch.names[0] ?? '', pixels: batch.pixels, ...rawOutputs(runner, batch) });
    onPicture(samples.length);
  });
  return samples;
}
