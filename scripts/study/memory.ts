import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { DetectorPlan } from '../../shared/contract';
import type { Outcome } from '../../electron/cli/output';
import { predictBytes } from '../../electron/trainer/batchSize/memoryModel';
import { nodeProbe, probe } from '../../electron/trainer/batchSize/probe';
import { networkOf } from '../../electron/trainer/dataset/plan';
import { isProject, openProject } from '../../electron/trainer/projectStore';
import { writeWhole } from '../../electron/trainer/wholeFile';
import { measureAll } from './lines';
import { bccdFolder, seed, studyFolder, type StudyRequest } from './studyProject';

const sizes = [1, 2, 4, 8, 16, 32, 64];
/** At 512 pixels 64 pictures would need more memory than most computers have. */
const sizes512 = sizes.slice(0, -1);
const timeoutSeconds = 900;

const line = z.object({ name: z.string(), peakBytes: z.number() });

interface Detector {
  readonly name: string;
  readonly plan: DetectorPlan;
  readonly classes: number;
  readonly sizes: readonly number[];
}

/** Predicted against measured peaks of a training step, each in a process of its own. Writes docs/studies/memory.md. */
export async function memory({ call, most }: StudyRequest): Promise<Outcome> {
  const bccd = await detectorOf('bccd', call);
  const detectors = [
    bccd,
    await detectorOf('practice', call),
    { ...bccd, name: 'bccd at 512', plan: { ...bccd.plan, inputWidth: 512, inputHeight: 512 }, sizes: sizes512 },
  ];
  const spawn = nodeProbe(process.execPath, [path.resolve('out', 'probe.cjs')]);
  const wanted = detectors.flatMap((detector) =>
    detector.sizes.map((batchSize) => {
      const name = `${detector.name}, ${batchSize}`;
      const { plan, classes } = detector;
      const input = { plan, classes, frozenLayers: 0, batchSize };
      const measure = async (): Promise<z.input<typeof line>> => {
        const outcome = await probe(spawn, input, { timeoutSeconds, signal: new AbortController().signal });
        if (outcome.kind !== 'measured') throw new Error(`${name}: ${outcome.kind}`);
        return { name, peakBytes: outcome.report.peakBytes };
      };
      const predicted = predictBytes(networkOf(plan, classes), { batchSize, frozenLayers: 0 }).total;
      return { name, measure, predicted, detector: detector.name, batchSize };
    }),
  );
  const measured = new Map(
    (await measureAll(studyFolder('memory.jsonl'), line, most, wanted)).map((one) => [one.name, one]),
  );
  const rows = wanted.flatMap(({ name, predicted, detector, batchSize }) => {
    const peak = measured.get(name)?.peakBytes;
    if (peak === undefined) return [];
    const off = (100 * (predicted / peak - 1)).toFixed(1);
    return [`| ${detector} | ${batchSize} | ${megabytes(predicted)} | ${megabytes(peak)} | ${off} % |`];
  });
  const page = [
    '# Memory of a training step: predicted and measured',
    '',
    'Made by `npm run study -- memory`: the largest resident memory of a process that takes four training steps, against what',
    '`batchSize/memoryModel.ts` predicts from the layers. TensorFlow on the processor, two cores, Linux.',
    '',
    '| detector | pictures at a time | predicted, MB | measured, MB | off by |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    'Two constants of the model are fitted to this table: what Node, the library and its threads hold, and the share that the',
    "library's arena cannot use. The sums over the layers are not. A training holds more than its steps: the pictures that are",
    'decoded ahead, and the validation.',
    '',
  ].join('\n');
  await mkdir(path.join('docs', 'studies'), { recursive: true });
  await writeWhole(path.join('docs', 'studies', 'memory.md'), page);
  return { json: { measured: rows.length }, text: page };
}

async function detectorOf(name: 'bccd' | 'practice', call: StudyRequest['call']): Promise<Detector> {
  const project = studyFolder(`project-${name}`);
  if (!(await isProject(project))) {
    if (name === 'practice') await call('images.practice', { project, seed });
    else await call('images.import', { project, seed, data: await bccdFolder(), name: 'BCCD' });
  }
  const plan = await call('dataset.plan', { project, seed });
  return { name, plan, classes: (await openProject(project)).classes.length, sizes };
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1e6));
}
