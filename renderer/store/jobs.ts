import type { AdvisedSettings } from '../../shared/advice';
import {
  type EventOf,
  type ExportDevice,
  type InputOf,
  type Method,
  type OutputOf,
  progress,
  type Progress,
  type ScheduleKind,
} from '../../shared/contract';
import { toErrorMessage } from '../../shared/errors';
import { i18n } from '../i18n/i18n';
import { sayError } from '../i18n/said';
import { main, train } from '../client';
import { addTrainingEvent, watchLines, type JobStage, type Live, type StepReport } from './job';
import { attempt, refresh } from './refresh';
import { useStore } from './store';

let abort: AbortController | null = null;

/** Jobs shorter than this many seconds end without a system notification, and are no news on another screen. */
export const worthTelling = 20;

/**
 * Runs one long job of the trainer and keeps the job slice true to it. Answers null when it was stopped or failed: the
 * slice says which, and the screens show it.
 */
export async function runJob<M extends Method>(
  stage: JobStage,
  method: M,
  input: InputOf<M>,
  onEvent: (event: EventOf<M>) => void = () => {},
): Promise<OutputOf<M> | null> {
  if (useStore.getState().job.kind === 'running') return null;
  const controller = new AbortController();
  abort = controller;
  const startedAt = Date.now();
  useStore.setState({ job: { kind: 'running', stage, startedAt, progress: null, stopping: false }, trouble: null });
  try {
    const output = await train(method, input, {
      signal: controller.signal,
      onEvent: (event) => {
        const report = progress.safeParse(event);
        if (report.success) showProgress(report.data);
        else onEvent(event);
      },
    });
    if (wasPaused(output)) {
      useStore.setState({ job: { kind: 'cancelled', stage } });
      return output;
    }
    const seconds = (Date.now() - startedAt) / 1000;
    useStore.setState({ job: { kind: 'done', stage, seconds } });
    if (gaveUp(output)) tell('notify.failedTitle', i18n.t('notify.ranAway'));
    else if (seconds > worthTelling) tell('notify.doneTitle', i18n.t(`notify.done.${stage}`));
    return output;
  } catch (error) {
    const told = toErrorMessage(error);
    if (told.code === 'cancelled' || controller.signal.aborted) {
      useStore.setState({ job: { kind: 'cancelled', stage } });
    } else {
      useStore.setState({ job: { kind: 'failed', stage, error: told }, autopilot: false });
      tell('notify.failedTitle', sayError(told));
    }
    return null;
  } finally {
    abort = null;
    await refresh();
  }
}

/** A training that is stopped does not fail: it answers with what it has learned so far. */
function wasPaused(output: OutputOf<Method>): boolean {
  return 'stoppedBy' in output && output.stoppedBy === 'operator';
}

/** A training that ran away ends well as a job, but nobody may take it for trained. */
function gaveUp(output: OutputOf<Method>): boolean {
  return 'stoppedBy' in output && output.stoppedBy === 'diverged';
}

/** Asks the running job to stop. What it has made so far is kept. */
export function stopJob(): void {
  const { job } = useStore.getState();
  if (job.kind !== 'running') return;
  useStore.setState({ job: { ...job, stopping: true }, autopilot: false });
  abort?.abort();
  void attempt(() => main('trainer.ensureStopped', {}));
}

/** A training tells where it is with each step. */
function progressOf({ step, steps, secondsLeft }: StepReport): Progress {
  return { kind: 'progress', done: step, total: steps, text: '', secondsLeft };
}

function showProgress(report: Progress): void {
  const { job } = useStore.getState();
  if (job.kind === 'running') useStore.setState({ job: { ...job, progress: report } });
}

function tell(titleKey: string, body: string): void {
  void main('app.notify', { title: i18n.t(titleKey), body });
}

function openDir(): string {
  const { project } = useStore.getState();
  if (!project) throw new Error('no project is open');
  return project.dir;
}

/** Pictures appear on the wall while they come in, not only at the end. */
const wallRefresh = 1500;

export async function importPictures(dir: string, data: string): Promise<OutputOf<'images.import'> | null> {
  return filling(() => runJob('images', 'images.import', { project: dir, data }));
}

export async function addFiles(dir: string, files: string[]): Promise<OutputOf<'images.add'> | null> {
  return filling(() => runJob('images', 'images.add', { project: dir, files }));
}

/** In the order of their classes (electron/trainer/practice/parts.ts). */
const practiceParts = ['hexNut', 'washer', 'screw', 'clip'] as const;

/** @param name of the project; its parts are named in the operator's language too */
export async function makePractice(dir: string, name: string): Promise<OutputOf<'images.practice'> | null> {
  const parts = practiceParts.map((part) => i18n.t(`welcome.part.${part}`));
  return filling(() => runJob('images', 'images.practice', { project: dir, name, parts }));
}

type Imported = OutputOf<'images.import'> | null;

async function filling(job: () => Promise<Imported>): Promise<Imported> {
  const timer = setInterval(() => void refresh(), wallRefresh);
  try {
    const result = await job();
    if (result) useStore.setState({ rejected: result.rejected });
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** Looks for problems; where nothing must be mended, also splits the pictures and plans the detector. */
export async function check(): Promise<boolean> {
  const project = openDir();
  const found = await runJob('dataset', 'annotations.check', { project });
  if (!found) return false;
  useStore.setState({ problems: found.problems });
  return planWhenClean();
}

/** Mends what can be mended without asking, then checks what is left. */
export async function fix(): Promise<boolean> {
  const mended = await runJob('dataset', 'annotations.fix', { project: openDir() });
  if (!mended) return false;
  useStore.setState({ problems: mended.problems });
  return planWhenClean();
}

async function planWhenClean(): Promise<boolean> {
  const project = openDir();
  if (useStore.getState().problems?.some(({ severity }) => severity === 'mustFix')) return false;
  const split = await runJob('dataset', 'dataset.split', { project });
  if (!split) return false;
  return (await runJob('dataset', 'dataset.plan', { project })) !== null;
}

/** Whether pictures are cut into tiles: the plan is made anew, and what was measured with the former one is out of date. */
export async function cutIntoTiles(tiling: boolean): Promise<boolean> {
  return layOut({ tiling });
}

/** Lays the detector out as the operator chose. */
export async function layOut(choice: Pick<InputOf<'dataset.plan'>, 'tiling' | 'input'>): Promise<boolean> {
  return (await runJob('dataset', 'dataset.plan', { project: openDir(), ...choice })) !== null;
}

export async function findLearningRate(
  how: Pick<InputOf<'lrFinder.run'>, 'sweep' | 'thorough'> = {},
): Promise<boolean> {
  setLive({ lrPoints: [] });
  const result = await runJob('lrFinder', 'lrFinder.run', { project: openDir(), ...how }, (event) => {
    if (event.kind === 'point') setLive({ lrPoints: [...useStore.getState().live.lrPoints, event] });
  });
  return result !== null;
}

export async function recommendBatch(): Promise<boolean> {
  setLive({ batchRows: [] });
  const result = await runJob('batchSize', 'batchSize.recommend', { project: openDir() }, (event) => {
    if (event.kind !== 'row') return;
    const others = useStore.getState().live.batchRows.filter(({ batchSize }) => batchSize !== event.batchSize);
    setLive({ batchRows: [...others, event].sort((a, b) => a.batchSize - b.batchSize) });
  });
  if (result) chooseBatch(null);
  return result !== null;
}

/**
 * `resume` goes on from the last checkpoint of the newest run; the curves so far come from the run's own files.
 * @param settings what a suggestion asks for, instead of what is recommended
 */
export async function startTraining(resume: boolean, settings?: AdvisedSettings): Promise<boolean> {
  const project = openDir();
  const earlier = resume ? useStore.getState().results?.training : null;
  setLive({
    steps: earlier?.steps ?? [],
    epochs: earlier?.epochs ?? [],
    watch: earlier ? watchLines(earlier) : [],
    previews: earlier?.preview ? [earlier.preview] : [],
  });
  const chosen = settings ?? chosenSettings(project);
  const result = await runJob(
    'training',
    'training.run',
    { project, ...(resume ? { resume: 'latest' } : chosen) },
    (event) => {
      if (event.kind === 'step') showProgress(progressOf(event));
      useStore.setState(({ live }) => ({ live: addTrainingEvent(live, event) }));
    },
  );
  // The trainer has ended for lack of memory and is started again: going on takes less, and says so.
  if (result === null && wasKilledForMemory()) return startTraining(true);
  return result !== null && !wasPaused(result) && !gaveUp(result);
}

function wasKilledForMemory(): boolean {
  const { job, project } = useStore.getState();
  return job.kind === 'failed' && job.error.said?.code === 'engineGone' && project?.shortOfMemory === true;
}

/** What the operator chose himself; the trainer finds what goes with it. */
function chosenSettings(project: string): Pick<InputOf<'training.run'>, 'batchSize' | 'schedule'> {
  const { chosenBatch, chosenSchedule } = useStore.getState();
  const batchSize = chosenBatch[project];
  const schedule = chosenSchedule[project];
  return { ...(batchSize === undefined ? {} : { batchSize }), ...(schedule === undefined ? {} : { schedule }) };
}

/** Asks what the next training would do. Keeps the former answer where the trainer is busy; there is none where that fails. */
export async function planTraining(): Promise<void> {
  const project = openDir();
  if (useStore.getState().job.kind === 'running') return;
  const trainingPlan = await train('training.plan', { project, ...chosenSettings(project) }).catch((error: unknown) =>
    toErrorMessage(error).code === 'busy' ? undefined : null,
  );
  if (trainingPlan !== undefined && useStore.getState().project?.dir === project) useStore.setState({ trainingPlan });
}

/** Remembers a schedule that the operator prefers for his trainings. */
export function chooseSchedule(schedule: ScheduleKind): void {
  const dir = openDir();
  useStore.setState(({ chosenSchedule }) => ({ chosenSchedule: { ...chosenSchedule, [dir]: schedule } }));
}

/** Makes an earlier training the one that is tested, exported and tried. */
export async function takeRun(run: string): Promise<void> {
  const project = openDir();
  await attempt(() => train('training.runs', { project, use: run }));
  await refresh();
}

export async function evaluate(): Promise<boolean> {
  return (await runJob('evaluation', 'evaluation.run', { project: openDir() })) !== null;
}

export async function makePackage(devices: readonly ExportDevice[]): Promise<boolean> {
  return (await runJob('export', 'export.run', { project: openDir(), devices: [...devices] })) !== null;
}

/** The pictures and boxes as a folder for train_ssd.py, among the project's exports. */
export async function writeVoc(): Promise<OutputOf<'export.voc'> | null> {
  return runJob('export', 'export.voc', { project: openDir() });
}

/** Remembers a batch size that the operator prefers; null goes back to the recommended one. */
export function chooseBatch(batchSize: number | null): void {
  const dir = openDir();
  useStore.setState(({ chosenBatch }) => {
    const { [dir]: _dropped, ...others } = chosenBatch;
    return { chosenBatch: batchSize === null ? others : { ...others, [dir]: batchSize } };
  });
}

function setLive(part: Partial<Live>): void {
  useStore.setState(({ live }) => ({ live: { ...live, ...part } }));
}
