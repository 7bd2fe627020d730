import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitedGroup } from '../controlGroup.testing';
import { resourcePath } from '../engine/resources';
import { readMetrics } from './metrics';
import { makeMiniProject } from './miniProject.testing';

/** The real program under a real limit: what allocates is TensorFlow, what ends the process is the kernel. */
const lineside = path.resolve(__dirname, '../../../out/lineside.cjs');
const hasTensorflow = existsSync(resourcePath('engine', 'tensorflow', 'lib', 'tfjs_binding.node'));
/** All of a batch at once, though it is foreseen in the narrow group that this will not do. */
const atOnce = ['--batch-size', '16', '--accumulate', '1'];
const settings = [...atOnce, '--learning-rate', '0.004', '--epochs', '2'];
/** Between what 8 and what 16 pictures at a time need: about 1.1 and 1.7 GB, of which half a GB is not the arena's. */
const arenaMegabytes = '800';
const groupBytes = 1.4e9;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { env, maxBuffer: 1e8 }, (_, out, err) =>
      resolve({ code: child.exitCode, signal: child.signalCode, out, err }),
    );
  });
}

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-memory-'));
  project = path.join(folder, 'project');
  await makeMiniProject(project, { train: 32, validation: 4, test: 4 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** All rounds at half the batch and at the rate in proportion, each step once. */
async function expectHalved(json: string): Promise<void> {
  const result = JSON.parse(json) as { readonly run: string; readonly epochs: number };
  expect(result).toMatchObject({ epochs: 2, stoppedBy: 'finished' });
  const inRun = (name: string): string => path.join(project, result.run, name);
  const config = JSON.parse(await readFile(inRun('config.json'), 'utf8')) as unknown;
  expect(config).toMatchObject({ batchSize: 8, learningRate: 0.002, schedule: { peak: 0.002, steps: 8 } });
  const lines = await readMetrics(inRun('metrics.jsonl'));
  const steps = lines.flatMap((line) => (line.kind === 'step' ? [line.step] : []));
  expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const told = lines.flatMap((line) => (line.kind === 'watch' ? [line.said] : []));
  expect(told).toEqual([{ code: 'watchHalfBatch', values: { before: 16, count: 8, rate: 0.002 } }]);
  expect(await readdir(path.join(project, 'runs'))).toHaveLength(1);
  expect(existsSync(inRun('sitting.json'))).toBe(false);
}

const saysSo =
  /did not suffice for 16 pictures at a time\. It goes on with 8, and with the rate 0\.002 instead of 0\.004/;

describe.skipIf(!hasTensorflow)('out of memory in a training', () => {
  test(
    'that the engine reports: half the batch, half the rate, to the end, in one go',
    { timeout: 240_000 },
    async () => {
      const limited = { ...process.env, TF_CPU_BFC_MEM_LIMIT_IN_MB: arenaMegabytes };
      const words = [lineside, 'train', '--project', project, ...settings, '--json'];
      const { code, out, err } = await run(process.execPath, words, limited);
      expect(code, err).toBe(0);
      expect(err).toMatch(saysSo);
      await expectHalved(out);
    },
  );

  test('that the kernel ends: --resume says why and goes on with half', { timeout: 240_000 }, async (context) => {
    const group = limitedGroup(groupBytes);
    if (group === undefined) return context.skip('needs the right to make a control group of its own');
    try {
      const inGroup = (words: string): Promise<Ended> =>
        run('sh', ['-c', `echo $$ > '${group.procs}' && exec '${process.execPath}' '${lineside}' ${words} --json`]);
      const killed = await inGroup(`train --project '${project}' ${settings.join(' ')}`);
      expect(killed.signal, killed.err).toBe('SIGKILL');
      const { code, out, err } = await inGroup(`train --project '${project}' --resume`);
      expect(code, err).toBe(0);
      expect(err).toMatch(saysSo);
      await expectHalved(out);
    } finally {
      group.remove();
    }
  });
});

describe('no memory for a single picture', () => {
  const little = { ...process.env, LINESIDE_MEMORY: '600000000' };

  test('training and measuring say what would help, and start nothing', { timeout: 120_000 }, async () => {
    for (const verb of ['find-lr', 'recommend-batch', 'train']) {
      const { code, err } = await run(process.execPath, [lineside, verb, '--project', project], little);
      expect(code).toBe(1);
      expect(err).toMatch(
        /needs \d\.\d GB even with 1 picture at a time, but 0\.4 GB may be used: close other programs/,
      );
    }
    expect(await readdir(path.join(project, 'runs'))).toEqual([]);
  });
});
