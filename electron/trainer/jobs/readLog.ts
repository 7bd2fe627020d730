import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { adviseLog, finiteLosses, readTrainSsdLog, type TrainSsdLog } from '../training/trainSsdLog';

/** Handler of 'training.readLog'. */
export const readLog: Handlers['training.readLog'] = async ({ log: file }) => {
  const log = await readLogFile(file);
  const { learningRate, batchSize, plannedEpochs, runs } = log;
  const advice = adviseLog(log);
  const epochs = log.epochs.map(({ epoch, learningRate: rate, train, validation }) => ({
    ...{ epoch, learningRate: rate, train: finiteLosses(train), validation: finiteLosses(validation) },
  }));
  return { learningRate, batchSize, plannedEpochs, runs, epochs, ...(advice && { advice }) };
};

/**
 * Reads a log in UTF-8 or, as PowerShell writes what a program prints, in UTF-16.
 * @throws LinesideError 'badInput' where it cannot be read, or no line tells a loss
 */
export async function readLogFile(file: string): Promise<TrainSsdLog> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const said: Said = { code: 'fileUnreadable', values: { file: path.basename(file) } };
    throw new LinesideError('badInput', `${file} cannot be read: check its name`, { cause, said });
  });
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return readTrainSsdLog(bytes.toString(isUtf16 ? 'utf16le' : 'utf8'), file);
}
