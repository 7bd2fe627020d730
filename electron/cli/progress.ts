import { SingleBar } from 'cli-progress';
import type { BatchRow } from '../../shared/contract';
import type { JobEvent } from './pipelinePort';

/** Where a job's events become visible to a person. Everything goes to stderr; stdout is for results. */
export interface ProgressView {
  show(event: JobEvent): void;
  /** A line of its own, above the bar. */
  line(text: string): void;
  /** Takes the bar away. */
  end(): void;
}

export interface Terminal {
  readonly isTTY: boolean;
  readonly write: (text: string) => void;
  /** Seconds on a clock that never goes back. */
  readonly now: () => number;
}

/** How far a job is, whichever kind of event said so. */
export interface Standing {
  readonly done: number;
  readonly total: number;
  readonly text: string;
  readonly secondsLeft: number | undefined;
}

const plainLineEverySeconds = 10;

/** The standing that an event tells, or undefined when it tells something else. */
export function standingOf(event: JobEvent): Standing | undefined {
  switch (event.kind) {
    case 'progress':
      return { done: event.done, total: event.total, text: event.text, secondsLeft: event.secondsLeft };
    case 'step':
      return {
        done: event.step,
        total: event.steps,
        text: `training, round ${event.epoch}, loss ${event.total.toFixed(3)} (regression ${event.regression.toFixed(3)}, classification ${event.classification.toFixed(3)})`,
        secondsLeft: event.secondsLeft,
      };
    default:
      return undefined;
  }
}

/** Events that a person wants to keep: a line each. */
export function lineOf(event: JobEvent): string | undefined {
  switch (event.kind) {
    case 'epoch': {
      const found = event.mAP50 === null ? '' : `, mAP50 ${event.mAP50.toFixed(3)}`;
      const { total, regression, classification } = event.train;
      return (
        `round ${event.epoch} of ${event.epochs}: average loss ${total.toFixed(4)}, average regression loss ${regression.toFixed(4)}, ` +
        `average classification loss ${classification.toFixed(4)}${found}, rate ${event.learningRate.toPrecision(3)}. ${event.text}`
      );
    }
    case 'watch':
      return event.text;
    case 'row': {
      const measured =
        event.imagesPerSecond === null ? 'not tried' : `${event.imagesPerSecond.toFixed(1)} pictures a second`;
      return `batch ${event.batchSize}: ${megabytes(event.measuredBytes ?? event.predictedBytes)}, ${measured}, ${fitWords(event)}`;
    }
    default:
      return undefined;
  }
}

export function fitWords({ fits, limit }: Pick<BatchRow, 'fits' | 'limit'>): string {
  return fits ? 'fits' : limit === 'time' ? 'took too long' : 'does not fit';
}

/** "about 6 minutes left"; empty when nobody knows. */
export function timeLeft(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '';
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes left`;
  return `about ${(seconds / 3600).toFixed(1)} hours left`;
}

export function createProgressView(terminal: Terminal): ProgressView {
  return terminal.isTTY ? createBar(terminal) : createPlainLines(terminal);
}

/** For logs and pipes: a line about every ten seconds, and one at the end of a part. */
function createPlainLines({ write, now }: Terminal): ProgressView {
  let lastAt = -Infinity;
  return {
    show(event) {
      const line = lineOf(event);
      if (line !== undefined) write(`${line}\n`);
      const standing = standingOf(event);
      if (!standing || (now() - lastAt < plainLineEverySeconds && standing.done < standing.total)) return;
      lastAt = now();
      const left = timeLeft(standing.done < standing.total ? standing.secondsLeft : undefined);
      write(`${standing.text}: ${percentOf(standing)} %${left ? `, ${left}` : ''}\n`);
    },
    line: (text) => write(`${text}\n`),
    end: () => undefined,
  };
}

function createBar({ write }: Terminal): ProgressView {
  const bar = new SingleBar({
    format: '{bar} {percentage} % {left} {text}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    linewrap: false,
    fps: 10,
  });
  let standing: Standing | undefined;
  const payload = (at: Standing) => ({ text: at.text, left: timeLeft(at.secondsLeft) });
  const takeAway = (): void => {
    if (standing) bar.stop();
  };
  const putBack = (): void => {
    if (standing) bar.start(Math.max(1, standing.total), standing.done, payload(standing));
  };
  const line = (text: string): void => {
    takeAway();
    write(`${text}\n`);
    putBack();
  };
  return {
    show(event) {
      const text = lineOf(event);
      if (text !== undefined) line(text);
      const next = standingOf(event);
      if (!next) return;
      const isSameBar = standing?.total === next.total;
      if (!isSameBar) takeAway();
      standing = next;
      if (isSameBar) bar.update(next.done, payload(next));
      else putBack();
    },
    line,
    end() {
      takeAway();
      standing = undefined;
    },
  };
}

function percentOf({ done, total }: Standing): number {
  return total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 100;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
