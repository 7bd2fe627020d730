import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CurvePoint } from '../../../shared/contract';
import type { FinishedRun } from './advise';
import type { EpochSeen } from './signs';

/** A round: its number, rate, training loss, validation loss, mAP50. */
type RecordedRound = readonly [number, number, number, number | null, number | null];
export interface RecordedRun {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly plannedEpochs: number;
  readonly epochs: readonly RecordedRound[];
}
interface Recorded {
  readonly found: { readonly learningRate: number; readonly batchSize: number };
  readonly divergence: number;
  readonly runs: readonly RecordedRun[];
}

/** Real trainings, for tests of what is read out of curves. */
export const recorded = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'recordedCurves.json'), 'utf8'),
) as Recorded;

export function recordedAt(rate: number): RecordedRun {
  const run = recorded.runs.find(({ learningRate }) => learningRate === rate);
  if (run === undefined) throw new Error(`no training at ${String(rate)} was recorded`);
  return run;
}

interface RecordedRuns {
  readonly recordings: readonly { readonly name: string; readonly run: FinishedRun }[];
  readonly sweeps: readonly { readonly name: string; readonly curve: readonly CurvePoint[] }[];
}

/** `npm run study -- curves` */
const { recordings, sweeps } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'recordedRuns.json'), 'utf8'),
) as RecordedRuns;

/** A real training that went wrong, as the advisor reads it. */
export const recordedTrouble = (name: 'too fast' | 'too slow' | 'few pictures' | 'wrong names'): FinishedRun =>
  named(recordings, name).run;

/** The losses of a real sweep, step by step; a thorough one goes on until they have risen fourfold. */
export const recordedSweep = (name: 'usual' | 'thorough'): readonly CurvePoint[] => named(sweeps, name).curve;

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} was not recorded`);
  return found;
}

export const losses = (total: number) => ({ total, regression: total / 3, classification: (2 * total) / 3 });

export function roundsOf({ epochs }: RecordedRun): EpochSeen[] {
  return epochs.map(([epoch, learningRate, train, validation, mAP50]) => ({
    epoch,
    learningRate,
    mAP50,
    train: losses(train),
    validation: validation === null ? null : losses(validation),
  }));
}

/** Rounds as they might be: losses that fall, and these results. */
export const history = (
  mAP50s: readonly (number | null)[],
  o: { train?: (epoch: number) => number; validation?: (epoch: number) => number } = {},
): EpochSeen[] =>
  mAP50s.map((mAP50, index) => ({
    epoch: index + 1,
    mAP50,
    learningRate: 0.004,
    train: losses(o.train?.(index + 1) ?? 1.5 + 4 / (index + 1)),
    validation: losses(o.validation?.(index + 1) ?? 1.8 + 4 / (index + 1)),
  }));
