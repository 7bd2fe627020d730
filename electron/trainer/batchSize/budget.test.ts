import { describe, expect, test } from 'vitest';
import { besideBytes, machineMemory, tellMemory } from '../engine/memory';
import { memoryBudget } from './budget';

const meminfo = 'MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n';
const machineOf = (
  files: Readonly<Record<string, string>>,
  wish?: number,
  engine: 'tensorflow' | 'wasm' = 'tensorflow',
) => machineMemory((path) => files[path], wish, engine);

describe('batchSize budget', () => {
  test('no limit: four fifths of what is available', () => {
    const { budgetBytes, reason } = memoryBudget(
      machineOf({ '/proc/meminfo': meminfo, '/sys/fs/cgroup/memory.max': 'max\n' }),
    );
    expect(budgetBytes).toBe(Math.floor(8000000 * 1024 * 0.8));
    expect(reason).toBe(
      '7.6 GB of 15.3 GB memory are free; training may take 80 % of that, the rest stays for other programs.',
    );
  });

  test('a control group (v2) that leaves less; the file cache in it does not count as used', () => {
    const files = {
      '/proc/meminfo': meminfo,
      '/sys/fs/cgroup/memory.max': '4000000000\n',
      '/sys/fs/cgroup/memory.current': '2000000000\n',
      '/sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 1000000000\nactive_file 5\n',
    };
    const { budgetBytes, reason } = memoryBudget(machineOf(files));
    expect(budgetBytes).toBe(2_400_000_000);
    expect(reason).toContain('Lineside may use 3.7 GB here, of which 2.8 GB are free');
  });

  test('a control group (v1); its "no limit" is a number above any memory', () => {
    const v1 = '/sys/fs/cgroup/memory/memory';
    const limited = {
      '/proc/meminfo': meminfo,
      [`${v1}.limit_in_bytes`]: '1000000000\n',
      [`${v1}.usage_in_bytes`]: '500000000\n',
    };
    expect(memoryBudget(machineOf(limited)).budgetBytes).toBe(400_000_000);
    const unlimited = { ...limited, [`${v1}.limit_in_bytes`]: '9223372036854771712\n' };
    expect(machineOf(unlimited).limitBytes).toBeUndefined();
  });

  test('a session in a group of groups: the tightest of them counts', () => {
    const files = {
      '/proc/meminfo': meminfo,
      '/proc/self/cgroup': '0::/user.slice/app.scope\n',
      '/sys/fs/cgroup/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/memory.max': '4000000000\n',
      '/sys/fs/cgroup/user.slice/memory.current': '3500000000\n',
      '/sys/fs/cgroup/user.slice/app.scope/memory.max': '2000000000\n',
      '/sys/fs/cgroup/user.slice/app.scope/memory.current': '1000000000\n',
    };
    expect(tellMemory(machineOf(files))).toEqual({
      ...{ totalBytes: 4_000_000_000, freeBytes: 500_000_000, budgetBytes: 400_000_000 },
    });
  });

  test('WebAssembly has a heap of 4 GB, whatever the computer has', () => {
    const files = { '/proc/meminfo': meminfo };
    expect(tellMemory(machineOf(files, undefined, 'wasm'))).toMatchObject({
      totalBytes: 4 * 1024 ** 3,
      freeBytes: 4 * 1024 ** 3,
    });
    expect(tellMemory(machineOf(files, 1e9, 'wasm')).totalBytes).toBe(1e9);
    expect(tellMemory(machineOf(files)).totalBytes).toBe(16_000_000 * 1024);
  });

  test("a limit of the process's own, and one that was wished: the tightest counts", () => {
    const files = {
      '/proc/meminfo': meminfo,
      '/proc/self/limits':
        'Limit                     Soft Limit           Hard Limit           Units\n' +
        'Max data size             2000000000           unlimited            bytes\n' +
        'Max address space         unlimited            unlimited            bytes\n',
      '/proc/self/status': 'VmSize:\t 900000 kB\nVmData:\t 500000 kB\n',
    };
    expect(machineOf(files)).toMatchObject({ limitBytes: 2e9, limitUsedBytes: 512e6 });
    expect(tellMemory(machineOf(files, 1e9))).toMatchObject({ totalBytes: 1e9, budgetBytes: 8e8 });
  });

  test('what the trainer itself holds from a sweep is free to a training in it, and not to a child beside it', () => {
    const status = 'VmRSS:\t 2100000 kB\nRssAnon:\t 2000000 kB\nRssFile:\t 100000 kB\n';
    const machine = machineOf({ '/proc/meminfo': meminfo, '/proc/self/status': status });
    expect(tellMemory(machine)).toMatchObject({ freeBytes: 10_000_000 * 1024, budgetBytes: 8_000_000 * 1024 });
    expect(besideBytes(machine)).toBe(6_400_000 * 1024);
    expect(memoryBudget(machine).reason).toMatch(/^9\.5 GB of 15\.3 GB memory are free/);
    expect(memoryBudget(machine).said).toEqual({
      code: 'budgetFree',
      values: { free: '9.5', total: '15.3', share: 80 },
    });
    const group = { '/sys/fs/cgroup/memory.max': '4000000000\n', '/sys/fs/cgroup/memory.current': '3000000000\n' };
    const limited = machineOf({ '/proc/meminfo': meminfo, '/proc/self/status': status, ...group });
    expect(tellMemory(limited).freeBytes).toBe(4e9 - (3e9 - 2_000_000 * 1024));
    expect(besideBytes(limited)).toBe(8e8);
    expect(memoryBudget(limited).said.code).toBe('budgetLimited');
    // Never more than the limit, whoever is charged for it.
    const wished = machineOf({ '/proc/meminfo': meminfo, '/proc/self/status': status }, 1e9);
    expect(tellMemory(wished).freeBytes).toBe(1e9);
  });

  test('a limit already exceeded leaves nothing, not less', () => {
    const memory = { availableBytes: 5, totalBytes: 10, limitBytes: 3, limitUsedBytes: 4 };
    expect(memoryBudget(memory).budgetBytes).toBe(0);
  });

  test('this machine says something', () => {
    const memory = machineMemory();
    expect(memory.availableBytes).toBeGreaterThan(0);
    expect(memory.totalBytes).toBeGreaterThan(memory.availableBytes);
  });
});
