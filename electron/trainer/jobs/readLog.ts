import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers, Losses } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { adviseLog, readTrainSsdLog } from '../training/trainSsdLog';

/** Handler of 'training.readLog'. */
export const readLog: Handlers['training.readLog'] = async ({ log: file }) => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const said: Said = { code: 'fileUnreadable', values: { file: path.basename(file) } };
    throw new LinesideError('badInput', `${file} cannot be read: check its name`, { cause, said });
  });
  const log = readTrainSsdLog(text, file);
  const { learningRate, batchSize, plannedEpochs, runs } = log;
  const advice = adviseLog(log);
  const epochs = log.epochs.map(({ epoch, learningRate: rate, train, validation }) => ({
    ...{ epoch, learningRate: rate, train: finite(train), validation: finite(validation) },
  }));
  return { learningRate, batchSize, plannedEpochs, runs, epochs, ...(advice && { advice }) };
};

function finite(losses: Losses | null): Losses | null {
  return losses !== null && Object.values(losses).every((value) => Number.isFinite(value)) ? losses : null;
}
