import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { memoryBudget } from '../batchSize/budget';
import { besideStepsBytes, predictBytes } from '../batchSize/memoryModel';
import { nodeProbe, probeSizes } from '../batchSize/probe';
import { batchSizesFor } from '../batchSize/recommend';
import { planBatches } from './chain';
import { nothingFits } from './nothingFits';
import { openWorkplace } from './workplace';

const timeoutSeconds = 120;

/** Handler of 'batchSize.recommend': measures real steps in child processes and keeps the result in batchSize.json. */
export const recommendBatch: Handlers['batchSize.recommend'] = async ({ project, seed }, { emit, signal }) => {
  const place = await openWorkplace(project, seed, { emit, signal });
  const { network, items, plan, frozenLayers } = place;
  const pictures = items.train.length;
  const { reason, ...told } = memoryBudget();
  const besideSteps = besideStepsBytes(network, pictures);
  const budgetReason = `${reason} ${(besideSteps / 1e9).toFixed(1)} GB of it are for decoded pictures and copies of the detector.`;
  const budgetBytes = Math.max(0, told.budgetBytes - besideSteps);
  const memory = { ...told, budgetBytes };
  const sizes = batchSizesFor(pictures);
  let done = 0;
  const rows = await probeSizes({
    sizes,
    predict: (batchSize) => predictBytes(network, { batchSize, frozenLayers }).total,
    budgetBytes,
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
  if (rows.every(({ fits }) => !fits)) throw nothingFits(place, rows[0]?.measuredBytes ?? rows[0]?.predictedBytes);
  return planBatches(place, { table: rows, ...memory, budgetReason });
};

/** The bundled probe beside the other bundles, whether this runs from out/ or, in tests, from source. */
function probePath(): string {
  const candidates = [path.join(__dirname, 'probe.cjs'), path.resolve(__dirname, '../../../out/probe.cjs')];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new LinesideError('internal', 'probe.cjs has not been built: run node scripts/build.mjs');
  return found;
}
