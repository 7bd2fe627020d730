import type { Schedule, ScheduleKind } from '../../../shared/contract';
import { twoDigits } from '../twoDigits';

/**
 * The usual shape of each kind for a peak rate and a number of steps.
 * - cosine: warm-up over a twentieth of the run, 10 to 100 steps, down to a hundredth of the peak (SGDR, Loshchilov 2017; warm-up: Goyal 2017).
 * - triangular: base where learning takes off (Smith 2017, section 3.3), at least a twentieth and at most half of the top; three cycles.
 * - oneCycle: rises over 30 % from 1/25, ends at 1/10,000 of the start (Smith 2018, as in PyTorch).
 * - step: a tenth at two thirds and at five sixths (SSD paper, section 3.1: 80k and 100k of 120k).
 *
 * @param takeOff rate at which the finder saw learning take off; absent, or not below the peak: a quarter of it
 * @throws RangeError for a peak or a number of steps that is not positive.
 */
export function planSchedule(kind: ScheduleKind, peak: number, steps: number, takeOff?: number): Schedule {
  if (!(peak > 0) || !Number.isInteger(steps) || steps < 1) throw new RangeError(`rate ${peak} over ${steps} steps`);
  const warmUpSteps = Math.min(Math.floor(steps / 3), Math.max(10, Math.min(100, Math.round(steps / 20))));
  switch (kind) {
    case 'cosine':
      return { kind, peak, steps, warmUpSteps, floor: peak / 100 };
    case 'triangular':
      return {
        kind,
        base: baseFor(peak, takeOff),
        top: peak,
        steps,
        halfCycleSteps: Math.max(1, Math.round(steps / 6)),
      };
    case 'oneCycle':
      return { kind, peak, steps, riseSteps: Math.round(0.3 * steps), start: peak / 25, end: peak / 25 / 1e4 };
    case 'step':
      return {
        kind,
        peak,
        steps,
        warmUpSteps,
        drops: [Math.round((steps * 2) / 3), Math.round((steps * 5) / 6)],
        factor: 0.1,
      };
    default:
      return kind satisfies never;
  }
}

/** Nearer to the top than half it hardly swings; below a twentieth it learns nothing in the lower half of a cycle. */
const highestBase = 1 / 2;
const lowestBase = 1 / 20;
/** Smith 2017, section 3.3: a third or a quarter of the top where no sweep tells better. */
const usualBase = 1 / 4;

function baseFor(top: number, takeOff: number | undefined): number {
  if (takeOff === undefined || takeOff >= top) return usualBase * top;
  return Math.min(highestBase * top, Math.max(lowestBase * top, takeOff));
}

/** Rate of a step, from 0; after the last step it stays at what the schedule ends with. */
export function rateAt(schedule: Schedule, step: number): number {
  const at = Math.min(Math.max(0, step), schedule.steps - 1);
  switch (schedule.kind) {
    case 'cosine': {
      const { peak, steps, warmUpSteps, floor } = schedule;
      if (at < warmUpSteps) return (peak * (at + 1)) / warmUpSteps;
      return cosine(peak, floor, (at - warmUpSteps) / Math.max(1, steps - 1 - warmUpSteps));
    }
    case 'triangular': {
      const { base, top, halfCycleSteps } = schedule;
      const inCycle = (at / halfCycleSteps) % 2; // 0 base, 1 top, 2 base again
      return base + (top - base) * (1 - Math.abs(inCycle - 1));
    }
    case 'oneCycle': {
      const { peak, steps, riseSteps, start, end } = schedule;
      if (at < riseSteps) return cosine(start, peak, at / riseSteps);
      return cosine(peak, end, (at - riseSteps) / Math.max(1, steps - 1 - riseSteps));
    }
    case 'step': {
      const { peak, warmUpSteps, drops, factor } = schedule;
      if (at < warmUpSteps) return (peak * (at + 1)) / warmUpSteps;
      return peak * factor ** drops.filter((drop) => drop <= at).length;
    }
    default:
      return schedule satisfies never;
  }
}

/** The rate over the run for a drawing, [step, rate]: at most so many points, the first and the last step among them. */
export function drawnRates(schedule: Schedule, points: number): [step: number, rate: number][] {
  const last = schedule.steps - 1;
  const count = Math.max(2, Math.min(points, schedule.steps));
  const steps = Array.from({ length: count }, (_, index) => Math.round((index * last) / (count - 1)));
  return [...new Set(steps)].map((step) => [step, rateAt(schedule, step)]);
}

/** Highest rate that the schedule reaches. */
export function peakRate(schedule: Schedule): number {
  return schedule.kind === 'triangular' ? schedule.top : schedule.peak;
}

/** While the rate is high the result jumps and improves again once it falls; below this share of the peak it is settling. */
const decayedShare = 0.2;

/**
 * Whether the result of a round can be taken as settled: its rate has decayed below a fifth of the peak, or, where the rate
 * swings, the round ends nearer than any other to the end of a cycle.
 * @param steps done at the round's end
 * @param perRound steps in a round
 */
export function isSettled(schedule: Schedule, steps: number, perRound: number): boolean {
  if (schedule.kind !== 'triangular') return rateAt(schedule, steps - 1) <= decayedShare * peakRate(schedule);
  const cycle = 2 * schedule.halfCycleSteps;
  const nearest = cycle * Math.round(steps / cycle);
  return nearest > 0 && Math.abs(steps - nearest) <= perRound / 2;
}

/** The same shape with all rates multiplied: after a roll-back. */
export function scaleSchedule(schedule: Schedule, factor: number): Schedule {
  switch (schedule.kind) {
    case 'cosine':
      return { ...schedule, peak: schedule.peak * factor, floor: schedule.floor * factor };
    case 'triangular':
      return { ...schedule, base: schedule.base * factor, top: schedule.top * factor };
    case 'oneCycle':
      return { ...schedule, peak: schedule.peak * factor, start: schedule.start * factor, end: schedule.end * factor };
    case 'step':
      return { ...schedule, peak: schedule.peak * factor };
    default:
      return schedule satisfies never;
  }
}

/** The schedule in one sentence for the operator. */
export function scheduleSentence(schedule: Schedule): string {
  const peak = twoDigits(peakRate(schedule));
  switch (schedule.kind) {
    case 'cosine':
      return `It learns faster and faster for ${schedule.warmUpSteps} steps, up to ${peak}, then more and more carefully, down to ${twoDigits(schedule.floor)} at step ${schedule.steps}.`;
    case 'triangular':
      return `It swings between ${twoDigits(schedule.base)} and ${peak}, up and down again every ${2 * schedule.halfCycleSteps} steps, ${schedule.steps} steps in all.`;
    case 'oneCycle':
      return `It rises from ${twoDigits(schedule.start)} to ${peak} by step ${schedule.riseSteps}, then falls almost to nothing at step ${schedule.steps}.`;
    case 'step':
      return `It learns at ${peak} after ${schedule.warmUpSteps} steps of warm-up, and ${1 / schedule.factor} times more carefully from each of the steps ${schedule.drops.join(' and ')} on, ${schedule.steps} steps in all.`;
    default:
      return schedule satisfies never;
  }
}

/** Half a cosine wave from one value to another; share 0…1. */
function cosine(from: number, to: number, share: number): number {
  return to + 0.5 * (from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)));
}
