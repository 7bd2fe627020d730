import { createHash } from 'node:crypto';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportedFile } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Network, Parameters } from '../detector/network';
import { exists, onDisk } from '../projectStore';
import { exportFormats, type ExportFormat, type OutputFile } from './formats';
import type { Postprocessing } from './graph';
import { readme } from './readme';
import { priorsJson, settingsJson } from './settings';

export interface BundleRequest {
  /** Where the export will lie: exports/<time> of the project. Absent, or empty. */
  readonly folder: string;
  /** When it is made, ISO 8601: the only thing in the bundle, with the parity, that the model does not determine. */
  readonly time: string;
  readonly network: Network;
  readonly parameters: Parameters;
  /** Class names without background, in the order of the class logits. */
  readonly labels: readonly string[];
  readonly postprocessing: Postprocessing;
  readonly formats: readonly ExportFormat[];
  /**
   * Runs a written model in its own runtime (`checkParity`) while it still lies in the temporary folder, and reports how it
   * compares with the trainer. When it throws, nothing of the export stays.
   * @param path the file to load, absolute or relative as `folder` is
   */
  readonly verify: (format: ExportFormat, path: string) => Promise<ExportedFile['parity']>;
}

/**
 * Writes an export folder: models, labels.txt, settings.json, priors.json, README.md and manifest.json with the SHA-256 of
 * each file. All is written to `<folder>.partial` and renamed, so that an export is there whole or not at all.
 *
 * @returns one entry a format, in the order asked for; `path` is relative to `folder`, `bytes` the sum of the format's files
 */
export async function writeBundle(request: BundleRequest): Promise<ExportedFile[]> {
  checkRequest(request);
  const partial = `${request.folder}.partial`;
  await onDisk(request.folder, async () => {
    await removeIfEmpty(request.folder);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
  });
  try {
    const exported = await fill(request, partial);
    await onDisk(request.folder, () => rename(partial, request.folder));
    return exported;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function fill(request: BundleRequest, partial: string): Promise<ExportedFile[]> {
  const { network, parameters, labels, postprocessing, formats } = request;
  const written: OutputFile[] = [
    { path: 'labels.txt', bytes: Buffer.from(labels.map((label) => `${label}\n`).join('')) },
    { path: 'settings.json', bytes: Buffer.from(settingsJson(network, labels, postprocessing)) },
    { path: 'priors.json', bytes: Buffer.from(priorsJson(network)) },
    { path: 'README.md', bytes: Buffer.from(readme(network, labels, formats)) },
  ];
  for (const file of written) await writeOut(partial, file);

  const exported: ExportedFile[] = [];
  for (const format of formats) {
    const { files, notes } = await exportFormats[format].write(network, parameters, { labels, postprocessing });
    for (const file of files) await writeOut(partial, file);
    written.push(...files);
    const path = exportFormats[format].modelFile;
    const parity = await request.verify(format, join(partial, path));
    const bytes = files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
    exported.push({ format, path, bytes, parity, notes: [...notes] });
  }
  await writeOut(partial, { path: 'manifest.json', bytes: Buffer.from(manifestJson(request.time, written, exported)) });
  return exported;
}

function manifestJson(time: string, written: readonly OutputFile[], exported: readonly ExportedFile[]): string {
  const files = written.map(({ path, bytes }) => ({
    path,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  const parity = Object.fromEntries(exported.map((file) => [file.format, file.parity]));
  return `${JSON.stringify({ version: 1, time, files, parity }, null, 2)}\n`;
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
