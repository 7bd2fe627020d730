import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchSizeResult, LrFinderResult } from '../../../shared/contract';
import { batchSizeResult } from '../../../shared/contract';
import { writeJson } from '../projectStore';
import { makeMiniProject } from '../training/miniProject.testing';
import { foundRate, planBatches, readMeasured, replanBatches, writeSweep } from './chain';
import { planFor } from './planTraining';
import { lastStep, partsThatFit } from './trainingMemory';
import { openWorkplace, planProject, type Workplace } from './workplace';

const context = { emit: () => undefined, signal: new AbortController().signal };
const sweep: LrFinderResult = {
  ...{ learningRate: 0.006, confidence: 'sure', reason: '', suggestions: [], sweep: 'exponential' },
  ...{ curve: [], sweeps: [], repeats: [], fine: [], divergence: { total: 0.05 }, takeOff: 0.001 },
  ...{ correlation: { regression: -1, classification: -1 }, seconds: 1, batchSize: 4 },
};
const table = [1, 2, 4].map((batchSize) => ({
  ...{ batchSize, predictedBytes: 7e8, measuredBytes: 7e8, imagesPerSecond: 10, fits: true },
}));
const measuredTable = { table, budgetBytes: 4e9, budgetReason: '' };

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-chain-'));
  project = path.join(folder, 'project');
  await makeMiniProject(project, { train: 30, validation: 4, test: 4 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): Promise<Workplace> => openWorkplace(project, 1, context);
const plan = async () => planFor({ project, seed: 1, schedule: 'cosine' }, await open());
const text = (name: string): Promise<string> => readFile(path.join(project, name), 'utf8');

/** The operator chooses another input. */
async function layOutAnew(): Promise<void> {
  const { inputWidth } = (await open()).plan;
  const input = inputWidth === 300 ? 512 : 300;
  await planProject({ project, seed: 1, input }, context);
}

describe('figures that were measured', () => {
  test('are kept with the layout, and planned from as long as that is the same', async () => {
    const place = await open();
    await writeSweep(place, sweep);
    const batches = await planBatches(place, { ...measuredTable, layout: place.layout });
    expect(JSON.parse(await text('lrFinder.json'))).toMatchObject({ layout: place.layout });
    expect(JSON.parse(await text('batchSize.json'))).toMatchObject({ layout: place.layout });
    expect(await plan()).toMatchObject({ learningRate: 0.006, batchSize: batches.batchSize, remarks: [] });
  });

  test('with another layout the training is planned as if nothing had been measured, and says so', async () => {
    const before = await plan();
    const place = await open();
    await writeSweep(place, sweep);
    await planBatches(place, { ...measuredTable, layout: place.layout });
    await layOutAnew();
    const after = await plan();
    // The prior rate of 4 pictures, not the found one; the base of no sweep; no measured speed.
    expect(after).toMatchObject({ learningRate: before.learningRate, batchSize: before.batchSize, seconds: null });
    expect(after.learningRate).not.toBe(0.006);
    expect(after.remarks.map(({ said }) => said.code)).toEqual(['rateOfOtherLayout', 'batchOfOtherLayout']);
  });

  test('a new rate plans the batch sizes anew, but leaves a table of another layout as it is', async () => {
    const place = await open();
    await planBatches(place, { ...measuredTable, layout: place.layout });
    const old = await text('batchSize.json');
    await writeSweep(place, sweep);
    await replanBatches(place);
    const planned = JSON.parse(await text('batchSize.json')) as BatchSizeResult;
    expect(planned).toMatchObject({ learningRate: 0.006, layout: place.layout });
    expect(await text('batchSize.json')).not.toBe(old);

    await layOutAnew();
    const kept = await text('batchSize.json');
    const other = await open();
    await writeSweep(other, { ...sweep, learningRate: 0.003 });
    await replanBatches(other);
    expect(await text('batchSize.json')).toBe(kept);
    expect((await readMeasured(other)).sweep?.learningRate).toBe(0.003);
    expect((await plan()).remarks.map(({ said }) => said.code)).toEqual(['batchOfOtherLayout']);
  });

  test('of an older Lineside, which do not say their layout, are used', async () => {
    const place = await open();
    await writeJson(project, 'batchSize.json', batchSizeResult, {
      ...{ ...measuredTable, batchSize: 2, learningRate: 0.001, reason: '' },
      scaling: { linear: 0.001, squareRoot: 0.001, chosen: 'measured' },
    });
    await layOutAnew();
    expect(await plan()).toMatchObject({ batchSize: 2, remarks: [] });
    await replanBatches(place);
    expect(JSON.parse(await text('batchSize.json'))).not.toHaveProperty('layout');
  });

  test('without a sweep the rate is that of recipes, and the plan does not call it found', async () => {
    const place = await open();
    expect(foundRate(place, { sweep: undefined })).toMatchObject({ isRecipe: true });
    const { plans, reasonSaid } = await planBatches(place, measuredTable);
    expect(plans.map(({ isRecipe }) => isRecipe)).toEqual([true, true, true]);
    expect(reasonSaid?.at(-1)?.code).toBe('rateAsRecipe');
    await writeSweep(place, sweep);
    expect(foundRate(place, await readMeasured(place))).toEqual({
      learningRate: 0.006,
      batchSize: 4,
      divergence: 0.05,
    });
  });
});

describe('a training before the batch sizes are measured', () => {
  test('takes its batch in as many parts as the memory model says, and says so', async () => {
    const place = await open();
    const { network, frozenLayers, items } = place;
    const parts = (gigabytes: number) =>
      partsThatFit({ network, frozenLayers, items }, 16, { budgetBytes: gigabytes * 1e9 });
    // docs/studies/memory.md, 300 pixels without a finer map: 0.65 GB at 1 to 1.8 GB at 16; beside the steps 0.34 GB and pictures.
    expect([parts(8), parts(1.7), parts(1.2), parts(0.9)]).toEqual([1, 2, 8, undefined]);
  });

  test('with too little even for one it tells the usual figures, and what would help', async () => {
    process.env['LINESIDE_MEMORY'] = '600000000';
    try {
      const planned = await plan();
      expect(planned).toMatchObject({ fits: false, accumulate: planned.batchSize });
      expect(planned.remarks.map(({ said }) => said?.code)).toEqual(['nothingFits']);
    } finally {
      delete process.env['LINESIDE_MEMORY'];
    }
    expect((await plan()).accumulate).toBe(1);
  });

  test('as it was measured, else as the operator says, it is not foreseen', async () => {
    process.env['LINESIDE_MEMORY'] = '600000000';
    try {
      const place = await open();
      expect(await planFor({ project, seed: 1, schedule: 'cosine', accumulate: 2 }, place)).toMatchObject({
        ...{ accumulate: 2, remarks: [] },
      });
      await planBatches(place, { ...measuredTable, layout: place.layout });
      expect(await plan()).toMatchObject({ accumulate: 1, remarks: [] });
    } finally {
      delete process.env['LINESIDE_MEMORY'];
    }
  });
});

test('a lack of memory is told at the step after the last that was logged', () => {
  const step = (at: number) => ({ kind: 'step', step: at, atStep: at }) as Parameters<typeof lastStep>[0][number];
  expect(lastStep([])).toBe(0);
  expect(lastStep([step(1), step(2), { kind: 'watch', text: '', step: 9, atStep: 0 }])).toBe(2);
});
