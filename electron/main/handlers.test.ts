import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DetectorPlan } from '../../shared/contract';
import { layoutOf } from '../../shared/layout';
import type { AnnotationFile } from '../../shared/project';
import type { MainContract, MainInputOf, MainMethod, MainOutputOf } from '../../shared/mainContract';
import { mainContract } from '../../shared/mainContract';
import { openProject, writeProject } from '../trainer/projectStore';
import type { Dialogs } from './dialogs';
import { createGrants, type Grants } from './grants';
import { createHandlers, createProjectSession, type Desktop } from './handlers';
import { answerCall } from './answerCall';
import { createRecents } from './recents';

let home: string;
let grants: Grants;
let picks: string[];
let desktop: Desktop & { revealed: string[] };
let call: <M extends MainMethod>(method: M, input: MainInputOf<M>) => Promise<MainOutputOf<M>>;

/** The handlers as a freshly started app has them, with `home` as its only memory. */
function startApp(): typeof call {
  grants = createGrants();
  const dialogs: Dialogs = {
    pickFolder: () => Promise.resolve(picks[0]),
    pickFile: () => Promise.resolve(undefined),
    pickPictures: () => Promise.resolve(picks),
    confirmClose: () => Promise.resolve(true),
  };
  const handlers = createHandlers({
    desktop,
    dialogs,
    grants,
    recents: createRecents(path.join(home, 'settings')),
    session: createProjectSession(),
    shareAllowed: () => Promise.resolve(),
    ensureStopped: () => Promise.resolve({ killed: false }),
  });
  return async (method, input) => {
    const reply = await answerCall(handlers, method, input);
    if (!reply.ok) throw Object.assign(new Error(reply.error.message), reply.error);
    return (mainContract as MainContract)[method]?.output.parse(reply.output) as never;
  };
}

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'lineside-home-'));
  await mkdir(path.join(home, 'settings'));
  picks = [];
  const revealed: string[] = [];
  desktop = {
    describe: () => ({ version: '1', platform: 'linux', locale: 'en', packaged: false }),
    setTexts: () => undefined,
    setTheme: () => undefined,
    notify: vi.fn(),
    reveal: (file) => void revealed.push(file),
    openFile: () => Promise.resolve(),
    defaultParent: path.join(home, 'Documents', 'Lineside'),
    now: () => new Date('2026-01-01T00:00:00Z'),
    newToken: () => 'token',
    revealed,
  };
  call = startApp();
});

afterEach(() => rm(home, { recursive: true, force: true }));

const annotation = (image: string, labels: string[], reviewed = true): AnnotationFile => ({
  version: 1,
  image,
  width: 100,
  height: 80,
  reviewed,
  boxes: labels.map((label) => ({ label, x: 1, y: 2, width: 3, height: 4, difficult: false })),
});

/** A project with two labelled pictures. */
async function makeProject(): Promise<string> {
  const { dir } = await call('project.create', { name: 'Nuts' });
  for (const name of ['a.jpg', 'b.jpg']) {
    await writeFile(path.join(dir, 'images', name), 'x');
    await call('annotations.write', { dir, annotation: annotation(`images/${name}`, ['nut', 'washer']) });
  }
  return dir;
}

describe('projects', () => {
  test('a new one lies in Documents under its own name, never over another', async () => {
    const first = await call('project.create', { name: 'M8/M10: nuts' });
    const second = await call('project.create', { name: 'M8/M10: nuts' });
    expect(path.basename(first.dir)).toBe('M8_M10_ nuts');
    expect(path.basename(second.dir)).toBe('M8_M10_ nuts 2');
    expect(await call('project.state', { dir: first.dir })).toMatchObject({ name: 'M8/M10: nuts', pictures: 0 });
  });

  test('a name made of dots leads nowhere else', async () => {
    const { dir } = await call('project.create', { name: '../..' });
    expect(path.dirname(dir)).toBe(desktop.defaultParent);
  });

  test('may begin with classes, and keep what the base model calls one as long as it is there', async () => {
    const baseLabels = { Mensch: 'person' };
    const { dir } = await call('project.create', { name: 'x', classes: ['Mensch', 'Stapler'], baseLabels });
    const state = () => call('project.state', { dir });
    expect(await state()).toMatchObject({ classes: ['Mensch', 'Stapler'], baseLabels });
    await call('project.update', { dir, name: 'y' });
    expect(await state()).toMatchObject({ name: 'y', classes: ['Mensch', 'Stapler'], baseLabels });
    await call('project.update', { dir, classes: ['Mensch', 'Palette'] });
    expect(await state()).toMatchObject({ classes: ['Mensch', 'Palette'], baseLabels });
    await call('project.update', { dir, classes: ['Palette'] });
    expect((await state()).baseLabels).toEqual({});
  });

  test('in a folder that was not picked are refused', async () => {
    await expect(call('project.create', { name: 'x', parent: home })).rejects.toMatchObject({ code: 'badInput' });
    picks = [home];
    await call('dialog.pickFolder', {});
    expect((await call('project.create', { name: 'x', parent: home })).dir).toBe(path.join(home, 'x'));
  });

  test('that was open when the app ended is named at the next start, until it is left or gone', async () => {
    const left = async () => (await call('project.left', {})).dir;
    expect(await left()).toBeNull();
    const dir = await makeProject();
    call = startApp();
    expect(await left()).toBe(dir);
    await call('project.open', { dir });
    await call('project.close', {});
    expect(await left()).toBeNull();
    await call('project.open', { dir });
    await rm(dir, { recursive: true });
    expect(await left()).toBeNull();
  });

  test('open after a restart from the recent ones, and only those', async () => {
    const dir = await makeProject();
    call = startApp();
    await expect(call('project.state', { dir })).rejects.toMatchObject({ code: 'badInput' });
    const [recent] = await call('project.recent', {});
    expect(recent).toMatchObject({ dir, name: 'Nuts', found: true, pictures: 2, score: null });
    expect(recent?.thumbnails).toHaveLength(2);
    await call('project.open', { dir });
    expect(await call('project.state', { dir })).toMatchObject({ boxes: 4 });

    const copy = path.join(home, 'copy');
    await cp(dir, copy, { recursive: true });
    await expect(call('project.open', { dir: copy })).rejects.toMatchObject({ code: 'badInput' });
    picks = [copy];
    await call('dialog.pickFolder', {});
    await call('project.open', { dir: copy });
  });

  test('whose folder is gone are shown as gone', async () => {
    const dir = await makeProject();
    await rm(dir, { recursive: true });
    expect(await call('project.recent', {})).toMatchObject([{ dir, name: 'Nuts', found: false }]);
    await call('project.forget', { dir });
    expect(await call('project.recent', {})).toEqual([]);
  });
});

describe('labels', () => {
  test('come back as they were written, and bring their classes along', async () => {
    const dir = await makeProject();
    const read = await call('annotations.read', { dir, file: 'images/a.jpg' });
    expect(read).toEqual(annotation('images/a.jpg', ['nut', 'washer']));
    expect(await call('annotations.read', { dir, file: 'images/absent.jpg' })).toBeNull();
    expect(await call('project.state', { dir })).toMatchObject({
      classes: ['nut', 'washer'],
      reviewed: 2,
      boxesPerClass: { nut: 2, washer: 2 },
      stages: { images: 'done', annotations: 'done', dataset: 'empty' },
    });
  });

  test('written quickly one after the other: the last one stays', async () => {
    const dir = await makeProject();
    const writes = Array.from({ length: 30 }, (_, index) =>
      call('annotations.write', { dir, annotation: annotation('images/a.jpg', [`class ${index}`]) }),
    );
    await Promise.all(writes);
    const read = await call('annotations.read', { dir, file: 'images/a.jpg' });
    expect(read?.boxes[0]?.label).toBe('class 29');
    expect((await call('project.state', { dir })).classes).toHaveLength(32);
  });

  test('of a picture that is not there, or outside, are refused', async () => {
    const dir = await makeProject();
    for (const image of ['images/absent.jpg', '../x.jpg', 'images/../../x.jpg', 'project.json']) {
      await expect(call('annotations.write', { dir, annotation: annotation(image, []) }), image).rejects.toThrow();
    }
    expect(await readdir(path.join(dir, 'annotations'))).toHaveLength(2);
  });

  test('go to the trash with their pictures', async () => {
    const dir = await makeProject();
    await call('images.remove', { dir, files: ['images/a.jpg'] });
    expect((await call('images.list', { dir })).map(({ file }) => file)).toEqual(['images/b.jpg']);
    expect(await readdir(path.join(dir, 'trash'))).toHaveLength(2);
  });
});

describe('pictures that the page has taken', () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2]);
  const taken = { bytes: jpeg, width: 640, height: 480, recording: 'Belt 2: night shift', together: true };

  test('get the next number of their recording, and a label file that names it', async () => {
    const dir = await makeProject();
    await writeFile(path.join(dir, 'images', 'Belt_2_night_shift_0002.jpg'), 'here already');
    const files = [];
    for (let count = 0; count < 2; count++) files.push((await call('images.capture', { dir, ...taken })).file);
    expect(files).toEqual(['images/Belt_2_night_shift_0001.jpg', 'images/Belt_2_night_shift_0003.jpg']);
    expect(await readFile(path.join(dir, files[1]!))).toEqual(Buffer.from(jpeg));
    expect(await call('annotations.read', { dir, file: files[1]! })).toMatchObject({
      ...{ width: 640, height: 480, boxes: [], reviewed: false, recording: taken.recording },
    });
    expect(await call('images.list', { dir })).toHaveLength(5);
  });

  test('one by one belong to no recording, and keep inside images/ whatever it is called', async () => {
    const dir = await makeProject();
    const { file } = await call('images.capture', { dir, ...taken, recording: '../../x', together: false });
    expect(file).toBe('images/x_0001.jpg');
    expect(await call('annotations.read', { dir, file })).not.toHaveProperty('recording');
  });

  test('are refused when they are no picture', async () => {
    const dir = await makeProject();
    const bytes = new TextEncoder().encode('<svg/>');
    await expect(call('images.capture', { dir, ...taken, bytes })).rejects.toMatchObject({ code: 'badInput' });
    expect(await readdir(path.join(dir, 'images'))).toHaveLength(2);
  });
});

describe('results', () => {
  const result = async (dir: string): Promise<void> => {
    await writeFile(path.join(dir, 'lrFinder.json'), JSON.stringify({ some: 'result' }));
  };
  const status = async (dir: string) => (await call('project.state', { dir })).stages.lrFinder;

  test('are out of date once a label has changed, and not before', async () => {
    const dir = await makeProject();
    await result(dir);
    expect(await status(dir)).toBe('done');
    await call('annotations.write', { dir, annotation: annotation('images/a.jpg', ['nut', 'washer']) });
    expect(await status(dir)).toBe('done');
    await call('annotations.write', { dir, annotation: annotation('images/a.jpg', ['nut']) });
    expect(await status(dir)).toBe('outOfDate');
    await writeFile(path.join(dir, 'lrFinder.json'), JSON.stringify({ another: 'result' }));
    expect(await status(dir)).toBe('done');
  });

  test('that were measured with another layout are out of date, however new they are', async () => {
    const dir = await makeProject();
    const plan = {
      ...{ inputWidth: 300, inputHeight: 300, fineMap: false, priorShapes: [[[0.1, 0.1]]], priorCoverage: 1 },
      ...{ smallestPixels: 20, medianPixels: 40, reasons: [] },
    } satisfies DetectorPlan;
    const { classes } = await call('project.state', { dir });
    const write = (name: string, value: unknown): Promise<void> =>
      writeFile(path.join(dir, name), JSON.stringify(value));
    const layout = layoutOf(plan, classes.length);
    const states = async (): Promise<readonly string[]> => {
      const { stages } = await call('project.state', { dir });
      return [stages.lrFinder, stages.batchSize];
    };
    await write('plan.json', plan);
    await write('lrFinder.json', { layout });
    await write('batchSize.json', { layout });
    expect(await states()).toEqual(['done', 'done']);
    await write('plan.json', { ...plan, inputWidth: 512, inputHeight: 512 });
    expect(await states()).toEqual(['outOfDate', 'outOfDate']);
    // A new sweep, with the new layout: the table stays what it is.
    await write('lrFinder.json', { layout: layoutOf({ ...plan, inputWidth: 512, inputHeight: 512 }, classes.length) });
    expect(await states()).toEqual(['done', 'outOfDate']);
    await write('batchSize.json', { rewritten: true, layout });
    expect(await states()).toEqual(['done', 'outOfDate']);
    // One of an older Lineside does not say.
    await write('batchSize.json', {});
    expect(await states()).toEqual(['done', 'done']);
  });

  test('older than the labels when first seen are out of date', async () => {
    const dir = await makeProject();
    await result(dir);
    await utimes(path.join(dir, 'lrFinder.json'), 1000, 1000);
    expect(await status(dir)).toBe('outOfDate');
  });

  test('stay up to date in a copy of the folder, whatever its times are', async () => {
    const dir = await makeProject();
    await result(dir);
    expect(await status(dir)).toBe('done');
    const copy = path.join(home, 'copy');
    await cp(dir, copy, { recursive: true });
    await utimes(path.join(copy, 'lrFinder.json'), 1000, 1000);
    picks = [copy];
    await call('dialog.pickFolder', {});
    await call('project.open', { dir: copy });
    expect(await status(copy)).toBe('done');
  });
});

describe('a training', () => {
  const state = async (dir: string) => {
    const { stages, interrupted } = await call('project.state', { dir });
    return { training: stages.training, interrupted };
  };

  test('that was broken off can go on; one that has ended cannot, until it is gone on with', async () => {
    const dir = await makeProject();
    const run = path.join(dir, 'runs', '2026-01-02T10-00-00');
    await mkdir(run, { recursive: true });
    await writeFile(path.join(run, 'config.json'), '{}');
    expect(await state(dir)).toEqual({ training: 'empty', interrupted: null });

    const epoch = {
      ...{ kind: 'epoch', atStep: 9, epoch: 1, epochs: 5, learningRate: 0.01, validation: null, mAP50: 0.5 },
      ...{ train: { total: 2, regression: 1, classification: 1 }, imagesPerSecond: 9, secondsLeft: 60, text: 'Better' },
    };
    await writeFile(path.join(run, 'last.safetensors'), '');
    await writeFile(path.join(run, 'best.safetensors'), '');
    const back = {
      ...{ kind: 'watch', atStep: 9, step: 11, text: 'Back' },
      said: { code: 'watchRoseTooFar', values: {} },
    };
    const drawn = [1, 2].map((round) => ({ kind: 'preview', atStep: 9, epoch: round, pictures: [] }));
    const lines = [epoch, back, ...drawn].map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(path.join(run, 'metrics.jsonl'), `${lines}{"kind":"epo`);
    expect(await state(dir)).toEqual({ training: 'empty', interrupted: 'runs/2026-01-02T10-00-00' });
    const { training } = await call('project.results', { dir });
    expect(training).toMatchObject({
      run: 'runs/2026-01-02T10-00-00',
      stoppedBy: null,
      epochs: [{ epoch: 1, mAP50: 0.5 }],
      watch: [{ step: 11, said: { code: 'watchRoseTooFar' } }],
      preview: { epoch: 2 },
    });

    const result = {
      run: 'runs/2026-01-02T10-00-00',
      epochs: 5,
      seconds: 9,
      stoppedBy: 'finished',
      best: { epoch: 4, mAP50: 0.9 },
    };
    await writeFile(path.join(run, 'result.json'), JSON.stringify(result));
    expect(await state(dir)).toEqual({ training: 'done', interrupted: null });
    expect((await call('project.results', { dir })).training).toMatchObject({
      stoppedBy: 'finished',
      preview: { epoch: 2 },
    });
    await writeFile(path.join(run, 'result.json'), JSON.stringify({ ...result, best: { epoch: 1, mAP50: 0.9 } }));
    expect((await call('project.results', { dir })).training?.preview).toMatchObject({ epoch: 1 });

    await utimes(path.join(run, 'result.json'), 1000, 1000);
    expect(await state(dir)).toEqual({ training: 'empty', interrupted: 'runs/2026-01-02T10-00-00' });
  });

  test.each([
    [{ tiling: true }, null],
    [{ tiling: false, input: 300 }, 'runs/2026-01-02T10-00-00'],
    [{ input: 512 }, null],
  ])('that was broken off before %o was chosen: %s can go on', async (choice, interrupted) => {
    const dir = await makeProject();
    const run = path.join(dir, 'runs', '2026-01-02T10-00-00');
    await mkdir(run, { recursive: true });
    const plan: DetectorPlan = {
      ...{ inputWidth: 300, inputHeight: 300, fineMap: false, priorShapes: [], priorCoverage: 1 },
      ...{ smallestPixels: 20, medianPixels: 40, reasons: [] },
    };
    await writeFile(path.join(run, 'config.json'), JSON.stringify({ plan }));
    await writeFile(path.join(run, 'last.safetensors'), '');
    await writeProject(dir, { ...(await openProject(dir)), ...choice });
    expect((await state(dir)).interrupted).toBe(interrupted);
  });

  test('that the operator paused can go on, until it is evaluated as it is', async () => {
    const dir = await makeProject();
    const run = path.join(dir, 'runs', '2026-01-02T10-00-00');
    await mkdir(run, { recursive: true });
    await writeFile(path.join(run, 'config.json'), '{}');
    await writeFile(path.join(run, 'last.safetensors'), '');
    await writeFile(path.join(run, 'best.safetensors'), '');
    const result = {
      ...{ run: 'runs/2026-01-02T10-00-00', epochs: 2, seconds: 9 },
      ...{ stoppedBy: 'operator', best: { epoch: 2, mAP50: 0.4 } },
    };
    await writeFile(path.join(run, 'result.json'), JSON.stringify(result));
    expect(await state(dir)).toEqual({ training: 'empty', interrupted: 'runs/2026-01-02T10-00-00' });
    await writeFile(path.join(run, 'evaluation.json'), '{}');
    expect(await state(dir)).toEqual({ training: 'done', interrupted: null });
  });

  test('that gave up has run away, until another one is used', async () => {
    const dir = await makeProject();
    for (const [name, stoppedBy] of [
      ['2026-01-02T10-00-00', 'finished'],
      ['2026-01-03T10-00-00', 'diverged'],
    ] as const) {
      const run = path.join(dir, 'runs', name);
      await mkdir(run, { recursive: true });
      await writeFile(path.join(run, 'config.json'), '{}');
      await writeFile(path.join(run, 'best.safetensors'), '');
      const result = { run: `runs/${name}`, epochs: 2, seconds: 9, stoppedBy, best: { epoch: 2, mAP50: 0.4 } };
      await writeFile(path.join(run, 'result.json'), JSON.stringify(result));
    }
    expect((await call('project.state', { dir })).ranAway).toBe(true);
    const used = { version: 1, run: 'runs/2026-01-02T10-00-00', newest: 'runs/2026-01-03T10-00-00' };
    await writeFile(path.join(dir, 'usedRun.json'), JSON.stringify(used));
    expect((await call('project.state', { dir })).ranAway).toBe(false);
  });

  test('can be used as soon as it has left a detector', async () => {
    const dir = await makeProject();
    const run = path.join(dir, 'runs', '2026-01-02T10-00-00');
    await mkdir(run, { recursive: true });
    await writeFile(path.join(run, 'last.safetensors'), '');
    expect((await call('project.state', { dir })).usable).toBe(false);
    await writeFile(path.join(run, 'best.safetensors'), '');
    expect((await call('project.state', { dir })).usable).toBe(true);
  });
});

test('only things inside the project are shown in the file manager', async () => {
  const dir = await makeProject();
  await call('desktop.reveal', { dir, path: 'images/a.jpg' });
  for (const outside of ['..', '../..', '/etc', 'images/absent.jpg']) {
    await expect(call('desktop.reveal', { dir, path: outside }), outside).rejects.toMatchObject({ code: 'badInput' });
  }
  await expect(call('desktop.openReport', { dir, path: 'project.json' })).rejects.toMatchObject({ code: 'badInput' });
  expect(desktop.revealed).toEqual([path.join(dir, 'images/a.jpg')]);
});

test('the list of recent projects survives a file that is broken', async () => {
  await writeFile(path.join(home, 'settings', 'recents.json'), '[{');
  expect(await call('project.recent', {})).toEqual([]);
  await makeProject();
  expect(JSON.parse(await readFile(path.join(home, 'settings', 'recents.json'), 'utf8'))).toHaveLength(1);
});
