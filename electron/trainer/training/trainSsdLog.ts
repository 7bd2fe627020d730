import type { Advice } from '../../../shared/advice';
import type { Losses } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { advise } from './advise';

/** A round as a log tells it; null is what the log does not tell. */
export interface LogRound {
  /** Counted from 1. */
  readonly epoch: number;
  /** A loss that ran away is NaN or infinite. */
  readonly train: Losses | null;
  readonly validation: Losses | null;
  readonly learningRate: number | null;
}

/** What a log of train_ssd.py (pytorch-ssd, jetson-inference) tells; null is what is not in it. */
export interface TrainSsdLog {
  readonly epochs: readonly LogRound[];
  readonly learningRate: number | null;
  readonly batchSize: number | null;
  readonly plannedEpochs: number | null;
  /** Pictures that it learned from. */
  readonly trainPictures: number | null;
  readonly schedule: 'cosine' | 'step' | null;
  /** Runs that are in the log, of which the last one is read. A run that was resumed is one. */
  readonly runs: number;
}

const number = '(-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|nan|-?inf)(?![\\d.])';
const lossLine = new RegExp(
  `Epoch: (\\d+),(?: Step: (\\d+)(?:/\\d+)?,)? (Avg|Average|Training|Validation) Loss:? ${number}, ` +
    `(?:Avg|Average|Training|Validation) Regression Loss:? ${number}, (?:Avg|Average|Training|Validation) Classification Loss:? ${number}`,
  'i',
);
/** What is printed once, before the first round. */
const headLine = /\bNamespace\(|Base net learning rate:|Train dataset size:/i;

interface Settings {
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly plannedEpochs?: number;
  readonly trainPictures?: number;
  readonly schedule?: 'cosine' | 'step';
  /** Rounds of its cosine from top to bottom. */
  readonly cosineRounds?: number;
}

const settingLines = {
  learningRate: /(?:Learning rate: |\blr=)(\d[\d.]*(?:e[+-]?\d+)?)/i,
  batchSize: /\bbatch_size=(\d+)/,
  plannedEpochs: /\bnum_epochs=(\d+)/,
  trainPictures: /Train dataset size: (\d+)/,
  cosineRounds: /\bt_max=(\d[\d.]*)/,
} as const;
const scheduleLines = {
  cosine: /\bscheduler='cosine'|Uses CosineAnnealingLR/,
  step: /\bscheduler='multi-step'|Uses MultiStepLR/,
} as const;

interface LossLine {
  readonly kind: 'step' | 'round' | 'validation';
  readonly epoch: number;
  /** 0 for lines of a whole round. */
  readonly step: number;
  readonly losses: Losses;
}

/** Lines that one start of the program printed. */
interface Section {
  readonly settings: Settings;
  readonly losses: readonly LossLine[];
}

/**
 * Reads a log; lines of other kinds are passed over. A round's training loss is that of its own line, else the mean of the
 * averages that it printed on the way. Where runs follow one another in the file the last one is read; one that begins after
 * round 1 goes on with the run before it, and its rounds take the place of those of the same number.
 * @param name of the file, for the error
 * @throws LinesideError 'badInput' where no line tells a loss
 */
export function readTrainSsdLog(text: string, name: string): TrainSsdLog {
  const { last, runs } = lastRun(sectionsOf(text));
  if (last === undefined) {
    throw new LinesideError(
      'badInput',
      `${name} has no line with "Avg Loss" or "Validation Loss": give the log that train_ssd.py printed`,
      { said: { code: 'logWithoutLoss', values: { file: name } } satisfies Said },
    );
  }
  const { settings } = last;
  const epochs = roundsOf(last);
  const { plannedEpochs } = settings;
  return {
    epochs,
    learningRate: settings.learningRate ?? null,
    batchSize: settings.batchSize ?? null,
    plannedEpochs: plannedEpochs === undefined ? null : Math.max(plannedEpochs, epochs.at(-1)?.epoch ?? 0),
    trainPictures: settings.trainPictures ?? null,
    schedule: settings.schedule ?? null,
    runs,
  };
}

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let settings: Settings = {};
  let losses: LossLine[] = [];
  for (const line of text.split(/\r?\n/)) {
    const loss = lossOf(line);
    const isNewStart = loss === undefined ? losses.length > 0 && headLine.test(line) : goesBack(loss, losses);
    if (isNewStart) {
      sections.push({ settings, losses });
      [settings, losses] = [{}, []];
    }
    if (loss === undefined) settings = { ...settings, ...settingsOf(line) };
    else losses.push(loss);
  }
  return losses.length === 0 ? sections : [...sections, { settings, losses }];
}

function lossOf(line: string): LossLine | undefined {
  const found = lossLine.exec(line);
  if (found === null) return undefined;
  const [, epoch, step, word = ''] = found;
  const [total = NaN, regression = NaN, classification = NaN] = found.slice(4).map(valueOf);
  const kind = /validation/i.test(word) ? 'validation' : step === undefined ? 'round' : 'step';
  return { kind, epoch: Number(epoch) + 1, step: Number(step ?? 0), losses: { total, regression, classification } };
}

const valueOf = (word: string): number => (/inf/i.test(word) ? Infinity : Number(word));

function settingsOf(line: string): Settings {
  const figures = Object.entries(settingLines).flatMap(([key, pattern]) => {
    const value = Number(pattern.exec(line)?.[1]);
    return Number.isFinite(value) ? [[key, value]] : [];
  });
  const schedule = (['cosine', 'step'] as const).find((kind) => scheduleLines[kind].test(line));
  return { ...(Object.fromEntries(figures) as Settings), ...(schedule && { schedule }) };
}

/** Whether a line tells of something earlier than what was printed before it, or of the same once more. */
function goesBack(loss: LossLine, before: readonly LossLine[]): boolean {
  const latest = before.at(-1);
  if (latest === undefined || loss.epoch > latest.epoch) return false;
  if (loss.epoch < latest.epoch) return true;
  const alike = before.findLast(({ kind, epoch }) => kind === loss.kind && epoch === loss.epoch);
  if (alike === undefined) return false;
  return loss.step < alike.step || (loss.step === alike.step && !Object.is(loss.losses.total, alike.losses.total));
}

function lastRun(sections: readonly Section[]): { readonly last: Section | undefined; readonly runs: number } {
  let last: Section | undefined;
  let runs = 0;
  for (const section of sections) {
    const first = section.losses[0]?.epoch ?? 1;
    if (last === undefined || first === 1) runs++;
    last =
      last === undefined || first === 1
        ? section
        : {
            settings: { ...last.settings, ...section.settings },
            losses: [...last.losses.filter(({ epoch }) => epoch < first), ...section.losses],
          };
  }
  return { last, runs };
}

function roundsOf({ settings, losses }: Section): LogRound[] {
  const byRound = new Map<number, LossLine[]>();
  for (const loss of losses) byRound.set(loss.epoch, [...(byRound.get(loss.epoch) ?? []), loss]);
  return [...byRound].map(([epoch, lines]) => {
    const of = (wanted: LossLine['kind']): Losses[] =>
      lines.flatMap(({ kind, losses: value }) => (kind === wanted ? [value] : []));
    const steps = of('step');
    const train = of('round').at(-1) ?? (steps.length === 0 ? null : meanOf(steps));
    return { epoch, train, validation: of('validation').at(-1) ?? null, learningRate: rateIn(epoch, settings) };
  });
}

/** PyTorch's cosine goes a step a round and ends at 0. Where the steps of the other schedule lie is not told. */
function rateIn(epoch: number, { learningRate, schedule, cosineRounds }: Settings): number | null {
  if (learningRate === undefined || schedule !== 'cosine' || cosineRounds === undefined) return null;
  return (learningRate * (1 + Math.cos((Math.PI * (epoch - 1)) / cosineRounds))) / 2;
}

/**
 * The same advice as for a training of Lineside, as far as losses alone tell: none where the log lacks the rate, the number
 * of pictures at a time or the losses of training.
 */
export function adviseLog({ epochs, learningRate, batchSize, ...log }: TrainSsdLog): Advice | undefined {
  const trained = epochs.flatMap(({ train, ...round }) => (train === null ? [] : [{ ...round, train }]));
  if (learningRate === null || batchSize === null || trained.length === 0) return undefined;
  const finite = trained.filter(({ train }) => Number.isFinite(train.total));
  const last = epochs.at(-1)?.epoch ?? 0;
  const isWhole = last >= (log.plannedEpochs ?? last);
  return advise({
    ...{ learningRate, batchSize },
    epochs: finite.map((round) => ({ ...round, mAP50: null, learningRate: round.learningRate ?? learningRate })),
    plannedEpochs: log.plannedEpochs ?? last,
    // Not known: as many as ask for no more rounds than there were.
    trainPictures: log.trainPictures ?? Number.MAX_SAFE_INTEGER,
    schedule: log.schedule ?? 'cosine',
    stoppedBy: finite.length < trained.length ? 'diverged' : isWhole ? 'finished' : null,
    canGoOn: true,
    rollBacks: 0,
    plan: { smallestPixels: Infinity, inputWidth: 300, inputHeight: 300 },
    classes: {},
    others: [],
  });
}

/** The settings in a sentence; what the log does not tell is said to be missing. */
export function logSettingsText({ learningRate, batchSize, plannedEpochs, epochs, runs }: TrainSsdLog): string {
  const missing = 'not in the log';
  const done = epochs.at(-1)?.epoch ?? 0;
  return [
    `rate ${learningRate ?? missing}`,
    batchSize === null ? `pictures at a time ${missing}` : `${batchSize} pictures at a time`,
    plannedEpochs === null
      ? `${done} rounds, how many were planned is ${missing}.`
      : `${done} of ${plannedEpochs} rounds.`,
  ]
    .join(', ')
    .concat(runs > 1 ? ` The log holds ${runs} trainings: this is the last one.` : '');
}

function meanOf(all: readonly Losses[]): Losses {
  const mean = (key: keyof Losses): number => all.reduce((sum, losses) => sum + losses[key], 0) / all.length;
  return { total: mean('total'), regression: mean('regression'), classification: mean('classification') };
}

/** Losses that can be drawn; null where one of them ran away. */
export function finiteLosses(losses: Losses | null): Losses | null {
  return losses !== null && Object.values(losses).every((value) => Number.isFinite(value)) ? losses : null;
}
