import { describe, expect, test } from 'vitest';
import type { BatchRow } from '../../../shared/contract';
import { nodeProbe, probe, probeSizes, type ProbeExit, type SpawnProbe } from './probe';

const node = (code: string): SpawnProbe => nodeProbe(process.execPath, ['-e', code]);
const limits = { timeoutSeconds: 20, signal: new AbortController().signal };
const answers =
  (exit: Partial<ProbeExit>): SpawnProbe =>
  () => ({
    exit: Promise.resolve({ code: 0, signal: null, stdout: '', stderr: '', ...exit }),
    kill: () => undefined,
  });

describe('batchSize probe', () => {
  test('a real child reads its input and reports', async () => {
    const child = node(`process.stdin.on('data', (text) => { const { batchSize } = JSON.parse(text);
      console.log('noise'); console.log(JSON.stringify({ peakBytes: batchSize * 1e6, imagesPerSecond: 3 })); })`);
    expect(await probe(child, { batchSize: 8 }, limits)).toEqual({
      kind: 'measured',
      report: { peakBytes: 8e6, imagesPerSecond: 3 },
    });
  });

  test('a child that is killed did not fit', async () => {
    expect(await probe(node(`process.kill(process.pid, 'SIGKILL')`), {}, limits)).toEqual({ kind: 'outOfMemory' });
  });

  test.each([
    [{ code: 77 }],
    [{ code: 137 }],
    [{ code: null, signal: 'SIGABRT', stderr: 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory' }],
    [{ code: 1, stderr: 'Error: ResourceExhausted: OOM when allocating tensor with shape[64,150,150,96]' }],
  ])('out of memory in its own words: %o', async (exit) => {
    expect(await probe(answers(exit), {}, limits)).toEqual({ kind: 'outOfMemory' });
  });

  test('a child that fails otherwise is an engine error with its last words', async () => {
    const failing = probe(node(`console.error('no such kernel'); process.exit(3)`), {}, limits);
    await expect(failing).rejects.toMatchObject({ code: 'engine', detail: 'no such kernel\n' });
    await expect(probe(answers({ stdout: 'hello\n' }), {}, limits)).rejects.toThrow('without a measurement: "hello"');
    await expect(probe(answers({ stdout: '{"peakBytes":-1,"imagesPerSecond":1}' }), {}, limits)).rejects.toMatchObject({
      code: 'engine',
    });
    await expect(probe(nodeProbe('/no/such/program', []), {}, limits)).rejects.toThrow('ENOENT');
  });

  test('cancel kills the child; too long counts as a timeout', async () => {
    const sleeps = node('setTimeout(() => {}, 60000)');
    const controller = new AbortController();
    const cancelled = probe(sleeps, {}, { timeoutSeconds: 60, signal: controller.signal });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(probe(sleeps, {}, { timeoutSeconds: 60, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await probe(sleeps, {}, { ...limits, timeoutSeconds: 0.2 })).toEqual({ kind: 'timeout' });
  });
});

describe('batchSize probeSizes', () => {
  const run = async (
    budgetBytes: number,
    peak: (batchSize: number) => number | 'killed' | 'slow',
    childBytes = budgetBytes,
  ): Promise<{ rows: BatchRow[]; ran: number[] }> => {
    const ran: number[] = [];
    const seen: BatchRow[] = [];
    const rows = await probeSizes({
      sizes: [8, 1, 2, 4],
      predict: (batchSize) => 100 + 10 * batchSize,
      budgetBytes,
      childBytes,
      spawnProbe: (input) => {
        const { batchSize, project } = JSON.parse(input) as { batchSize: number; project: string };
        expect(project).toBe('p');
        ran.push(batchSize);
        const peakBytes = peak(batchSize);
        if (peakBytes === 'slow') return node('setTimeout(() => {}, 60000)')('');
        const stdout = JSON.stringify({ peakBytes, imagesPerSecond: 5 });
        return answers(peakBytes === 'killed' ? { code: null, signal: 'SIGKILL' } : { stdout })('');
      },
      input: { project: 'p' },
      ...{ ...limits, timeoutSeconds: 0.3 },
      onRow: (row) => seen.push(row),
    });
    expect(seen).toEqual(rows);
    return { rows, ran };
  };

  test('smallest first; measurements correct the next prediction; what cannot fit is not run', async () => {
    const { rows, ran } = await run(330, (batchSize) => 200 + 30 * batchSize);
    expect(ran).toEqual([1, 2, 4]);
    expect(rows.map(({ predictedBytes }) => predictedBytes)).toEqual([110, 240, 320, 440]);
    expect(rows.map(({ fits }) => fits)).toEqual([true, true, true, false]);
    expect(rows[3]).toMatchObject({ measuredBytes: null, imagesPerSecond: null, limit: 'memory' });
  });

  test('after one was killed nothing larger is tried', async () => {
    const { rows, ran } = await run(1000, (batchSize) => (batchSize > 1 ? 'killed' : 120));
    expect(ran).toEqual([1, 2]);
    expect(rows.map(({ fits }) => fits)).toEqual([true, false, false, false]);
  });

  test('one that took too long says so, and so do those that were not tried for it', async () => {
    const { rows, ran } = await run(1000, (batchSize) => (batchSize > 1 ? 'slow' : 120));
    expect(ran).toEqual([1, 2]);
    expect(rows.map(({ limit }) => limit)).toEqual([undefined, 'time', 'time', 'time']);
    const killed = await run(1000, (batchSize) => (batchSize > 1 ? 'killed' : 120));
    expect(killed.rows.map(({ limit }) => limit)).toEqual([undefined, 'memory', 'memory', 'memory']);
  });

  test('what fits a training but no child beside what this process holds is judged by its prediction', async () => {
    const { rows, ran } = await run(330, (batchSize) => 200 + 30 * batchSize, 250);
    expect(ran).toEqual([1, 2]);
    expect(rows.map(({ measuredBytes }) => measuredBytes)).toEqual([230, 260, null, null]);
    expect(rows.map(({ predictedBytes, fits }) => [predictedBytes, fits])).toEqual([
      [110, true],
      [240, true],
      [320, true],
      [440, false],
    ]);
  });
});
