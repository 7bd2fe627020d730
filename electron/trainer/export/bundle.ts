import { createHash } from 'node:crypto';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DetectorPlan, ExportDevice, ExportedFile, OutputOf } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Network, Parameters } from '../detector/network';
import { exists, onDisk } from '../projectStore';
import { certificate, type CertificateInput, type Measured } from './certificate';
import { certificateHtml } from './certificateHtml';
import { deviceFiles, zipName } from './deviceFiles';
import { exportFormats, type ExportFormat, type OutputFile } from './formats';
import type { Postprocessing, Quantizing } from './graph';
import { modelCard, type ModelCardInput } from './modelCard';
import { costOf } from './operations';
import { priorsJson, settingsJson } from './settings';
import { zip } from './zip';

export interface BundleRequest {
  /** Where the export will lie: exports/<time> of the project. Absent, or empty. */
  readonly folder: string;
  /**
   * When it is made, ISO 8601. The model does not determine it, nor how long a picture takes: both are in the folder's own
   * certificate and manifest and in no zip, so that the same model gives the same zips.
   */
  readonly time: string;
  readonly network: Network;
  readonly parameters: Parameters;
  /** Class names without background, in the order of the class logits. */
  readonly labels: readonly string[];
  readonly postprocessing: Postprocessing;
  /** Into how many pieces pictures are cut, if they are. */
  readonly tiling: DetectorPlan['tiling'];
  readonly formats: readonly ExportFormat[];
  /** A zip is made for each; their formats are among `formats`. */
  readonly devices: readonly ExportDevice[];
  /** What model card and certificate say beside what is known here. */
  readonly card: Omit<ModelCardInput, 'labels' | 'input' | 'cost'>;
  readonly measured: Pick<CertificateInput, 'set'> & Omit<Measured, 'time'>;
  readonly quantizing: Quantizing;
  /**
   * Runs a written model in its own runtime (`checkParity`) while it still lies in the temporary folder, and reports how it
   * compares with the trainer. When it throws, nothing of the export stays.
   * @param path the file to load, absolute or relative as `folder` is
   */
  readonly verify: (format: ExportFormat, path: string) => Promise<ExportedFile['parity']>;
}

/** What was written; paths are relative to the export's folder. */
export type Bundle = Pick<OutputOf<'export.run'>, 'files' | 'bundles'>;

/**
 * Writes an export folder: models, labels, settings, priors, model card, certificate, and manifest.json with the SHA-256 of
 * each file; beside them a zip for each device, which holds what that device needs. All is written to `<folder>.partial`
 * and renamed, so that an export is there whole or not at all.
 */
export async function writeBundle(request: BundleRequest): Promise<Bundle> {
  checkRequest(request);
  const partial = `${request.folder}.partial`;
  await onDisk(request.folder, async () => {
    await removeIfEmpty(request.folder);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
  });
  try {
    const bundle = await fill(request, partial);
    await onDisk(request.folder, () => rename(partial, request.folder));
    return bundle;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function fill(request: BundleRequest, partial: string): Promise<Bundle> {
  const { network, labels, card, devices, time } = request;
  const { set, computer } = request.measured;
  const { models, exported } = await writeModels(request, partial);
  const contents = [...models.values()].flat();
  const known = { input: network.input, cost: costOf(network) };
  const proven = { devices, set, ...known, project: card.project, run: card.run, files: exported, contents };
  const papers = [
    text('labels.txt', labels.map((label) => `${label}\n`).join('')),
    text('settings.json', settingsJson(network, labels, request.postprocessing, request.tiling)),
    text('priors.json', priorsJson(network)),
    text('MODEL-CARD.md', modelCard({ ...card, ...known, labels })),
  ];
  const own = [...papers, ...certificateFiles(proven, { time, computer })];
  for (const file of own) await writeOut(partial, file);
  const written = [...contents, ...own];
  const carried = [...papers, ...certificateFiles(proven)];
  const bundles: Bundle['bundles'] = [];
  for (const device of devices) {
    const files = await deviceFiles({ ...request, device, papers: carried, models });
    const packed = text('manifest.json', manifestJson(files));
    const bytes = await zip(`lineside-${zipName(device)}`, [...files, packed]);
    const archive = { path: `${zipName(device)}.zip`, bytes };
    await writeOut(partial, archive);
    written.push(archive);
    bundles.push({ device, path: archive.path, bytes: bytes.byteLength });
  }
  await writeOut(partial, text('manifest.json', manifestJson(written, time)));
  return { files: exported, bundles };
}

async function writeModels(
  { network, parameters, labels, postprocessing, formats, quantizing, verify }: BundleRequest,
  partial: string,
): Promise<{ readonly models: ReadonlyMap<ExportFormat, readonly OutputFile[]>; readonly exported: ExportedFile[] }> {
  const models = new Map<ExportFormat, readonly OutputFile[]>();
  const exported: ExportedFile[] = [];
  for (const format of formats) {
    const { files, others, notes } = await exportFormats[format].write(
      network,
      parameters,
      { labels, postprocessing },
      quantizing,
    );
    const all = [...files, ...others];
    for (const file of all) await writeOut(partial, file);
    models.set(format, all);
    const path = exportFormats[format].modelFile;
    const parity = await verify(format, join(partial, path));
    const bytes = files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
    exported.push({ format, path, bytes, parity, notes: [...notes] });
  }
  return { models, exported };
}

function text(path: string, contents: string): OutputFile {
  return { path, bytes: Buffer.from(contents) };
}

function certificateFiles(proven: CertificateInput, measured?: Measured): OutputFile[] {
  const proof = certificate(proven, measured);
  return [
    text('certificate.json', `${JSON.stringify(proof, null, 2)}\n`),
    text('certificate.html', certificateHtml(proof)),
  ];
}

function manifestJson(written: readonly OutputFile[], time?: string): string {
  const files = written.map(({ path, bytes }) => ({
    path,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  return `${JSON.stringify({ version: 1, time, files }, null, 2)}\n`;
}

async function writeOut(folder: string, { path, bytes }: OutputFile): Promise<void> {
  const target = join(folder, path);
  await onDisk(target, async () => {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes, { flush: true });
  });
}
function checkRequest({ labels, network, formats }: BundleRequest): void {
  if (formats.length === 0) {
    throw new LinesideError(
      'wrongUse',
      `no format was asked for: choose from ${Object.keys(exportFormats).join(', ')}`,
    );
  }
  if (labels.length !== network.outputs - 1) {
    throw new LinesideError(
      'internal',
      `the project has ${labels.length} classes (${labels.join(', ')}), but the model was trained on ` +
        `${network.outputs - 1}: train again`,
    );
  }
}

/** A folder reserved for this export is empty; one that holds something is somebody's, and stays. */
async function removeIfEmpty(folder: string): Promise<void> {
  if (!(await exists(folder))) return;
  try {
    await rmdir(folder);
  } catch (error) {
    throw new LinesideError('wrongUse', `${folder} already holds something: choose another folder for the export`, {
      cause: error,
    });
  }
}
