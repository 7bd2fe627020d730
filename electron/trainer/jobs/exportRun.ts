import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { evaluationResult, type ExportedFile, type Handlers } from '../../../shared/contract';
import { formatsFor } from '../../../shared/devices';
import { loadItems } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import { writeBundle } from '../export/bundle';
import { defaultPostprocessing } from '../export/graph';
import type { Calibration } from '../export/calibration';
import { certify, checkParity, detectionsIn } from '../export/parity';
import { newRunFolder, readJson } from '../projectStore';
import { evaluationFile } from '../runTable';
import { cardOf } from './modelCardOf';
import { calibrateOn } from './calibrate';
import { panelOf, panelSets, type Panel } from './panel';
import { openTrained } from './runs';

/** Where a detector runs when nobody says. */
const usualDevices = ['computer', 'browser'] as const;

/**
 * Handler of 'export.run': writes the detector in each format, runs what was written in its own runtime on real pictures,
 * and keeps it only if it gives what the trainer gives.
 */
export const exportRun: Handlers['export.run'] = async (input, context) => {
  const { emit, signal } = context;
  const { project, run } = input;
  const devices = input.devices ?? (input.formats === undefined ? [...usualDevices] : []);
  const formats = [...new Set([...formatsFor(devices), ...(input.formats ?? [])])];
  const detector = await openTrained(project, run);
  const { network, model } = detector;
  const evaluation = await readJson(project, `${detector.run}/${evaluationFile}`, evaluationResult);
  const data = await loadItems(project);
  const { judging, choosing } = panelSets(data);
  const { samples, trainerMAP50, judge } = await panelOf(detector, data[judging], context);
  let choosers: Promise<Panel> | undefined;
  const lostMAP50 = async (file: Uint8Array): Promise<number> => {
    choosers ??= panelOf(detector, data[choosing], context);
    const panel = await choosers;
    signal.throwIfAborted();
    return (panel.trainerMAP50 ?? 0) - (panel.judge(await detectionsIn(file, network, panel.samples)) ?? 0);
  };
  let calibration: Promise<Calibration> | undefined;
  const calibrate = (): Promise<Calibration> => {
    const learned = data.train.length > 0 ? data.train : data[judging];
    const views = learned.flatMap((item) => viewItems(item, model.plan.tiling));
    calibration ??= calibrateOn(detector, views, context);
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
    measured: {
      computer: `${cpus()[0]?.model.trim() ?? 'this computer'}, ${availableParallelism()} cores`,
      set: judging,
    },
    quantizing: { calibrate, lostMAP50 },
    verify,
  });
  const inProject = <P extends { readonly path: string }>(part: P): P => ({ ...part, path: `${folder}/${part.path}` });
  return { run: detector.run, folder, files: files.map(inProject), bundles: bundles.map(inProject) };
};
