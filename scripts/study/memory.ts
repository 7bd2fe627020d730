import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DetectorPlan, EngineInfo } from '../../shared/contract';
import type { Outcome } from '../../electron/cli/output';
import { predictBytes } from '../../electron/trainer/batchSize/memoryModel';
import { nodeProbe, probe } from '../../electron/trainer/batchSize/probe';
import { baseModelShapes } from '../../electron/trainer/detector/priorBoxes';
import { networkOf } from '../../electron/trainer/dataset/plan';
import { isProject, openProject } from '../../electron/trainer/projectStore';
import { writeWhole } from '../../electron/trainer/wholeFile';
import { measureAll } from './lines';
import { bccdFolder, seed, studyFolder, type StudyRequest } from './studyProject';

const sizes = [1, 2, 4, 8, 16, 32, 64];
/** Sixteen take the WebAssembly engine over a minute a step; its heap, of 4 GB, has no room for more. */
const sizesWasm = [1, 2, 4, 8, 16];
/** At 512 pixels more pictures would need more memory than most computers have. */
const sizes512 = sizes.slice(0, -2);
/** Of whole trainings: each takes a round through BCCD. */
const trainingSizes = [4, 16];
const timeoutSeconds = 900;
const lookEveryMs = 100;

type EngineName = EngineInfo['name'];

const line = z.object({ name: z.string(), peakBytes: z.number() });

interface Detector {
  readonly name: string;
  readonly plan: DetectorPlan;
  readonly classes: number;
  readonly sizes: readonly number[];
  /** Whether the model's constants were fitted to it. */
  readonly fitted: boolean;
  readonly engine: EngineName;
}

/**
 * Predicted against measured peaks: of training steps, each size in a process of its own, and of whole trainings. Writes
 * docs/studies/memory.md.
 */
export async function memory({ call, most }: StudyRequest): Promise<Outcome> {
  const bccd = await detectorOf('bccd', call);
  const square = (plan: DetectorPlan, edge: number): DetectorPlan => ({ ...plan, inputWidth: edge, inputHeight: edge });
  const usual = baseModelShapes.map((map) => map.map(([height, width]): [number, number] => [height, width]));
  const at512: Detector = { ...bccd, name: 'bccd at 512', plan: square(bccd.plan, 512), sizes: sizes512 };
  const coarse: Detector = {
    ...bccd,
    name: 'no finer map, 4 classes, at 400',
    plan: { ...square(bccd.plan, 400), fineMap: false, priorShapes: usual },
    classes: 4,
    sizes: sizes512,
    fitted: false,
  };
  const many: Detector = {
    ...bccd,
    name: 'bccd at 448, 12 classes',
    plan: square(bccd.plan, 448),
    classes: 12,
    sizes: [1, 8],
    fitted: false,
  };
  const onWasm = (detector: Detector, sizes: readonly number[]): Detector => ({ ...detector, sizes, engine: 'wasm' });
  const detectors: readonly Detector[] = [
    bccd,
    await detectorOf('practice', call),
    at512,
    coarse,
    many,
    onWasm(bccd, sizesWasm),
    onWasm(at512, sizesWasm.slice(0, 2)),
    onWasm(coarse, sizesWasm.slice(0, 3)),
    onWasm(many, [1, 4]),
  ];
  const steps = detectors.flatMap((detector) =>
    detector.sizes.map((batchSize) => {
      const { plan, classes, engine } = detector;
      const name = `${detector.name}, ${batchSize}${engine === 'wasm' ? ', wasm' : ''}`;
      const env = { ...process.env, LINESIDE_ENGINE: engine };
      const spawnProbe = nodeProbe(process.execPath, [path.resolve('out', 'probe.cjs')], env);
      const input = { plan, classes, frozenLayers: 0, batchSize };
      const measure = async (): Promise<z.input<typeof line>> => {
        const outcome = await probe(spawnProbe, input, { timeoutSeconds, signal: new AbortController().signal });
        if (outcome.kind !== 'measured') throw new Error(`${name}: ${outcome.kind}`);
        return { name, peakBytes: outcome.report.peakBytes };
      };
      const predicted = predictBytes(networkOf(plan, classes), { batchSize, frozenLayers: 0, engine }).total;
      return { name, measure, predicted, batchSize, detector };
    }),
  );
  const project = studyFolder('project-bccd');
  const trainings = trainingSizes.map((batchSize) => {
    const name = `training of bccd, ${batchSize}`;
    const measure = async (): Promise<z.input<typeof line>> => ({
      name,
      peakBytes: await peakOfTraining(project, batchSize),
    });
    return { name, measure, batchSize };
  });
  const measured = new Map(
    (await measureAll(studyFolder('memory.jsonl'), line, most, [...steps, ...trainings])).map((one) => [
      one.name,
      one.peakBytes,
    ]),
  );
  const rowsOf = (engine: EngineName, fitted: boolean): string[] =>
    steps.flatMap(({ name, predicted, detector, batchSize }) => {
      const peak = measured.get(name);
      const wanted = detector.engine === engine && detector.fitted === fitted;
      return wanted && peak !== undefined ? [tableRow(detector.name, batchSize, predicted, peak)] : [];
    });
  const trainingRows = trainings.flatMap(({ name, batchSize }) => {
    const [step, whole] = [measured.get(`bccd, ${batchSize}`), measured.get(name)];
    if (step === undefined || whole === undefined) return [];
    return [`| ${batchSize} | ${megabytes(step)} | ${megabytes(whole)} | ${megabytes(whole - step)} |`];
  });
  const page = memoryPage(rowsOf, trainingRows);
  await mkdir(path.join('docs', 'studies'), { recursive: true });
  await writeWhole(path.join('docs', 'studies', 'memory.md'), page);
  return { json: { measured: measured.size }, text: page };
}

/** Largest resident memory of `lineside train` over one round, in bytes: steps, pictures kept, validation, checkpoint. */
async function peakOfTraining(project: string, batchSize: number): Promise<number> {
  const program = path.resolve('out', 'lineside.cjs');
  const settings = ['--batch-size', String(batchSize), '--learning-rate', '0.001', '--epochs', '1'];
  const child = spawn(process.execPath, [program, 'train', '--project', project, ...settings], { stdio: 'ignore' });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), lookEveryMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (code !== 0 || peak === 0) throw new Error(`the training at ${batchSize} pictures at a time ended with ${code}`);
  return peak;
}

/** 0 where the process has gone, or the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function tableRow(name: string, batchSize: number, predicted: number, peak: number): string {
  const off = (100 * (predicted / peak - 1)).toFixed(1);
  return `| ${name} | ${batchSize} | ${megabytes(predicted)} | ${megabytes(peak)} | ${off} % |`;
}

function memoryPage(
  rowsOf: (engine: EngineName, fitted: boolean) => readonly string[],
  trainings: readonly string[],
): string {
  const head = (what: string): string[] => [
    `| ${what} | pictures at a time | predicted, MB | measured, MB | off by |`,
    '| --- | ---: | ---: | ---: | ---: |',
  ];
  return [
    '# Memory of a training: predicted and measured',
    '',
    'Made by `npm run study -- memory`: the largest resident memory of a process that takes four training steps, against what',
    '`batchSize/memoryModel.ts` predicts from the layers. TensorFlow on the processor, two cores, Linux.',
    '',
    ...head('detector'),
    ...rowsOf('tensorflow', true),
    '',
    'Two constants of the model were fitted to these detectors on earlier days: what Node, the library and its threads hold, and the share that the',
    "library's arena cannot use. The sums over the layers are not. Detectors that neither was fitted to (at 400 pixels and 16 at a",
    'time the model was 14 % off before the step of that share was put where the regions up to 1 GiB end, at 2 GiB):',
    '',
    ...head('detector'),
    ...rowsOf('tensorflow', false),
    '',
    'A whole training (`lineside train`, one round through BCCD) holds more than its steps: decoded pictures, up to half a GB of',
    'them; two batches made ahead; copies of the weights to go back to and to write; the validation.',
    '',
    '| pictures at a time | steps alone, MB | training, MB | more, MB |',
    '| ---: | ---: | ---: | ---: |',
    ...trainings,
    '',
    'The peak of the same detector differs by 90 MB from day to day on the same computer: presumably by what of the library',
    'file is resident. The constant lies in the middle; another day measured 727, 1237 and 1850 MB where the first table has the',
    'figures of `bccd` at 1, 8 and 16.',
    '',
    'The WebAssembly engine has no such library and keeps two outputs of each convolution; a step of 8 takes it half a minute, of 16',
    'over a minute. For 32 the model says 4.6 GB, more than the 4 GB that its heap can have.',
    'Its two constants, of the same meaning, were fitted to these on an earlier day:',
    '',
    ...head('detector, WebAssembly'),
    ...rowsOf('wasm', true),
    '',
    'and not to these:',
    '',
    ...head('detector, WebAssembly'),
    ...rowsOf('wasm', false),
    '',
  ].join('\n');
}

async function detectorOf(name: 'bccd' | 'practice', call: StudyRequest['call']): Promise<Detector> {
  const project = studyFolder(`project-${name}`);
  if (!(await isProject(project))) {
    if (name === 'practice') await call('images.practice', { project, seed });
    else await call('images.import', { project, seed, data: await bccdFolder(), name: 'BCCD' });
  }
  const plan = await call('dataset.plan', { project, seed });
  return {
    name,
    plan,
    classes: (await openProject(project)).classes.length,
    sizes,
    fitted: true,
    engine: 'tensorflow',
  };
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1e6));
}
