import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeMiniProject } from './miniProject.testing';
import { readMetrics, type MetricsLine } from './metrics';

const lineside = path.resolve(__dirname, '../../../out/lineside.cjs');
const settings = ['--learning-rate', '0.005', '--batch-size', '4', '--epochs', '4', '--seed', '3'];

/** The real program on a real project of a few small pictures. */
function train(project: string, ...more: readonly string[]): ChildProcess {
  const args = [lineside, 'train', '--project', project, '--json', ...more];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finished(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

async function metricsOf(project: string): Promise<MetricsLine[]> {
  const [run = ''] = await readdir(path.join(project, 'runs'));
  return readMetrics(path.join(project, 'runs', run, 'metrics.jsonl'));
}

/** The curve: everything of the metrics but times. */
const curve = (lines: readonly MetricsLine[]): unknown[] =>
  lines.map(
    (line) =>
      JSON.parse(
        JSON.stringify(line, (key, value: unknown) => (/seconds|imagesPerSecond/i.test(key) ? undefined : value)),
      ) as unknown,
  );

describe('training', () => {
  let folder = '';
  let whole: {
    readonly lines: MetricsLine[];
    readonly json: { run: string; epochs: number; stoppedBy: string; best: { epoch: number } };
  };
  const project = async (name: string): Promise<string> => {
    const dir = path.join(folder, name);
    await makeMiniProject(dir, { train: 8, validation: 4, test: 4 });
    return dir;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lineside-train-'));
    const dir = await project('whole');
    const { code, out, err } = await finished(train(dir, ...settings));
    expect(code, err).toBe(0);
    whole = { lines: await metricsOf(dir), json: JSON.parse(out) as typeof whole.json };
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a run logs each step and round, and says and keeps how it ended', async () => {
    expect(whole.json).toMatchObject({ epochs: 4, stoppedBy: 'finished' });
    const kept = await readFile(path.join(folder, 'whole', whole.json.run, 'result.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual(whole.json);
    expect(whole.lines.filter(({ kind }) => kind === 'step')).toHaveLength(8);
    expect(whole.lines.filter(({ kind }) => kind === 'epoch')).toHaveLength(4);
    const totals = whole.lines.flatMap((line) => (line.kind === 'step' ? [line.total] : []));
    expect(totals.at(-1)).toBeLessThan(totals[0] as number);
    expect(whole.lines.filter(({ kind }) => kind === 'preview').at(-1)).toMatchObject({ epoch: 4 });
  });

  test('after kill -9 in the middle, going on gives the same curve and weights as never having been stopped', async () => {
    const dir = await project('killed');
    const child = train(dir, ...settings);
    const ended = finished(child);
    const start = Date.now();
    for (;;) {
      const lines = existsSync(path.join(dir, 'runs')) ? await metricsOf(dir) : [];
      // In the second half of a round, so that steps are lost that must be done again.
      if (lines.filter(({ kind }) => kind === 'step').length >= 3) break;
      if (Date.now() - start > 60_000) throw new Error('the training does not start');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    const { code, out, err } = await finished(train(dir, '--resume', '--seed', '3'));
    expect(code, err).toBe(0);
    expect(curve(await metricsOf(dir))).toEqual(curve(whole.lines));
    const result = JSON.parse(out) as typeof whole.json;
    expect(result.best).toEqual(whole.json.best);
    const best = (root: string, run: string): Promise<Buffer> =>
      readFile(path.join(folder, root, run, 'best.safetensors'));
    expect((await best('killed', result.run)).equals(await best('whole', whole.json.run))).toBe(true);
  }, 180_000);

  test('Ctrl-C keeps a checkpoint that the run goes on from', async () => {
    const dir = await project('stopped');
    const child = train(dir, ...settings);
    child.stderr?.once('data', () => undefined);
    const ended = finished(child);
    while (!(existsSync(path.join(dir, 'runs')) && (await metricsOf(dir)).length > 0)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGINT');
    expect((await ended).code).toBe(1);
    const { code, err } = await finished(train(dir, '--resume', '--seed', '3'));
    expect(code, err).toBe(0);
    expect(curve(await metricsOf(dir))).toEqual(curve(whole.lines));
  }, 180_000);

  test('a full disk gives one sentence, exit code 1, and no half checkpoint', async (context) => {
    const disk = path.join(folder, 'disk');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
    if (mounted.status !== 0) context.skip('needs the right to mount a small disk');
    try {
      const dir = path.join(disk, 'project');
      await makeMiniProject(dir, { train: 8, validation: 4, test: 4 });
      const { code, err } = await finished(train(dir, ...settings));
      expect(code).toBe(1);
      expect(err).toMatch(/(best|last)\.safetensors could not be written, the disk is full: free some space/);
      const [run = ''] = await readdir(path.join(dir, 'runs'));
      expect((await readdir(path.join(dir, 'runs', run))).sort()).toEqual(['config.json', 'metrics.jsonl']);
      expect(existsSync(path.join(dir, '.lock'))).toBe(false);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  }, 120_000);
});
