import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportDevice, type DetectorPlan } from '../../../shared/contract';
import { formatsFor } from '../../../shared/devices';
import { LinesideError } from '../../../shared/errors';
import { writeBundle, type BundleRequest } from './bundle';
import type { Certificate } from './certificate';
import { defaultPostprocessing } from './graph';
import { certify, checkParity, type ParitySample } from './parity';
import {
  referenceForward,
  testLabels,
  testNetwork,
  testParameters,
  testPixels,
  testQuantizing,
  testSize,
} from './testNetwork';
import { unzip } from './unzip.testing';

const network = testNetwork();
const parameters = testParameters(network);
const sample = referenceForward(network, parameters, 'nuts_01.jpg', testPixels('bundle'));
const quantizing = testQuantizing(network, parameters, [testPixels('bundle')]);

let root = '';
beforeAll(async () => {
  await tf.setBackend('wasm');
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lineside-bundle-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function request(folder: string, reference: ParitySample = sample): BundleRequest {
  return {
    folder: join(root, folder),
    time: '2026-01-02T03:04:05Z',
    network,
    parameters,
    labels: testLabels,
    postprocessing: defaultPostprocessing,
    tiling: undefined,
    formats: formatsFor(exportDevice.options),
    devices: exportDevice.options,
    card: {
      project: 'Nuts | bolts',
      run: 'runs/2026-01-02T01-00-00',
      plan: testPlan,
      data: { train: counts(60), validation: counts(10), test: counts(10) },
      boxesPerClass: [90, 70],
      evaluation: null,
      choices: [{ name: 'seed', value: '3' }],
    },
    measured: { computer: 'a processor, 2 cores', set: 'test' },
    quantizing,
    verify: async (format, path) => {
      const { maxAbsError, milliseconds } = await checkParity(format, path, network, [reference]);
      return certify(format, { maxAbsError, mAP50: null, trainerMAP50: null, images: 1, milliseconds });
    },
  };
}

const counts = (pictures: number) => ({ pictures, boxes: 2 * pictures });
const testPlan: DetectorPlan = {
  inputWidth: testSize.width,
  inputHeight: testSize.height,
  fineMap: false,
  priorShapes: [],
  priorCoverage: 1,
  smallestPixels: 9,
  medianPixels: 12,
  reasons: ['The parts are small.'],
};

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
    .sort();
}

interface Manifest {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

describe('export bundle', () => {
  test('holds both models, their settings, and a manifest that matches the bytes on disk', async () => {
    const before = tf.memory().numTensors;
    const { files: exported, bundles } = await writeBundle(request('first'));
    expect(tf.memory().numTensors).toBe(before);
    const files = await listFiles('first');
    expect(files).toEqual([
      'MODEL-CARD.md',
      'android.zip',
      'browser.zip',
      'certificate.html',
      'certificate.json',
      'computer.zip',
      'coral.zip',
      'intel.zip',
      'jetson.zip',
      'jetson/labels.txt',
      'jetson/model.onnx',
      'labels.txt',
      'manifest.json',
      'model-coral-detections.tflite',
      'model-coral.tflite',
      'model-detections.tflite',
      'model-float16-detections.tflite',
      'model-float16.tflite',
      'model-int8-detections.tflite',
      'model-int8.tflite',
      'model-with-detections.onnx',
      'model.onnx',
      'model.tflite',
      'priors.json',
      'raspberry-pi.zip',
      'settings.json',
      'tfjs/group1-shard1of1.bin',
      'tfjs/model.json',
    ]);
    const manifest = JSON.parse(await readFile(join(root, 'first/manifest.json'), 'utf8')) as Manifest;
    expect(manifest.files.map(({ path }) => path).sort()).toEqual(files.filter((file) => file !== 'manifest.json'));
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = await readFile(join(root, 'first', path));
      expect(content.byteLength).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
    expect(exported.map(({ format, path }) => ({ format, path }))).toEqual([
      { format: 'onnx', path: 'model.onnx' },
      { format: 'onnxDetections', path: 'model-with-detections.onnx' },
      { format: 'tfliteFloat16', path: 'model-float16.tflite' },
      { format: 'tfliteInt8', path: 'model-int8.tflite' },
      { format: 'tflite', path: 'model.tflite' },
      { format: 'coral', path: 'model-coral.tflite' },
      { format: 'jetson', path: 'jetson/model.onnx' },
      { format: 'tfjs', path: 'tfjs/model.json' },
    ]);
    for (const { path, bytes, parity } of exported) {
      // Of the model alone, without its twin that gives detections.
      if (path.endsWith('.tflite')) expect(bytes).toBe((await readFile(join(root, 'first', path))).byteLength);
      if (parity.judgedBy === 'rawOutputs') expect(parity.maxAbsError).toBeLessThan(1e-4);
    }
    expect(bundles.map(({ device }) => device)).toEqual(exportDevice.options);
    expect(await readdir(root)).toEqual(['first']);
  });

  test('the same model gives the same bytes on another day and a busier computer, into an empty folder as well', async () => {
    await mkdir(join(root, 'second'));
    const first = request('first');
    await writeBundle(first);
    await writeBundle({
      ...request('second'),
      time: '2027-12-31T23:59:59Z',
      measured: { computer: 'another processor', set: 'test' },
      verify: async (format, path) => ({ ...(await first.verify(format, path)), milliseconds: 1234 }),
    });
    // What tells of this one export lies beside the zips and in none.
    const ofThisExport = ['certificate.html', 'certificate.json', 'manifest.json'];
    for (const file of (await listFiles('first')).filter((name) => !ofThisExport.includes(name))) {
      const [first, second] = await Promise.all(['first', 'second'].map((name) => readFile(join(root, name, file))));
      expect(Buffer.compare(first ?? Buffer.of(0), second ?? Buffer.of(1)), file).toBe(0);
    }
  });

  test('a zip holds what its device needs, in one folder, with a manifest that matches', async () => {
    await writeBundle(request('first'));
    const files = await unzip(join(root, 'first/jetson.zip'));
    const names = [...files.keys()].map((name) => name.replace(/^lineside-jetson\//, ''));
    expect(names).toEqual([
      'LICENCES/Apache-2.0.txt',
      'MODEL-CARD.md',
      'README.md',
      'certificate.html',
      'certificate.json',
      'jetson/detect.sh',
      'jetson/labels.txt',
      'jetson/model.onnx',
      'labels.txt',
      'manifest.json',
      'priors.json',
      'settings.json',
    ]);
    const read = (name: string): Buffer => files.get(`lineside-jetson/${name}`) ?? Buffer.of();
    const manifest = JSON.parse(read('manifest.json').toString()) as Manifest;
    expect(manifest.files).toHaveLength(names.length - 1);
    for (const { path, sha256 } of manifest.files) {
      expect(createHash('sha256').update(read(path)).digest('hex'), path).toBe(sha256);
    }
    expect(read('jetson/labels.txt').toString()).toBe('BACKGROUND\nnut\nwasher\n');
    expect(read('README.md').toString()).toContain('--threshold=0.50');
    expect(read('README.md').toString()).not.toMatch(/\{\{|undefined/);
    const card = read('MODEL-CARD.md').toString();
    for (const said of ['| nut | 90 |', '| kept for the end | 10 | 20 |', 'seed: 3', 'Apache License 2.0']) {
      expect(card).toContain(said);
    }
  });

  test('each device gets its formats whole, the twins with detections included', async () => {
    await writeBundle(request('first'));
    const models = async (zip: string): Promise<string[]> =>
      [...(await unzip(join(root, 'first', zip))).keys()]
        .map((name) => name.slice(name.indexOf('/') + 1))
        .filter((name) => /\.(tflite|onnx|bin)$/.test(name));
    const twins = (name: string): string[] => [`${name}-detections.tflite`, `${name}.tflite`];
    const small = [...twins('model'), ...twins('model-float16'), ...twins('model-int8')];
    expect((await models('raspberry-pi.zip')).sort()).toEqual(small.sort());
    expect((await models('android.zip')).sort()).toEqual(small.sort());
    expect(await models('coral.zip')).toEqual(twins('model-coral'));
    expect(await models('computer.zip')).toEqual(['model-with-detections.onnx', 'model.onnx']);
    expect(await models('browser.zip')).toEqual(['tfjs/group1-shard1of1.bin']);
  });

  test('the certificate names each file with its hash, what was compared, and cites what it did not measure', async () => {
    await writeBundle(request('first'));
    const proof = JSON.parse(await readFile(join(root, 'first/certificate.json'), 'utf8')) as Certificate;
    const onnx = await readFile(join(root, 'first/model.onnx'));
    expect(proof.models[0]).toMatchObject({ format: 'onnx', sha256: createHash('sha256').update(onnx).digest('hex') });
    const pi = proof.devices.find(({ device }) => device === 'raspberryPi')?.expected ?? [];
    // 112.6 ms at 300 × 300, for 65 × 46.
    expect(pi[1]).toMatchObject({ board: 'Raspberry Pi 4', milliseconds: 3.74, publishedMilliseconds: 112.6 });
    const page = await readFile(join(root, 'first/certificate.html'), 'utf8');
    expect(page).toContain('Nuts | bolts');
    expect(page).toContain(proof.models[0]?.sha256);
    expect(page).toContain('a processor, 2 cores');
    const carried = await unzip(join(root, 'first/computer.zip'));
    expect(carried.get('lineside-computer/certificate.html')?.toString()).not.toMatch(/a processor|Time|undefined/);
  });

  test('priors and labels can be read back exactly', async () => {
    await writeBundle(request('first'));
    const rows = JSON.parse(await readFile(join(root, 'first/priors.json'), 'utf8')) as number[][];
    expect(Float32Array.from(rows.flat())).toEqual(network.priors);
    expect(await readFile(join(root, 'first/labels.txt'), 'utf8')).toBe('nut\nwasher\n');
  });

  test('a model that differs from the trained one leaves nothing behind', async () => {
    const boxEncodings = Float32Array.from(sample.boxEncodings, (value, index) => (index === 5 ? value + 1 : value));
    await mkdir(join(root, 'wrong'));
    const failed = writeBundle(request('wrong', { ...sample, boxEncodings }));
    await expect(failed).rejects.toThrow(/nuts_01\.jpg, boxEncodings differ by 1\.00/);
    expect(await readdir(root)).toEqual([]);
  });

  test('what the disk refuses is said in words, with the file', async () => {
    await writeFile(join(root, 'exports'), 'a file where a folder should be');
    const failed = writeBundle(request('exports/first'));
    await expect(failed).rejects.toMatchObject({ name: 'LinesideError', code: 'disk' });
    await expect(failed).rejects.toThrow(/exports.first.*could not be written/);
    expect(await readdir(root)).toEqual(['exports']);
  });

  test('an error of any other kind leaves nothing behind either', async () => {
    const failed = writeBundle({ ...request('first'), verify: () => Promise.reject(new Error('no runtime')) });
    await expect(failed).rejects.toThrow('no runtime');
    expect(await readdir(root)).toEqual([]);
  });

  test('a folder that holds something is left as it is', async () => {
    await mkdir(join(root, 'mine'));
    await writeFile(join(root, 'mine/notes.txt'), 'keep');
    const failed = writeBundle(request('mine'));
    await expect(failed).rejects.toThrow(LinesideError);
    await expect(failed).rejects.toThrow('already holds something');
    expect(await readdir(join(root, 'mine'))).toEqual(['notes.txt']);
  });

  test('labels that do not fit the model are refused', async () => {
    await expect(writeBundle({ ...request('few'), labels: ['nut'] })).rejects.toThrow('trained on 2');
    await expect(writeBundle({ ...request('none'), formats: [] })).rejects.toThrow('no format was asked for');
    expect(await readdir(root)).toEqual([]);
  });
});
