import { copyFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EventOf, Schedule } from '../../../shared/contract';
import { loadItems, type DatasetItems } from '../dataset/items';
import { planDetector } from '../dataset/plan';
import { initialParameters } from '../detector/baseModel';
import { baseModelShapes } from '../detector/priorBoxes';
import { buildSsd } from '../detector/ssd';
import { openEngine, type Engine } from '../engine/engine';
import { bestModel, lastCheckpoint } from '../runTable';
import { createRandom } from '../random';
import { readModel } from './checkpoint';
import { readMetrics } from './metrics';
import { makeMiniProject } from './miniProject.testing';
import { decodeSafetensors, type TensorFile } from './safetensors';
import { rateAt } from './schedule';
import { metricsFile, train, type TrainingJob } from './train';

/** The real loop on real pictures, driven over the edge by the rate alone. */
let project: string;
let engine: Engine;
let items: DatasetItems;
let run: string;
let number = 0;
beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'lineside-away-'));
  await makeMiniProject(project, { train: 12, validation: 2, test: 1 });
  engine = await openEngine();
  items = await loadItems(project);
}, 60_000);
beforeEach(async () => {
  run = `runs/${number++}`;
  await mkdir(path.join(project, run), { recursive: true });
});
afterAll(() => rm(project, { recursive: true, force: true }));

type Event = EventOf<'training.run'>;
const small = { width: 96, height: 96 };
const epochs = 4;
const perRound = 6;
const good = 0.002;
/** A good rate for the first steps, then so many times that. */
const jumps = (after: number, factor: number): Schedule => ({
  ...{ kind: 'step', peak: good, warmUpSteps: 0, steps: perRound * epochs, drops: [after], factor },
});

const inRun = (name: string): string => path.join(project, run, name);

async function trained(
  schedule: Schedule,
  onEvent: (event: Event, stop: () => void) => void = () => undefined,
  mAP50 = 0.5,
): Promise<{ readonly events: Event[]; readonly result: Awaited<ReturnType<typeof train>> }> {
  const plan = planDetector(items.train, items.classes.length, {});
  const network = buildSsd({
    input: small,
    classes: items.classes.length,
    priorShapes: baseModelShapes,
    fineMap: false,
  });
  const config = { seed: 1, classes: items.classes, plan, batchSize: 2, accumulate: 1, epochs, schedule };
  const job: TrainingJob = {
    ...{ engine, network, train: items.train, validation: items.validation, run, folder: path.join(project, run) },
    initial: initialParameters(network, createRandom(1, 'init')),
    config: { ...config, frozenLayers: 0 },
    judge: () => ({ mAP50, score: 1 }),
    now: () => performance.now() / 1000,
  };
  const events: Event[] = [];
  const controller = new AbortController();
  const emit = (event: Event): void => {
    events.push(event);
    onEvent(event, () => controller.abort());
  };
  return { events, result: await train(job, { emit, signal: controller.signal }) };
}

const checkpoint = async (name = lastCheckpoint): Promise<TensorFile> => decodeSafetensors(await readFile(inRun(name)));
const progressOf = ({ metadata }: TensorFile) =>
  JSON.parse(metadata['progress'] ?? '') as {
    readonly step: number;
    readonly schedule: Schedule;
    readonly watch: { readonly rollBacks: number };
  };
/** Of a few million numbers: comparing them one by one would take longer than the training. */
const same = (values: Float32Array, { tensors }: TensorFile, name: string): boolean =>
  Buffer.compare(bytesOf(values), bytesOf(tensors.get(name)?.values ?? new Float32Array())) === 0;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
const differing = ({ tensors }: TensorFile, other: TensorFile): string[] =>
  [...tensors].filter(([name, { values }]) => !same(values, other, name)).map(([name]) => name);
const watched = (events: readonly Event[]) => events.flatMap((event) => (event.kind === 'watch' ? [event] : []));

test('a loss that is no number: back to the last good weights at half the rate, three times, then it gives up with those', async () => {
  const { events, result } = await trained(jumps(perRound, 1e12), (event) => {
    if (event.kind === 'epoch') copyFileSync(inRun(lastCheckpoint), inRun('good'));
  });
  expect(result).toMatchObject({ stoppedBy: 'diverged', epochs: 1, best: { epoch: 1, mAP50: 0.5 } });

  const told = watched(events);
  expect(told.map(({ said }) => said?.code)).toEqual([
    ...['watchNotANumber', 'watchNotANumber', 'watchNotANumber'],
    'watchGaveUpAt',
  ]);
  for (const { said } of told) expect(items.train.map(({ name }) => name)).toContain(said?.values['picture']);
  const rates = events.flatMap((event) =>
    event.kind === 'step' && event.step === perRound + 1 ? [event.learningRate] : [],
  );
  expect(rates.map((rate) => rate / (good * 1e12))).toEqual([1, 0.5, 0.25, 0.125]);

  const before = await checkpoint('good');
  const after = await checkpoint();
  expect(progressOf(after)).toMatchObject({ step: perRound, watch: { rollBacks: 4 }, schedule: { peak: good / 8 } });
  expect(after.tensors.size).toBeGreaterThan(100);
  expect(differing(after, before)).toEqual([]);
  const kept = await readModel(inRun(bestModel));
  expect([...kept.parameters].filter(([name, { values }]) => !same(values, before, `average/${name}`))).toEqual([]);

  const lines = await readMetrics(inRun(metricsFile));
  expect(lines.flatMap((line) => (line.kind === 'watch' ? [line.said] : []))).toEqual(told.map(({ said }) => said));
  expect(lines.flatMap((line) => (line.kind === 'step' ? [line.step] : []))).toEqual([1, 2, 3, 4, 5, 6]);
}, 60_000);

test.each([1, 2])(
  'of one that finds nothing after %i rounds it says that nothing was learned, and keeps none',
  async (rounds) => {
    const ends = trained(jumps(rounds * perRound, 1e12), undefined, 0);
    await expect(ends).rejects.toMatchObject({ code: 'diverged', said: { code: 'nothingLearnedAt' } });
    expect(await readdir(path.join(project, run))).toEqual([metricsFile]);
  },
  60_000,
);

test('stopped after going back, it goes on from there: with the rate that was halved, and what is left of its tries', async () => {
  const schedule = jumps(perRound, 1e12);
  const first = await trained(schedule, (event, stop) => {
    if (event.kind === 'watch') stop();
  });
  expect(first.result.stoppedBy).toBe('operator');
  const stopped = progressOf(await checkpoint());
  expect(stopped).toMatchObject({ step: perRound, watch: { rollBacks: 1 } });
  expect(rateAt(stopped.schedule, perRound)).toBe(rateAt(schedule, perRound) / 2);
  const { events, result } = await trained(schedule);
  expect(result.stoppedBy).toBe('diverged');
  expect(watched(events)).toHaveLength(3);
  const lines = await readMetrics(inRun(metricsFile));
  expect(lines.filter(({ kind }) => kind === 'watch')).toHaveLength(4);
}, 60_000);

test('a loss that rises, while it still is a number, is brought back and the training goes on', async () => {
  let back = false;
  const { events, result } = await trained(jumps(2 * perRound, 1000), (event, stop) => {
    if (event.kind === 'step' && back) stop();
    if (event.kind === 'watch') back = true;
  });
  expect(result.stoppedBy).toBe('operator');
  expect(watched(events)).toMatchObject([{ said: { code: 'watchRoseTooFar' } }]);
  const [far, near] = events.filter((event) => event.kind === 'step' && event.step === 2 * perRound + 1);
  expect(far).toMatchObject({ learningRate: 1000 * good });
  // The same batch with the same weights as before: what it learned at the high rate is gone.
  expect(near).toMatchObject({ learningRate: 500 * good, total: far?.kind === 'step' ? far.total : NaN });
}, 60_000);

test('ruined in the last step of the first round, when nobody can see it yet: it says so with the picture and what to do, and leaves nothing to go on with', async () => {
  const error = await trained(jumps(perRound - 1, 1e12)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'diverged', said: { code: 'nothingLearnedAt' } });
  expect((error as Error).message).toMatch(
    /^The loss was not a number at images\/mini_\d+\.png again, .* nothing was learned\. Check this picture/,
  );
  expect(await readdir(path.join(project, run))).toEqual([metricsFile]);
}, 60_000);

test('a rate that is much too high from the start is told by what guessing would lose; a detector that was judged on the way is not kept', async () => {
  const told: Event[] = [];
  await writeFile(inRun(bestModel), 'of a round that is gone');
  const error = await trained(jumps(0, 3e5), (event) => void told.push(event)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'diverged', said: { code: 'nothingLearned' } });
  expect(watched(told).map(({ said }) => said?.code)).toEqual([
    ...['watchRoseTooFar', 'watchRoseTooFar', 'watchRoseTooFar'],
    'watchGaveUp',
  ]);
  expect(await readdir(path.join(project, run))).toEqual([metricsFile]);
}, 60_000);
