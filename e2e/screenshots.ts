import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecentProject } from '../shared/mainContract';
import { Camera } from './camera';
import { launchApp, trainerPid } from './launch';

/**
 * Every screen of the app, with a copy of a trained project: started by scripts/screenshots.mjs, which explains the
 * arguments.
 */
async function run([source = '', out = '', only = '', rounds = '12']: string[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lineside-screenshots-'));
  const project = path.join(folder, 'Parts tray');
  await cp(source, project, { recursive: true, preserveTimestamps: true, filter: (file) => !file.endsWith('.lock') });
  const images = (await readdir(path.join(project, 'images'))).sort();
  const pictures = (from: number, to: number): string[] =>
    images.slice(from, to).map((name) => path.join(project, 'images', name));
  await mkdir(out, { recursive: true });
  const launched = await launchApp({
    folders: [pictures(4, 10), project, project, pictures(20, 21), pictures(21, 22)],
  });
  const { page, app } = launched;
  const camera = new Camera(launched, out, only === '' ? [] : only.split(','));
  const press = (id: string): Promise<void> => page.getByTestId(id).click();
  const until = (id: string, timeout = 300_000): Promise<void> => page.getByTestId(id).first().waitFor({ timeout });
  const stage = async (name: string): Promise<void> => {
    await press(`rail-${name}`);
    await until(`screen-${name}`);
  };
  /** Goes to a stage, and has its job done where that is missing. */
  const finished = async (name: string): Promise<void> => {
    await stage(name);
    const done = page.locator(`[data-testid="rail-${name}"][data-state="done"]`);
    if ((await done.count()) === 0) await press('primary');
    await done.waitFor({ timeout: 600_000 });
  };
  /** With the details unfolded. */
  const details = async (name: string): Promise<void> => {
    await press('details');
    await until('details-body');
    await camera.take(name, { guide: true });
    await press('details');
  };
  const removeFolderOf = async (name: string): Promise<void> => {
    const reply = await page.evaluate(() => window.lineside.invoke('project.recent', {}));
    const { output } = reply as { readonly output: readonly RecentProject[] };
    for (const one of output.filter((recent) => recent.name === name)) await rm(one.dir, { recursive: true });
  };
  try {
    await camera.take('welcome-first');

    await press('primary');
    await page.getByTestId('project-name').fill('Brackets, station 4');
    await press('create-project');
    await until('images-empty');
    await camera.take('images-empty');
    await press('primary');
    await until('wall');
    await page.locator('[data-testid="rail-images"][data-state="done"]').waitFor();
    await press('primary');
    await until('screen-annotations');
    await camera.take('annotate-first');
    await stage('images');
    await press('rail-welcome');

    // As it was before its first training.
    const results = ['runs', 'exports'];
    for (const name of results) await rename(path.join(project, name), path.join(folder, name));
    await press('open-project');
    await until('rail-export');
    await stage('training');
    await until('schedule-sentence');
    await camera.take('train-ready', { guide: true });
    await press('rail-welcome');
    for (const name of results) await rename(path.join(folder, name), path.join(project, name));

    await press('open-project');
    await until('rail-export');
    await stage('images');
    await until('wall');
    await page
      .getByTestId('check-light')
      .filter({ hasText: `of ${images.length},` })
      .waitFor();
    await camera.take('images', { contrast: true, guide: true });
    await camera.take('help', { overlay: () => page.keyboard.press('F1') });
    await stage('annotations');
    await camera.take('annotate', { contrast: true, guide: true });
    await finished('dataset');
    await press('check-again');
    await until('stop');
    // Three jobs, one after the other: the page rests for a moment between them.
    for (let rest = 0; rest < 3; rest++) {
      await page.locator('[data-testid="check-again"]:enabled').waitFor({ timeout: 300_000 });
      await page.waitForTimeout(2000);
    }
    await camera.take('check', { guide: true });
    await stage('lrFinder');
    await camera.take('learning-rate', { contrast: true, guide: true });
    await details('learning-rate-details');
    await stage('batchSize');
    await camera.take('batch-size', { guide: true });
    await details('batch-size-details');
    await stage('training');
    await camera.take('train-done');
    await stage('evaluation');
    await camera.take('results', { contrast: true, guide: true });
    await details('results-details');
    await finished('export');
    await camera.take('export', { guide: true });
    await press('try-model');
    await until('screen-tryModel');
    await camera.take('try-empty');
    await press('primary');
    await page.locator('[data-testid="tried"]').first().waitFor({ timeout: 300_000 });
    await camera.take('try', { guide: true });

    if (camera.wants('train', 'error', 'welcome')) {
      await stage('training');
      await press('train-again');
      await until('training-before');
      await press('primary');
      await page
        .getByTestId('figure-rounds')
        .filter({ hasText: new RegExp(`^${rounds}\\b`) })
        .waitFor({ timeout: 1_800_000 });
      await camera.take('train', { contrast: true, guide: true });
      process.kill(await trainerPid(app), 'SIGKILL');
      await until('job-failed');
      await camera.take('error');
    }

    await press('rail-welcome');
    await removeFolderOf('Brackets, station 4');
    await press('welcome-try-model');
    await press('rail-welcome');
    await page.getByTestId('forget').waitFor();
    await camera.take('welcome', { contrast: true, guide: true });
    if (launched.complaints.length > 0) throw new Error(`the page complained:\n${launched.complaints.join('\n')}`);
  } finally {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  }
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
