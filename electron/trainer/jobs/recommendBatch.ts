import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { besideSentence, memoryBudget } from '../batchSize/budget';
import { besideStepsBytes } from '../batchSize/memoryModel';
import { nodeProbe, probeSizes } from '../batchSize/probe';
import { batchSizesFor } from '../batchSize/recommend';
import { besideBytes, machineMemory } from '../engine/memory';
import { planBatches } from './chain';
import { nothingFits } from './nothingFits';
import { stepBytes } from './stepBytes';
import { openWorkplace } from './workplace';

const timeoutSeconds = 120;

/** Handler of 'batchSize.recommend': measures real steps in child processes and keeps the result in batchSize.json. */
export const recommendBatch: Handlers['batchSize.recommend'] = async ({ project, seed }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const { network, items, plan, frozenLayers, layout } = place;
  const pictures = items.train.length;
  const machine = machineMemory();
  const { reason, said, totalBytes, freeBytes, budgetBytes: forAll } = memoryBudget(machine);
  const besideSteps = besideStepsBytes(network, pictures);
  const beside = besideSentence(besideSteps);
  const budgetBytes = Math.max(0, forAll - besideSteps);
  const sizes = batchSizesFor(pictures);
  let done = 0;
  const rows = await probeSizes({
    sizes,
    predict: (batchSize) => stepBytes(network, { batchSize, frozenLayers }),
    budgetBytes,
    childBytes: besideBytes(machine),
    spawnProbe: nodeProbe(process.execPath, [probePath()], {
      ...process.env,
      ELECTRON_RUN_AS_NODE: '1',
      // Warnings: after the one that memory ran out some of the library's operations go on, and crash.
      TF_CPP_MIN_LOG_LEVEL: '1',
    }),
    input: { plan, classes: items.classes.length, frozenLayers },
    timeoutSeconds,
    signal,
    onRow: (row) => {
      done++;
      emit({ kind: 'row', ...row });
      emit({ kind: 'progress', done, total: sizes.length, text: `Tried ${row.batchSize} pictures at a time` });
    },
  });
  if (rows[0]?.limit === 'time') throw tookTooLong();
  if (rows.every(({ fits }) => !fits)) throw nothingFits(place, rows[0]?.measuredBytes ?? rows[0]?.predictedBytes);
  return planBatches(place, {
    ...{ table: rows, totalBytes, freeBytes, budgetBytes, layout },
    budgetReason: `${reason} ${beside.text}`,
    budgetReasonSaid: [said, beside.said],
  });
};

function tookTooLong(): LinesideError {
  const message = `A few steps with 1 picture at a time took longer than ${timeoutSeconds} s: close other programs and measure again`;
  return new LinesideError('engine', message, {
    said: { code: 'measuredTooLong', values: { seconds: timeoutSeconds } } satisfies Said,
  });
}

/** The bundled probe beside the other bundles, whether this runs from out/ or, in tests, from source. */
function probePath(): string {
  const candidates = [path.join(__dirname, 'probe.cjs'), path.resolve(__dirname, '../../../out/probe.cjs')];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new LinesideError('internal', 'probe.cjs has not been built: run node scripts/build.mjs');
  return found;
}
