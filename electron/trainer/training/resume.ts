import type { Schedule } from '../../../shared/contract';
import { exists } from '../projectStore';
import { readCheckpoint, type RunProgress } from './checkpoint';
import { noLosses, times } from './losses';
import { cutMetrics } from './metrics';
import { peakRate, scaleSchedule } from './schedule';
import type { Trainee } from './step';
import { freshWatch } from './watch';

/** What a training was planned with before its batch was made smaller. */
export interface FormerPlan {
  readonly batchSize: number;
  /** Highest rate of its schedule. */
  readonly peak: number;
}

interface RunShape {
  readonly schedule: Schedule;
  readonly batchSize: number;
  /** Planned rounds. */
  readonly epochs: number;
  /** With what it was planned before its batch was made smaller. */
  readonly former?: readonly FormerPlan[] | undefined;
}

/**
 * Where a run begins: at its last checkpoint, carried over to the run's batch size where that has changed since; else at
 * its first step. What was logged after that is cut off.
 * @param perRound steps in a round
 */
export async function resumeOrStart(
  trainee: Trainee,
  config: RunShape & { readonly classes: readonly string[] },
  perRound: number,
  file: string,
  metrics: string,
): Promise<RunProgress> {
  const { schedule, batchSize } = config;
  if (!(await exists(file))) {
    await cutMetrics(metrics, 0);
    return {
      step: 0,
      schedule,
      batchSize,
      watch: freshWatch(config.classes.length),
      best: null,
      sums: noLosses,
      seconds: 0,
    };
  }
  const { state, progress } = await readCheckpoint(file, trainee);
  trainee.restore(state);
  await cutMetrics(metrics, progress.step);
  return carryOver(progress, config, perRound);
}

/**
 * The same place in a run whose batch size has changed: as many rounds done, and the rate as often halved by the watch as
 * before. A checkpoint of an older Lineside does not say its batch size: it has not changed.
 */
export function carryOver(
  progress: RunProgress,
  { schedule, batchSize, epochs, former = [] }: RunShape,
  perRound: number,
): RunProgress {
  const before = progress.batchSize ?? batchSize;
  if (before === batchSize) return progress;
  const stretch = (perRound * epochs) / progress.schedule.steps;
  // A run that an older Lineside made smaller does not say what it had been planned with: it went in proportion.
  const asPlanned =
    former.findLast((plan) => plan.batchSize === before)?.peak ?? (peakRate(schedule) * before) / batchSize;
  const halvings = Math.max(0, Math.round(Math.log2(asPlanned / peakRate(progress.schedule))));
  return {
    ...progress,
    batchSize,
    step: Math.floor(progress.step * stretch),
    schedule: scaleSchedule(schedule, 0.5 ** halvings),
    sums: times(progress.sums, stretch),
  };
}
