import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrainerState } from '../../shared/bridge';
import type { ToTrainer } from '../../shared/trainerHostMessages';
import { createTrainerHost, type TrainerHost, type TrainerProcess } from './trainerHost';

/** A process that does what the test says. */
class Double implements TrainerProcess<string> {
  readonly sent: ToTrainer[] = [];
  readonly ports: string[] = [];
  killed = false;
  #tell: (message: unknown) => void = () => undefined;
  #exit: (code: number) => void = () => undefined;

  post(message: ToTrainer, ports: readonly string[] = []): void {
    this.sent.push(message);
    this.ports.push(...ports);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#tell = listener;
  }
  onExit(listener: (code: number) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed = true;
    this.exit(9);
  }
  tell(message: unknown): void {
    this.#tell(message);
  }
  exit(code: number): void {
    this.#exit(code);
  }
}

let processes: Double[];
let states: TrainerState[];
let busy: boolean[];
let host: TrainerHost<string>;
const last = (): Double => processes.at(-1) as Double;

beforeEach(() => {
  vi.useFakeTimers();
  processes = [];
  states = [];
  busy = [];
  host = createTrainerHost<string>({
    fork: () => {
      processes.push(new Double());
      return last();
    },
    allowed: () => ({ projects: ['/p'], picked: [] }),
    onState: (state) => void states.push(state),
    onBusy: (is) => void busy.push(is),
    log: () => undefined,
    readyWithinMs: 1000,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('starting', () => {
  test('hands over a port only when the process is ready, after the allowed paths', async () => {
    const connected = host.connect('port');
    await Promise.resolve();
    expect(last().sent).toEqual([]);
    last().tell({ type: 'ready' });
    await connected;
    expect(last().sent.map(({ type }) => type)).toEqual(['allow', 'connect']);
    expect(last().ports).toEqual(['port']);
    expect(states).toEqual(['starting', 'ready']);
  });

  test('ends a process that does not get ready', () => {
    vi.advanceTimersByTime(1001);
    expect(processes[0]?.killed).toBe(true);
    expect(processes).toHaveLength(2);
  });
});

describe('a process that dies of itself', () => {
  test('is started again, and is no longer busy', async () => {
    last().tell({ type: 'ready' });
    last().tell({ type: 'job', running: true });
    last().exit(139);
    expect(states).toEqual(['starting', 'ready', 'crashed', 'starting']);
    expect(busy).toEqual([true, false]);
    last().tell({ type: 'ready' });
    await host.connect('again');
    expect(processes[1]?.ports).toEqual(['again']);
  });

  test('again and again is given up, until somebody asks for it', async () => {
    for (let crash = 0; crash < 4; crash++) last().exit(1);
    expect(host.state()).toBe('stopped');
    expect(processes).toHaveLength(4);
    const connected = host.connect('port');
    last().tell({ type: 'ready' });
    await connected;
    expect(processes).toHaveLength(5);
    expect(last().ports).toEqual(['port']);
  });

  test('now and then is always started again', () => {
    for (let crash = 0; crash < 10; crash++) {
      vi.advanceTimersByTime(61_000);
      last().exit(1);
    }
    expect(host.state()).not.toBe('stopped');
  });

  test('fails those who wait when it is given up', async () => {
    const connected = host.connect('port');
    for (let crash = 0; crash < 4; crash++) last().exit(1);
    await expect(connected).rejects.toMatchObject({ code: 'engine' });
  });
});

describe('an end that was wanted', () => {
  test('is not followed by a start', () => {
    last().tell({ type: 'ready' });
    host.stop();
    expect(last().killed).toBe(true);
    expect(processes).toHaveLength(1);
    expect(states).not.toContain('crashed');
  });
});

describe('stopping a job', () => {
  beforeEach(() => {
    last().tell({ type: 'ready' });
    last().tell({ type: 'job', running: true });
  });

  test('asks first, and kills nothing when that helps', async () => {
    const stopped = host.ensureStopped(500);
    expect(last().sent.at(-1)).toEqual({ type: 'stopJob' });
    last().tell({ type: 'job', running: false });
    expect(await stopped).toEqual({ killed: false });
    await vi.advanceTimersByTimeAsync(1000);
    expect(last().killed).toBe(false);
  });

  test('kills the process after the grace and starts it again', async () => {
    const stopped = host.ensureStopped(500);
    await vi.advanceTimersByTimeAsync(501);
    expect(await stopped).toEqual({ killed: true });
    expect(processes).toHaveLength(2);
  });

  test('is no sign of a broken trainer, however often', async () => {
    for (let times = 0; times < 8; times++) {
      last().tell({ type: 'job', running: true });
      const stopped = host.ensureStopped(10);
      await vi.advanceTimersByTimeAsync(11);
      await stopped;
      last().tell({ type: 'ready' });
    }
    expect(host.state()).toBe('ready');
  });
});

test('new paths are known before the caller goes on', async () => {
  last().tell({ type: 'ready' });
  let known = false;
  const shared = host.shareAllowed().then(() => {
    known = true;
  });
  await Promise.resolve();
  expect(known).toBe(false);
  const allow = last().sent.at(-1);
  last().tell({ type: 'allowed', id: allow?.type === 'allow' ? allow.id : -1 });
  await shared;
});
