import type { TrainerState } from '../../shared/bridge';
import { LinesideError } from '../../shared/errors';
import { fromTrainer, type AllowedPaths, type ToTrainer } from '../../shared/trainerHostMessages';
import type { Said } from '../../shared/said';

/**
 * Owns the trainer's process: starts it, waits until it is ready, starts it again when it dies of itself, and gives up
 * when that happens again and again. Knows no Electron, so that its states can be tested.
 */

/** A running process: Electron's UtilityProcess, or a double in the tests. */
export interface TrainerProcess<P> {
  readonly post: (message: ToTrainer, ports?: readonly P[]) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once. */
  readonly onExit: (listener: (code: number) => void) => void;
  readonly kill: () => void;
}

export interface TrainerHostOptions<P> {
  readonly fork: () => TrainerProcess<P>;
  readonly allowed: () => AllowedPaths;
  readonly onState: (state: TrainerState) => void;
  /** Told when a long job begins and when it has ended, also by a crash. */
  readonly onBusy: (busy: boolean) => void;
  readonly log: (line: string) => void;
  readonly readyWithinMs?: number;
}

export interface TrainerHost<P> {
  readonly state: () => TrainerState;
  /** Whether a long job runs. */
  readonly busy: () => boolean;
  /** Hands a port to the trainer; waits while it starts, and starts it when it was given up. @throws 'engine' */
  readonly connect: (port: P) => Promise<void>;
  /** Makes sure that the trainer knows all allowed paths. */
  readonly shareAllowed: () => Promise<void>;
  /** Asks the running job to stop, and kills the process when it has not by then. */
  readonly ensureStopped: (withinMs: number) => Promise<{ readonly killed: boolean }>;
  /** Ends the process for good, when the app ends. */
  readonly stop: () => void;
}

/** More crashes than this within the time below, and the trainer is not started again by itself. */
const crashesTolerated = 3;
const crashWindowMs = 60_000;

export function createTrainerHost<P>(options: TrainerHostOptions<P>): TrainerHost<P> {
  const { fork, allowed, onState, onBusy, log, readyWithinMs = 60_000 } = options;
  let state: TrainerState = 'starting';
  let running: TrainerProcess<P> | undefined;
  let busy = false;
  let ended = false;
  let crashTimes: number[] = [];
  let nextAllowId = 0;
  const changeListeners = new Set<() => void>();
  const acknowledged = new Set<number>();

  const changed = (): void => {
    for (const listener of [...changeListeners]) listener();
  };
  const setState = (next: TrainerState): void => {
    state = next;
    onState(next);
    changed();
  };
  const setBusy = (next: boolean): void => {
    if (busy === next) return;
    busy = next;
    onBusy(next);
    changed();
  };

  const until = (condition: () => boolean, withinMs?: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => end(false), withinMs);
      const look = (): void => {
        if (condition()) end(true);
      };
      const end = (met: boolean): void => {
        clearTimeout(timer);
        changeListeners.delete(look);
        resolve(met);
      };
      changeListeners.add(look);
      look();
    });

  const start = (): void => {
    setState('starting');
    const started = fork();
    running = started;
    const timer = setTimeout(() => {
      log('the trainer did not get ready in time and is ended');
      started.kill();
    }, readyWithinMs);
    started.onMessage((message) => {
      const parsed = fromTrainer.safeParse(message);
      if (!parsed.success) return log('dropped a message of the trainer that is none of ours');
      if (parsed.data.type === 'job') return setBusy(parsed.data.running);
      if (parsed.data.type === 'allowed') {
        acknowledged.add(parsed.data.id);
        return changed();
      }
      clearTimeout(timer);
      started.post({ type: 'allow', id: nextAllowId++, paths: allowed() });
      setState('ready');
    });
    started.onExit((code) => {
      clearTimeout(timer);
      running = undefined;
      setBusy(false);
      if (ended) return;
      log(`the trainer has ended with ${code}`);
      setState('crashed');
      const now = performance.now();
      crashTimes = [...crashTimes.filter((time) => now - time < crashWindowMs), now];
      if (crashTimes.length > crashesTolerated) setState('stopped');
      else start();
    });
  };

  const shareAllowed = async (): Promise<void> => {
    if (state !== 'ready' || !running) return;
    const to = running;
    const id = nextAllowId++;
    to.post({ type: 'allow', id, paths: allowed() });
    // A trainer that ends meanwhile is told all paths when it starts again.
    await until(() => acknowledged.delete(id) || running !== to);
  };

  start();
  return {
    state: () => state,
    busy: () => busy,
    connect: async (port) => {
      if (state === 'stopped') {
        crashTimes = [];
        start();
      }
      await until(() => (state === 'ready' && running !== undefined) || state === 'stopped');
      if (!running) {
        const said: Said = { code: 'engineGone', values: {} };
        throw new LinesideError('engine', 'the part of Lineside that calculates cannot be started: restart Lineside', {
          said,
        });
      }
      running.post({ type: 'connect' }, [port]);
    },
    shareAllowed,
    ensureStopped: async (withinMs) => {
      if (busy) running?.post({ type: 'stopJob' });
      if (await until(() => !busy, withinMs)) return { killed: false };
      log('the job did not stop when asked, its process is ended');
      // An end that the operator wanted is no sign of a broken trainer.
      crashTimes = [];
      running?.kill();
      await until(() => !busy);
      return { killed: true };
    },
    stop: () => {
      ended = true;
      running?.kill();
    },
  };
}
