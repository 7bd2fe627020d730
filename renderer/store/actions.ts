import type { MainInputOf, PickedItem, ProjectState } from '../../shared/mainContract';
import { stages } from '../../shared/stages';
import { main } from '../client';
import { i18n } from '../i18n/i18n';
import { isRunning } from './job';
import { addFiles, importPictures, makePractice } from './jobs';
import { attempt, refresh, refreshState } from './refresh';
import { nextStage, stageStates } from './stageStates';
import { noProject, useStore, type Screen, type ScreenSlice } from './store';

export function go(screen: Screen): void {
  useStore.setState(({ project, lastScreen }) => ({
    screen,
    focus: null,
    lastScreen: project && screen !== 'welcome' ? { ...lastScreen, [project.dir]: screen } : lastScreen,
  }));
}

/** Opens a picture in Annotate, at a spot of it if one is given. */
export function openPicture(file: string, focus: ScreenSlice['focus'] = null): void {
  go('annotations');
  useStore.setState({ file, focus });
}

export function clearTrouble(): void {
  useStore.setState({ trouble: null });
}

export async function loadRecent(): Promise<void> {
  await attempt(async () => useStore.setState({ recent: await main('project.recent', {}) }));
}

export async function forget(dir: string): Promise<void> {
  await attempt(() => main('project.forget', { dir }));
  await loadRecent();
}

async function enter(dir: string): Promise<void> {
  const project = await main('project.state', { dir });
  useStore.setState({ ...noProject, project });
  await refresh();
  const { lastScreen, job } = useStore.getState();
  const last = lastScreen[dir];
  const next = nextStage(stageStates(project, job)) ?? 'evaluation';
  go(project.interrupted !== null ? 'training' : (last ?? next));
}

export async function openProject(dir: string): Promise<void> {
  const { job, project, lastScreen } = useStore.getState();
  if (isRunning(job)) {
    if (project?.dir === dir) return go(lastScreen[dir] ?? 'images');
    useStore.setState({ trouble: { code: 'busy', message: i18n.t('welcome.busy') } });
    return;
  }
  await attempt(async () => enter((await main('project.open', { dir })).dir));
}

/** At the start: back to the project, and the screen, that was open when the app ended. */
export async function openLeft(): Promise<void> {
  const left = await attempt(() => main('project.left', {}));
  if (left?.dir) await openProject(left.dir);
}

type ClassesToBegin = Pick<MainInputOf<'project.create'>, 'classes' | 'baseLabels'>;

export async function createProject(name: string, classes: ClassesToBegin = {}): Promise<boolean> {
  const made = await attempt(async () => {
    const { dir } = await main('project.create', { name, ...classes });
    await enter(dir);
    go('images');
    return dir;
  });
  return made !== null;
}

/** The project "People and forklifts": the base model suggests boxes for the people, those of the forklifts are drawn. */
export async function createGuided(): Promise<void> {
  const person = i18n.t('welcome.guidedClass.person');
  const classes = [person, i18n.t('welcome.guidedClass.forklift')];
  await createProject(i18n.t('welcome.guided'), { classes, baseLabels: { [person]: 'person' } });
}

/** Shown while the practice project is being made: its folder becomes a project only when it is whole. */
function projectToBe(name: string): ProjectState {
  const statuses = Object.fromEntries(stages.map((stage) => [stage, 'empty']));
  return {
    dir: '',
    name,
    classes: [],
    baseLabels: {},
    pictures: 0,
    reviewed: 0,
    boxes: 0,
    boxesPerClass: {},
    stages: statuses as ProjectState['stages'],
    interrupted: null,
    shortOfMemory: false,
    usable: false,
    ranAway: false,
  };
}

export async function createPractice(): Promise<void> {
  const name = i18n.t('welcome.practiceName');
  await attempt(async () => {
    const { dir } = await main('project.createPractice', { name });
    useStore.setState({ ...noProject, project: projectToBe(name), screen: 'images' });
    if (!(await makePractice(dir, name))) return leavePractice();
    await main('project.open', { dir });
    await enter(dir);
    go('images');
  });
}

/** The drawing was stopped or failed: there is no project, and the Welcome screen says how it ended. */
async function leavePractice(): Promise<void> {
  const { job } = useStore.getState();
  const trouble = job.kind === 'failed' ? job.error : null;
  useStore.setState({ ...noProject, job, trouble, screen: 'welcome' });
  await loadRecent();
}

/** Leaves the project for the Welcome screen. While a job runs the project stays open, so that one can come back to it. */
export async function closeProject(): Promise<void> {
  if (isRunning(useStore.getState().job)) return go('welcome');
  await attempt(() => main('project.close', {}));
  useStore.setState({ ...noProject, screen: 'welcome' });
  await loadRecent();
}

export async function openFolder(): Promise<void> {
  const folder = await attempt(() => main('dialog.pickFolder', {}));
  if (folder) await openProject(folder.path);
}

export async function addFromFolder(): Promise<void> {
  const folder = await attempt(() => main('dialog.pickFolder', {}));
  if (folder) await addItems([folder]);
}

export async function addPictures(): Promise<void> {
  const items = await attempt(() => main('dialog.pickPictures', {}));
  if (items && items.length > 0) await addItems(items);
}

export async function addItems(items: readonly PickedItem[]): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined) return;
  const pathsOf = (kind: PickedItem['kind']): string[] =>
    items.filter((item) => item.kind === kind).map(({ path }) => path);
  const pictures = pathsOf('picture');
  if (pictures.length > 0) await addFiles(dir, pictures);
  for (const folder of pathsOf('folder')) await importPictures(dir, folder);
}

export async function removePictures(files: readonly string[]): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined || files.length === 0) return;
  await attempt(() => main('images.remove', { dir, files: [...files] }));
  await refresh();
}

export async function setClasses(classes: readonly string[]): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir === undefined) return;
  await attempt(() => main('project.update', { dir, classes: [...classes] }));
  await refreshState();
}

export async function reveal(path: string): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir !== undefined) await attempt(() => main('desktop.reveal', { dir, path }));
}

export async function openReport(path: string): Promise<void> {
  const dir = useStore.getState().project?.dir;
  if (dir !== undefined) await attempt(() => main('desktop.openReport', { dir, path }));
}

/** The screen that a number key stands for: 0 is Welcome, 1 to 8 the stages. */
export function screenOfDigit(digit: number): Screen | null {
  return digit === 0 ? 'welcome' : (stages[digit - 1] ?? null);
}
