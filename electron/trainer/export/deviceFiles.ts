import type { ExportDevice } from '../../../shared/contract';
import { devices } from '../../../shared/devices';
import type { Network, Parameters } from '../detector/network';
import type { ExportFormat, OutputFile } from './formats';
import type { ExportOptions, Postprocessing } from './graph';
import { deviceReadme, licences, samplesFor, webModel } from './samples';
import { exportTfjs } from './tfjs';

export interface DeviceRequest {
  readonly device: ExportDevice;
  readonly network: Network;
  readonly parameters: Parameters;
  readonly labels: readonly string[];
  readonly postprocessing: Postprocessing;
  /** labels.txt, settings.json, …: what every device gets. */
  readonly papers: readonly OutputFile[];
  /** The files of every exported format; the device gets those of its own. */
  readonly models: ReadonlyMap<ExportFormat, readonly OutputFile[]>;
}

/** Everything that goes into the zip of a device, but the manifest. The same model gives the same files. */
export async function deviceFiles(request: DeviceRequest): Promise<OutputFile[]> {
  const { device, papers, models } = request;
  const readme = await deviceReadme(device, readmeValues(request));
  return [
    { path: 'README.md', bytes: Buffer.from(readme) },
    ...papers,
    ...devices[device].formats.flatMap((format) => models.get(format) ?? []),
    ...(await samplesFor(device)),
    ...(device === 'browser' ? [pageModel(request)] : []),
    ...(await licences()),
  ];
}

/** raspberryPi → raspberry-pi */
export function zipName(device: ExportDevice): string {
  return device.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readmeValues({ labels, network, postprocessing }: DeviceRequest): Record<string, string> {
  return {
    labels: labels.join(', '),
    width: String(network.input.width),
    height: String(network.input.height),
    priors: String(network.priors.length / 4),
    threshold: postprocessing.threshold.toFixed(2),
    iouThreshold: String(postprocessing.iouThreshold),
  };
}

function pageModel({ network, parameters, labels, postprocessing, papers }: DeviceRequest): OutputFile {
  const options: ExportOptions = { labels, postprocessing };
  const { modelJson, weights } = exportTfjs(network, parameters, options);
  const settings = papers.find(({ path }) => path === 'settings.json');
  return webModel(modelJson, weights, Buffer.from(settings?.bytes ?? []).toString());
}
