import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { box, boxToPixels, type PixelRect } from '../../../shared/boxes';
import { exportDevice, exportFormat, exportResult, type ExportedFile } from '../../../shared/contract';
import { loadItems, type DatasetItem } from '../dataset/items';
import { postprocess, evaluationPostprocess } from '../detector/postprocess';
import type { Detection } from '../detector/detections';
import { detectNetFinds, detectNetInput } from '../export/detectNet.testing';
import { runAllInPython } from '../export/exportedInPython.testing';
import { hasPythonLiteRt, python } from '../export/liteRt.testing';
import { checkParity } from '../export/parity';
import type { NamedOutputs } from '../export/runtimes';
import { unzip } from '../export/unzip.testing';
import { decodePicture } from '../images/decode';
import { makeMiniProject } from '../training/miniProject.testing';
import { panelOf, type Panel } from './panel';
import { openTrained, type TrainedDetector } from './runs';

/**
 * A detector that has really learned (a minute), exported for every device as an operator does, and held against the
 * trainer in every runtime that it is meant for, on test pictures.
 */
const lineside = path.resolve(__dirname, '../../../out/lineside.cjs');
const hasPythonOnnx = spawnSync(python, ['-c', 'import onnx, onnxruntime, numpy']).status === 0;

let folder = '';
let project = '';
let exported = '';
let files: readonly ExportedFile[] = [];
let detector: TrainedDetector;
let items: readonly DatasetItem[] = [];
let panel: Panel;

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, [lineside, ...args, '--project', project, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-trained-'));
  project = path.join(folder, 'project');
  await makeMiniProject(project, { train: 32, validation: 8, test: 12 });
  run('train', '--learning-rate', '0.01', '--batch-size', '4', '--epochs', '12', '--seed', '3');
  run('evaluate');
  const result = exportResult.parse(JSON.parse(run('export', '--for', exportDevice.options.join(','))));
  exported = path.join(project, result.folder);
  files = result.files;
  for (const { path: zip, device } of result.bundles) {
    for (const [name, bytes] of await unzip(path.join(project, zip))) {
      const file = path.join(folder, device, name.slice(name.indexOf('/') + 1));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
  }
  await symlink(
    path.resolve(__dirname, '../../../node_modules'),
    path.join(folder, 'computer', 'node', 'node_modules'),
  );
  detector = await openTrained(project, 'latest');
  items = (await loadItems(project)).test;
  panel = await panelOf(detector, items, { emit: () => undefined, signal: new AbortController().signal });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** How much mAP50 a format may lose, where it rounds. */
const mostLost: Partial<Record<ExportedFile['format'], number>> = {
  tfliteFloat16: 0.002,
  tfliteInt8: 0.01,
  coral: 0.01,
};

function lost(detections: readonly (readonly Detection[])[]): number {
  return (panel.trainerMAP50 ?? NaN) - (panel.judge(detections) ?? NaN);
}

function largestDifference(actual: Float32Array | undefined, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (actual?.[at] ?? NaN))), 0);
}

test('it has learned', () => {
  expect(panel.samples).toHaveLength(12);
  expect(panel.trainerMAP50).toBeGreaterThan(0.9);
});

test.each(exportFormat.options)('%s in its own runtime here gives what the trainer gives', async (format) => {
  const file = files.find((of) => of.format === format);
  const { maxAbsError, detections } = await checkParity(
    format,
    path.join(project, file?.path ?? ''),
    detector.network,
    panel.samples,
  );
  const most = mostLost[format];
  if (most === undefined) expect(maxAbsError).toBeLessThan(1e-4);
  expect(lost(detections)).toBeLessThanOrEqual(most ?? 1e-6);
});

describe('in Python', () => {
  let outputs: ReadonlyMap<string, readonly NamedOutputs[]> = new Map();
  const tflite = ['model.tflite', 'model-float16.tflite', 'model-int8.tflite', 'model-coral.tflite'];
  const onnx = ['model.onnx', 'model-with-detections.onnx'];
  beforeAll(async () => {
    const models = [...(hasPythonOnnx ? onnx : []), ...(hasPythonLiteRt ? tflite : [])];
    const pictures = panel.samples.map(({ pixels }) => pixels);
    if (models.length === 0) return;
    outputs = await runAllInPython(
      models.map((name) => path.join(exported, name)),
      pictures,
      detector.network.input,
    );
  }, 300_000);

  function expectExact(name: string): void {
    panel.samples.forEach(({ boxEncodings, classLogits }, index) => {
      const given = outputs.get(name)?.[index];
      expect(largestDifference(given?.['boxEncodings'], boxEncodings)).toBeLessThan(1e-4);
      expect(largestDifference(given?.['classLogits'], classLogits)).toBeLessThan(1e-4);
    });
  }

  test.skipIf(!hasPythonOnnx)('onnx.checker passes both ONNX files, and onnxruntime gives the raw outputs', () => {
    for (const name of onnx) expectExact(name);
  });

  test.skipIf(!hasPythonLiteRt)('ai-edge-litert gives the raw outputs of the float32 model', () => {
    expectExact('model.tflite');
  });

  test.skipIf(!hasPythonLiteRt).each([
    ['model-float16.tflite', 0.002],
    ['model-int8.tflite', 0.01],
    ['model-coral.tflite', 0.01],
  ])('ai-edge-litert finds with %s what the trainer finds', (name, most) => {
    const found = outputs.get(name)?.map((of) => {
      const [encodings, logits] = [of['boxEncodings'], of['classLogits']] as [Float32Array, Float32Array];
      return postprocess(encodings, logits, detector.network.priors, evaluationPostprocess);
    });
    expect(lost(found ?? [])).toBeLessThanOrEqual(most);
  });
});

describe('programs of the packages, on test pictures', () => {
  interface Line {
    readonly file: string;
    readonly detections: readonly ({ readonly label: string; readonly score: number } & PixelRect)[];
  }

  /** What the trainer itself finds in each test picture, down to a score. */
  function trainersFinds(scoreThreshold: number): Detection[][] {
    return panel.samples.map(({ boxEncodings, classLogits }) =>
      postprocess(boxEncodings, classLogits, detector.network.priors, { ...evaluationPostprocess, scoreThreshold }),
    );
  }

  /** Scores that rounding may carry over the threshold. */
  const nearly = 0.15;

  /** In each picture what the trainer finds, where it finds it, and nothing else; but for scores next to the threshold. */
  async function expectTrainersFinds(program: string, args: readonly string[], device: string): Promise<void> {
    const { threshold } = JSON.parse(await readFile(inPackage(device, 'settings.json'), 'utf8')) as {
      threshold: number;
    };
    const pictures = items.map((item) => item.path);
    const printed = execFileSync(program, [...args, ...pictures, '--json'], { encoding: 'utf8', stdio: 'pipe' });
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(lines.map(({ file }) => file)).toEqual(pictures);
    const possible = trainersFinds(Math.max(0.01, threshold - nearly));
    lines.forEach(({ detections }, index) => {
      const { size } = items[index] as DatasetItem;
      const expected = (possible[index] ?? []).map((one) => ({
        ...boxToPixels(one.box, size),
        label: detector.model.classes[one.classIndex],
        certain: one.score >= threshold + nearly,
      }));
      const same = (one: PixelRect & { readonly label?: string | undefined }, other: typeof one): boolean =>
        one.label === other.label &&
        (['x', 'y', 'width', 'height'] as const).every((side) => Math.abs(one[side] - other[side]) < 8);
      const file = path.basename(pictures[index] ?? '');
      for (const one of expected.filter(({ certain }) => certain))
        expect(
          detections.filter((found) => same(found, one)),
          `${one.label} in ${file}`,
        ).toHaveLength(1);
      for (const found of detections)
        expect(
          expected.some((one) => same(found, one)),
          `${found.label} ${found.score} in ${file} is the trainer’s too`,
        ).toBe(true);
    });
    expect(possible.flat().filter(({ score }) => score >= threshold + nearly).length).toBeGreaterThan(items.length);
  }
  const inPackage = (device: string, file: string): string => path.join(folder, device, file);

  test('Node.js with ONNX Runtime', () => {
    return expectTrainersFinds(process.execPath, [inPackage('computer', 'node/detect.js')], 'computer');
  });

  test.skipIf(!hasPythonOnnx)('Python with ONNX Runtime', () => {
    return expectTrainersFinds(python, [inPackage('computer', 'python/detect.py')], 'computer');
  });

  test.skipIf(!hasPythonLiteRt).each([
    ['raspberryPi', 'model-float16.tflite'],
    ['raspberryPi', 'model-int8.tflite'],
    ['raspberryPi', 'model.tflite'],
    ['android', 'model-float16.tflite'],
    ['coral', 'model-coral.tflite'],
  ])('Python with LiteRT, for %s with %s', (device, model) => {
    return expectTrainersFinds(python, [inPackage(device, 'python/detect.py'), '--model', model], device);
  });

  test('the Jetson’s model as detectNet reads pictures and clusters what it gives, as its README recommends', async () => {
    const { width, height } = detector.network.input;
    const session = await InferenceSession.create(inPackage('jetson', 'jetson/model.onnx'));
    const settings = await readFile(inPackage('jetson', 'settings.json'), 'utf8');
    const { threshold } = JSON.parse(settings) as { threshold: number };
    try {
      const found: Detection[][] = [];
      for (const item of items) {
        const picture = await decodePicture(item.path);
        const input = new Tensor('float32', detectNetInput(picture, { width, height }), [1, 3, height, width]);
        const clusters = detectNetFinds(await session.run({ input_0: input }), {
          threshold,
          clustering: 0.5,
        });
        found.push(
          clusters
            .map(({ classId, score, box: [x1, y1, x2, y2] }) => ({
              classIndex: classId - 1,
              score,
              box: box(y1, x1, y2, x2),
            }))
            .sort((a, b) => b.score - a.score),
        );
      }
      const own = panel.judge(trainersFinds(threshold));
      expect((own ?? NaN) - (panel.judge(found) ?? NaN)).toBeLessThanOrEqual(0.02);
    } finally {
      await session.release();
    }
  });
});
