import path from 'node:path';
import type {
  DetectorPlan,
  EpochReport,
  EventOf,
  JobContext,
  Schedule,
  TrainingResult,
} from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { letOthersIn } from '../cancel';
import type { DatasetItem } from '../dataset/items';
import { viewItems } from '../dataset/tiles';
import type { Network, Parameters } from '../detector/network';
import type { Engine } from '../engine/engine';
import type { Batch } from '../preprocessing/batch';
import { createBatchSource } from '../preprocessing/batches';
import { bestModel, lastCheckpoint } from '../runTable';
import { removeCheckpoint, writeCheckpoint, writeModel, type RunProgress } from './checkpoint';
import { LastGood } from './lastGood';
import { isJudged, judgingsLeft, secondsOfJudging } from './judging';
import { noLosses, plus, times } from './losses';
import { appendMetrics, cutMetrics, type MetricsLine } from './metrics';
import { preview } from './preview';
import { resumeOrStart } from './resume';
import { isSettled, rateAt, scaleSchedule } from './schedule';
import { NotFiniteError, Trainee, type StepResult } from './step';
import { validate, type Validation } from './validate';
import { watchEpoch, watchStep, wentBackTo, type StepAction } from './watch';

/** What config.json of a run holds: all that its result depends on, beside the pictures. */
export interface TrainingConfig {
  readonly seed: number;
  readonly classes: readonly string[];
  readonly plan: DetectorPlan;
  readonly batchSize: number;
  /** Parts that a batch goes through the engine in, so that its memory suffices. */
  readonly accumulate: number;
  readonly epochs: number;
  readonly schedule: Schedule;
  /** Leading layers that keep the base model's weights. */
  readonly frozenLayers: number;
}

export interface TrainingJob {
  readonly engine: Engine;
  readonly network: Network;
  readonly initial: Parameters;
  readonly train: readonly DatasetItem[];
  readonly validation: readonly DatasetItem[];
  readonly config: TrainingConfig;
  /** Absolute path of the run's folder, and as it is told to others, relative to the project. */
  readonly folder: string;
  readonly run: string;
  /** How good detections are. Higher scores are better. */
  readonly judge: (validation: Validation) => { readonly mAP50: number; readonly score: number };
  /** Seconds from any monotonic clock. */
  readonly now: () => number;
}

type Emit = JobContext<EventOf<'training.run'>>;

export const metricsFile = 'metrics.jsonl';

/**
 * Trains a detector: SGD with momentum on the multibox loss, the schedule's rate, a checkpoint a round. Goes on from the
 * run's last checkpoint if there is one: the curve is then that of a run that was never stopped.
 */
export async function train(job: TrainingJob, { emit, signal }: Emit): Promise<TrainingResult> {
  const { config, network, engine } = job;
  const trainee = new Trainee(engine, network, job.initial, config.frozenLayers);
  const source = createBatchSource(job.train, {
    size: network.input,
    batchSize: config.batchSize,
    seed: config.seed,
    augment: true,
  });
  const perRound = source.batchesPerEpoch;
  const steps = config.epochs * perRound;
  const inRun = (name: string): string => path.join(job.folder, name);
  const log = (line: MetricsLine): Promise<void> => appendMetrics(inRun(metricsFile), line);
  try {
    let progress = await resumeOrStart(trainee, config, perRound, inRun(lastCheckpoint), inRun(metricsFile));
    const good = new LastGood({ state: trainee.snapshot(), progress });
    let stoppedBy: TrainingResult['stoppedBy'] = 'finished';
    let lost: GaveUp | undefined;
    const started = job.now() - progress.seconds;
    let validationSeconds = 0;
    let judgings = 0;
    const looks = job.validation.flatMap((item) => viewItems(item, config.plan.tiling)).length;
    // The engine warms up in the first step of a sitting, which tells the pace only until there is another.
    let paceFrom = job.now();
    let paceSteps = 0;
    let isWarm = false;

    while (progress.step < steps) {
      const round = Math.floor(progress.step / perRound);
      // 1 rate
      const learningRate = rateAt(progress.schedule, progress.step);
      // 2 batch
      const batch = await source.batch(round, progress.step % perRound);
      if (signal.aborted) {
        stoppedBy = 'operator';
        break;
      }
      // 3 step
      const { result, action, watch } = attempt(trainee, batch, learningRate, config.accumulate, progress);
      if (action.kind !== 'goOn') {
        trainee.restore(good.goBack());
        const told = { kind: 'watch' as const, text: action.text, said: action.said, step: progress.step };
        await cutMetrics(inRun(metricsFile), good.progress.step);
        await log({ ...told, atStep: good.progress.step });
        emit(told);
        const gaveUp = action.kind === 'giveUp';
        if (gaveUp && good.progress.step === 0) throw await nothingLearned(job, action);
        const schedule = gaveUp ? progress.schedule : scaleSchedule(progress.schedule, action.learningRateFactor);
        // What was kept on disk as the best is still the best, also where its round is gone.
        progress = { ...good.progress, best: progress.best, watch: wentBackTo(good.progress.watch, watch), schedule };
        good.goOnAs(progress);
        await writeCheckpoint(inRun(lastCheckpoint), trainee, progress);
        if (!gaveUp) continue;
        lost = action;
        stoppedBy = 'diverged';
        break;
      }
      good.see(result.losses.total, watch.best);
      paceSteps++;
      progress = { ...progress, step: progress.step + 1, watch, sums: plus(progress.sums, result.losses) };
      // 4 report
      const perStep = (job.now() - paceFrom - validationSeconds) / paceSteps;
      const perJudging =
        judgings > 0 ? validationSeconds / judgings : secondsOfJudging(looks, perStep, config.batchSize);
      const secondsLeft = (steps - progress.step) * perStep + judgingsLeft(round, config.epochs, perRound) * perJudging;
      const at = { step: progress.step, steps, epoch: round + 1, epochs: config.epochs };
      const report = { ...result.losses, ...at, learningRate, secondsLeft };
      emit({ kind: 'step', ...report });
      await log({ kind: 'step', ...report, atStep: progress.step });
      if (!isWarm) [isWarm, paceFrom, paceSteps] = [true, job.now(), 0];
      await letOthersIn();
      if (progress.step % perRound > 0) continue;
      // 5 evaluate
      const judged = isJudged(round + 1, config.epochs, perRound);
      const judgingStarted = job.now();
      const validation = judged ? await check(job, trainee, signal) : undefined;
      validationSeconds += job.now() - judgingStarted;
      if (judged) judgings++;
      const verdict = validation && { ...job.judge(validation), losses: validation.losses };
      const epoch = {
        kind: 'epoch' as const,
        epoch: round + 1,
        epochs: config.epochs,
        learningRate,
        train: times(progress.sums, 1 / perRound),
        validation: verdict?.losses ?? null,
        mAP50: verdict?.mAP50 ?? null,
        imagesPerSecond: config.batchSize / perStep,
        secondsLeft,
      };
      const seen = watchEpoch(progress.watch, epoch, {
        epochs: config.epochs,
        stepsPerEpoch: perRound,
        settledAfter: (of) => isSettled(progress.schedule, of * perRound, perRound),
      });
      const isBest = verdict !== undefined && verdict.score >= (progress.best?.score ?? -1);
      const best = isBest ? { epoch: round + 1, mAP50: verdict.mAP50, score: verdict.score } : progress.best;
      const schedule =
        seen.learningRateFactor === 1 ? progress.schedule : scaleSchedule(progress.schedule, seen.learningRateFactor);
      progress = { ...progress, best, schedule, watch: seen.state, sums: noLosses, seconds: job.now() - started };
      // 6 checkpoint
      if (isBest) await keepModel(job, trainee, round + 1, verdict.mAP50);
      await writeCheckpoint(inRun(lastCheckpoint), trainee, progress);
      good.hold({ state: trainee.snapshot(), progress });
      await log({ ...epoch, ...seen.words, atStep: progress.step });
      emit({ ...epoch, ...seen.words } satisfies EpochReport);
      if (validation) {
        const drawn = preview(validation, round + 1, config.classes);
        await log({ ...drawn, atStep: progress.step });
        emit(drawn);
      }
      if (seen.stop) {
        stoppedBy = 'earlyStopping';
        break;
      }
    }

    if (stoppedBy === 'operator') {
      progress = { ...progress, seconds: job.now() - started };
      await writeCheckpoint(inRun(lastCheckpoint), trainee, progress);
    }
    const best = progress.best ?? (await keepUnjudged(job, trainee, progress, perRound));
    if (lost && best.mAP50 < leastFound) throw await nothingLearned(job, lost);
    return {
      run: job.run,
      // The best may be of a round that is gone since.
      epochs: Math.max(Math.floor(progress.step / perRound), best.epoch),
      seconds: job.now() - started,
      stoppedBy,
      best: { epoch: best.epoch, mAP50: best.mAP50 },
    };
  } finally {
    trainee.dispose();
    await source.close();
  }
}

/** A step under the watch. A loss that is not finite changes nothing, and names the picture. */
function attempt(
  trainee: Trainee,
  batch: Batch,
  learningRate: number,
  parts: number,
  { watch }: RunProgress,
): { readonly result: StepResult; readonly action: StepAction; readonly watch: RunProgress['watch'] } {
  try {
    const result = trainee.step(batch, learningRate, parts);
    const { state, action } = watchStep(watch, result.losses.total);
    return { result, action, watch: state };
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    const { state, action } = watchStep(watch, error);
    return { result: { losses: noLosses, perPicture: new Float64Array() }, action, watch: state };
  }
}

type GaveUp = Extract<StepAction, { kind: 'giveUp' }>;

/** What ran away and finds less than that has learned nothing: its few hits are chance. */
const leastFound = 0.01;

/** Leaves nothing that could be gone on with or tried. @returns what to say */
async function nothingLearned(job: TrainingJob, { nothingLearned: { text, said } }: GaveUp): Promise<LinesideError> {
  for (const file of [lastCheckpoint, bestModel]) await removeCheckpoint(path.join(job.folder, file));
  return new LinesideError('diverged', text, { said });
}

function check(job: TrainingJob, trainee: Trainee, signal: AbortSignal): Promise<Validation> {
  const parameters = trainee.weights.parameters(trainee.average);
  return validate(job.engine, job.network, parameters, job.validation, job.config.plan.tiling, signal);
}

async function keepModel(job: TrainingJob, trainee: Trainee, epoch: number, mAP50: number): Promise<void> {
  const { classes, plan } = job.config;
  const parameters = trainee.weights.parameters(trainee.average);
  await writeModel(path.join(job.folder, bestModel), { classes: [...classes], plan, epoch, mAP50, parameters });
}

/** A run that was stopped before its first judging still leaves a model. */
async function keepUnjudged(
  job: TrainingJob,
  trainee: Trainee,
  { step }: RunProgress,
  perRound: number,
): Promise<{ readonly epoch: number; readonly mAP50: number }> {
  if (step === 0)
    throw new LinesideError('cancelled', 'The training was stopped before its first step: nothing was learned');
  const { mAP50 } = job.judge(await check(job, trainee, new AbortController().signal));
  const epoch = Math.floor(step / perRound);
  await keepModel(job, trainee, epoch, mAP50);
  return { epoch, mAP50 };
}
