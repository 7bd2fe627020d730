import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExportDevice } from '../../../shared/contract';
import { resourcePath } from '../engine/resources';
import type { OutputFile } from './formats';

const python = ['python/detect.py'];
const node = ['node/detect.js', 'node/package.json', 'detector.js'];
const cpp = ['cpp/detect.cpp', 'cpp/CMakeLists.txt'];
const web = ['web/index.html', 'web/tf.min.js', 'detector.js'];

/** Programs of resources/samples that run with what a device gets, as they are. */
const programs: Readonly<Record<ExportDevice, readonly string[]>> = {
  computer: [...python, ...node, ...cpp],
  raspberryPi: python,
  android: python,
  coral: python,
  jetson: ['jetson/detect.sh'],
  intel: python,
  browser: [...web],
};

export async function samplesFor(device: ExportDevice): Promise<OutputFile[]> {
  return Promise.all(programs[device].map(async (file) => ({ path: file, bytes: await readFile(sample(file)) })));
}

/** README.md for a device, its {{words}} filled in. */
export async function deviceReadme(device: ExportDevice, values: Readonly<Record<string, string>>): Promise<string> {
  const text = await readFile(sample(path.join('readme', `${device}.md`)), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => values[word] ?? '');
}

/** Licences of others that every package carries. */
export async function licences(): Promise<OutputFile[]> {
  return [{ path: 'LICENCES/Apache-2.0.txt', bytes: await readFile(resourcePath('notices', 'Apache-2.0.txt')) }];
}

function sample(file: string): string {
  return resourcePath('samples', file);
}

/**
 * web/model.js: model and settings as a script, since a page that is opened from a folder may load scripts but fetch nothing.
 * @param modelJson text of model.json
 * @param weights its shards, in order
 */
export function webModel(modelJson: string, weights: readonly Uint8Array[], settingsJson: string): OutputFile {
  const values = Buffer.concat(weights).toString('base64');
  const script = `self.linesideModel = { settings: ${settingsJson.trim()}, model: ${modelJson}, weights: "${values}" };\n`;
  return { path: 'web/model.js', bytes: Buffer.from(script) };
}
