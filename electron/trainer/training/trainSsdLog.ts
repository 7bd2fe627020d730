import type { Advice } from '../../../shared/advice';
import type { Losses } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { advise } from './advise';
import type { EpochSeen } from './signs';

/** What a log of train_ssd.py (pytorch-ssd, jetson-inference) tells. */
export interface TrainSsdLog {
  readonly epochs: readonly EpochSeen[];
  /** As the log names them, else the script's defaults. */
  readonly learningRate: number;
  readonly batchSize: number;
  readonly plannedEpochs: number;
  /** Pictures that it learned from; 0 where the log does not say. */
  readonly trainPictures: number;
  readonly schedule: 'cosine' | 'step';
}

const number = '(-?[\\d.]+(?:e[+-]?\\d+)?|nan|inf)';
const lossLine = new RegExp(
  `Epoch: (\\d+),(?: Step: (\\d+)(?:/\\d+)?,)? (Avg|Average|Training|Validation) Loss:? ${number}, ` +
    `(?:Avg|Average|Training|Validation) Regression Loss:? ${number}, (?:Avg|Average|Training|Validation) Classification Loss:? ${number}`,
  'i',
);
const rateLine = /(?:Learning rate: |\blr=)([\d.e+-]+)/i;
const batchLine = /\bbatch_size=(\d+)/;
const epochsLine = /\bnum_epochs=(\d+)/;
const picturesLine = /Train dataset size: (\d+)/;
const stepwise = /\bscheduler='multi-step'/;
/** Rounds of its cosine from top to bottom. */
const cosineLine = /\bscheduler='cosine'.*\bt_max=([\d.]+)/;

/**
 * Reads a log; lines of other kinds are passed over. A round's training loss is that of its own line, else the mean of the
 * averages that it printed on the way.
 * @param name of the file, for the error
 * @throws LinesideError 'badInput' where no line tells a loss
 */
export function readTrainSsdLog(text: string, name: string): TrainSsdLog {
  const steps = new Map<number, Losses[]>();
  const whole = new Map<number, Losses>();
  const validation = new Map<number, Losses>();
  let [learningRate, batchSize, plannedEpochs, trainPictures, cosineRounds] = [0.01, 4, 0, 0, Infinity];
  let schedule: TrainSsdLog['schedule'] = 'cosine';
  for (const line of text.split(/\r?\n/)) {
    const found = lossLine.exec(line);
    if (found !== null) {
      const epoch = Number(found[1]) + 1;
      const [total = NaN, regression = NaN, classification = NaN] = found.slice(4).map(Number);
      const losses = { total, regression, classification };
      if (/validation/i.test(found[3] ?? '')) validation.set(epoch, losses);
      else if (found[2] === undefined) whole.set(epoch, losses);
      else steps.set(epoch, [...(steps.get(epoch) ?? []), losses]);
      continue;
    }
    learningRate = Number(rateLine.exec(line)?.[1] ?? learningRate);
    batchSize = Number(batchLine.exec(line)?.[1] ?? batchSize);
    plannedEpochs = Number(epochsLine.exec(line)?.[1] ?? plannedEpochs);
    trainPictures = Number(picturesLine.exec(line)?.[1] ?? trainPictures);
    cosineRounds = Number(cosineLine.exec(line)?.[1] ?? cosineRounds);
    if (stepwise.test(line)) schedule = 'step';
  }
  const rounds = [...new Set([...steps.keys(), ...whole.keys()])].sort((a, b) => a - b);
  if (rounds.length === 0) {
    throw new LinesideError('badInput', `${name} has no line with "Avg Loss": give the log that train_ssd.py printed`, {
      said: { code: 'logWithoutLoss', values: { file: name } } satisfies Said,
    });
  }
  const epochs = rounds.map((epoch): EpochSeen => {
    const train = whole.get(epoch) ?? meanOf(steps.get(epoch) ?? []);
    // PyTorch's cosine goes a step a round and ends at 0.
    const rate = (learningRate * (1 + Math.cos((Math.PI * (epoch - 1)) / cosineRounds))) / 2;
    return { epoch, train, validation: validation.get(epoch) ?? null, mAP50: null, learningRate: rate };
  });
  const planned = Math.max(plannedEpochs, rounds.at(-1) ?? 0);
  return { epochs, learningRate, batchSize, plannedEpochs: planned, trainPictures, schedule };
}

/** The same advice as for a training of Lineside, as far as losses alone tell. */
export function adviseLog({ epochs, ...settings }: TrainSsdLog): Advice | undefined {
  const broke = epochs.some(({ train }) => !Number.isFinite(train.total));
  return advise({
    ...settings,
    epochs: epochs.filter(({ train }) => Number.isFinite(train.total)),
    stoppedBy: broke ? 'diverged' : 'finished',
    canGoOn: false,
    rollBacks: 0,
    plan: { smallestPixels: Infinity, inputWidth: 300, inputHeight: 300 },
    classes: {},
    others: [],
  });
}

function meanOf(all: readonly Losses[]): Losses {
  const mean = (key: keyof Losses): number => all.reduce((sum, losses) => sum + losses[key], 0) / all.length;
  return { total: mean('total'), regression: mean('regression'), classification: mean('classification') };
}
