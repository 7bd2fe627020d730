import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportFormat, type Handlers, type Method } from '../../shared/contract';
import { LinesideError } from '../../shared/errors';
import type { World } from './job';
import type { RunAllInput, RunAllResult } from '../trainer/jobs/runAll';
import type { JobEvent } from './pipelinePort';
import { runCli } from './program';

/** Stands for the trainer: answers with what the test says, and remembers what it was asked. */
let answer: (input: unknown, context: { emit: (event: JobEvent) => void; signal: AbortSignal }) => unknown;
let asked: { method: Method | 'runAll'; input: unknown }[];
let out: string;
let err: string;
let folder: string;

beforeEach(() => {
  asked = [];
  out = '';
  err = '';
  answer = () => ({});
  folder = mkdtempSync(path.join(tmpdir(), 'lineside-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...words: string[]): Promise<number> {
  const handlers = new Proxy({} as Handlers, {
    get:
      (_, method: Method) =>
      async (input: unknown, context: { emit: (event: JobEvent) => void; signal: AbortSignal }) => {
        asked.push({ method, input });
        return answer(input, context);
      },
  });
  const runAll: Awaited<ReturnType<World['loadPipeline']>>['runAll'] = async (input: RunAllInput, context) => {
    asked.push({ method: 'runAll', input });
    return answer(input, context) as RunAllResult;
  };
  let seconds = 0;
  return runCli(words, {
    loadPipeline: async () => ({ handlers, runAll }),
    workingFolder: folder,
    stdout: (text) => (out += text),
    terminal: { isTTY: false, write: (text) => (err += text), now: () => (seconds += 1) },
  });
}

function makeProject(name = '.'): string {
  const project = path.join(folder, name);
  writeFileSync(path.join(project, 'project.json'), '{}');
  return project;
}

test('--json prints one object, last, on stdout, and progress on stderr', async () => {
  makeProject();
  const result = { problems: [], images: 3, boxes: 7 };
  answer = (_, { emit }) => {
    emit({ kind: 'progress', done: 1, total: 3, text: 'Looking' });
    return result;
  };
  expect(await run('check', '--json')).toBe(0);
  expect(JSON.parse(out)).toEqual(result);
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(err).toBe('Looking: 33 %\n');
});

test('options become the input of the contract, with absolute paths', async () => {
  const project = makeProject();
  answer = () => ({ run: 'runs/1', epochs: 2, seconds: 3, stoppedBy: 'finished', best: { epoch: 2, mAP50: 0.5 } });
  expect(await run('train', '--seed', '7', '--epochs', '2', '--learning-rate', '0.01', '--resume')).toBe(0);
  expect(asked).toEqual([
    {
      method: 'training.run',
      input: { project, seed: 7, epochs: 2, learningRate: 0.01, schedule: 'cosine', resume: 'latest' },
    },
  ]);
  expect(out).toContain('mAP50 0.500');
});

test('what is suggested after a training can be pasted as it stands: it names the project', async () => {
  const project = makeProject();
  const settings = { learningRate: 0.002, batchSize: 4, epochs: 3, schedule: 'cosine' };
  const advice = { kind: 'faster', settings, from: 0.001, fell: 0.1 };
  answer = () => ({
    ...{ run: 'runs/1', epochs: 2, seconds: 3, stoppedBy: 'finished', best: { epoch: 2, mAP50: 0.5 }, advice },
  });
  expect(await run('train', '--resume')).toBe(0);
  expect(out).toContain(
    `lineside train --learning-rate 0.002 --batch-size 4 --epochs 3 --schedule cosine --project ${project}\n`,
  );
});

test('train says beforehand how the rate will change, and asks for the schedule that was named', async () => {
  makeProject();
  answer = () =>
    asked.at(-1)?.method === 'training.plan'
      ? { schedule: { kind: 'step', peak: 0.01, steps: 60, warmUpSteps: 10, drops: [40, 50], factor: 0.1 } }
      : { run: 'runs/1', epochs: 2, seconds: 3, stoppedBy: 'finished', best: { epoch: 2, mAP50: 0.5 } };
  expect(await run('train', '--schedule', 'step')).toBe(0);
  expect(asked.map(({ method, input }) => [method, (input as { schedule: string }).schedule])).toEqual([
    ['training.plan', 'step'],
    ['training.run', 'step'],
  ]);
  expect(err).toContain('from each of the steps 40 and 50 on');
  expect(await run('train', '--schedule', 'sine')).toBe(2);
});

test("plan without a project: the seed's case gives 0.001, 16 and the warning about its 10 px details", async () => {
  const words = ['plan', '--pictures', '5000', '--classes', '12', '--size', '1920x1080', '--input', '512'];
  expect(await run(...words, '--smallest', '10x10')).toBe(0);
  expect(out).toMatch(/^learning rate 0\.001, 16 pictures at a time/);
  expect(out).toMatch(/note: A part of 10×10 px .* only 2\.7×4\.7 px at 512×512 .*15 tiles/);
  out = '';
  expect(await run(...words, '--json')).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ learningRate: 0.001, batchSize: 16, warnings: [] });
  expect(asked).toEqual([]);
});

test('run names a new project after its data', async () => {
  answer = () => {
    throw new LinesideError('badInput', 'no pictures');
  };
  expect(await run('run', '--data', 'nuts')).toBe(1);
  expect(asked[0]?.input).toMatchObject({
    data: path.join(folder, 'nuts'),
    project: path.join(folder, 'lineside-project-nuts'),
    seed: 1,
  });
});

test.each([
  [['trian'], "unknown command 'trian'"],
  [['check', '--nonsense'], "unknown option '--nonsense'"],
  [['check', '--seed', '-1'], 'It must be a whole number, 0 or more.'],
  [['train', '--learning-rate', '0'], 'It must be a number above 0'],
  [['detect', 'a.jpg', '--threshold', '2', '--base'], 'It must be between 0 and 1'],
  [['detect', 'a.jpg', '--run', 'runs/1', '--base'], 'exclude each other'],
  [['evaluate', '--split', 'all'], 'Allowed choices are train, validation, test'],
  [['export', '--formats', 'onnx,pt'], `Choose from ${exportFormat.options.join(', ')}`],
  [['import'], "required option '--data <folder>' not specified"],
  [['run', '--data', 'x', '--practice'], 'exclude each other'],
  [['plan', '--pictures', '10', '--size', '12by9'], 'It must be a whole number'],
  [['plan', '--pictures', '10', '--size', '1x2x3'], 'such as 1920x1080'],
  [['plan', '--classes', '12'], 'say with --pictures'],
  [['plan', '--pictures', '10', '--tiles', 'on'], 'plans without a project'],
  [['check'], 'is not a Lineside project'],
  [['check', '--project', 'nowhere'], 'there is no folder'],
  [[], 'say what to do'],
])('wrong use %j: one sentence, exit 2, the trainer is not asked', async (words, sentence) => {
  expect(await run(...words)).toBe(2);
  expect(err).toContain(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(out).toBe('');
  expect(asked).toEqual([]);
});

test('a job that fails: its sentence on stderr, exit 1, with --json an error object', async () => {
  makeProject();
  answer = () => {
    throw new LinesideError('busy', 'another run is working in this project: wait for it');
  };
  expect(await run('find-lr', '--json')).toBe(1);
  expect(err).toBe('lineside: another run is working in this project: wait for it\n');
  expect(JSON.parse(out)).toEqual({
    error: { code: 'busy', message: 'another run is working in this project: wait for it' },
  });
});

test('check ends with 1 when something must be mended', async () => {
  makeProject();
  const problem = {
    code: 'flatBox',
    severity: 'mustFix',
    file: 'a.xml',
    message: 'box 0 is flat',
    remedy: 'redraw it',
    fixable: true,
  };
  answer = () => ({ problems: [problem], images: 1, boxes: 1 });
  expect(await run('check')).toBe(1);
  expect(out).toContain('must be mended: a.xml: box 0 is flat: redraw it');
});

test('import ends with 1 when files were left out, unless told to keep going', async () => {
  answer = () => ({
    project: folder,
    images: 1,
    boxes: 0,
    classes: [],
    rejected: [{ file: 'b.jpg', reason: 'cut short' }],
  });
  expect(await run('import', '--data', 'x')).toBe(1);
  expect(err).toBe('left out: b.jpg: cut short\n');
  expect(await run('import', '--data', 'x', '--keep-going')).toBe(0);
});

test('Ctrl-C stops the job through its signal; what the stage returns is shown, and the exit code is 1', async () => {
  makeProject();
  answer = async (_, { signal }) => {
    if (asked.at(-1)?.method === 'training.plan')
      return { schedule: { kind: 'cosine', peak: 0.01, steps: 60, warmUpSteps: 10, floor: 0.0001 } };
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
    process.emit('SIGINT');
    await stopped;
    return { run: 'runs/1', epochs: 1, seconds: 3, stoppedBy: 'operator', best: { epoch: 1, mAP50: 0.1 } };
  };
  const before = process.listenerCount('SIGINT');
  expect(await run('train')).toBe(1);
  expect(out).toContain('stopped by you');
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('every verb has help with examples', async () => {
  for (const verb of [
    'doctor',
    'import',
    'practice',
    'check',
    'plan',
    'find-lr',
    'recommend-batch',
    'train',
    'evaluate',
    'detect',
    'export',
    'run',
  ]) {
    out = '';
    expect(await run(verb, '--help')).toBe(0);
    expect(out).toContain(`$ lineside ${verb}`);
  }
});
