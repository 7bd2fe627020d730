import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schedule as scheduleSchema, type ScheduleKind } from '../../../shared/contract';
import { drawnRates, isSettled, peakRate, planSchedule, rateAt, scaleSchedule, scheduleSentence } from './schedule';

const kinds: readonly ScheduleKind[] = ['cosine', 'triangular', 'oneCycle', 'step'];

describe('training schedule', () => {
  test('cosine: warm-up in equal steps to the peak, half way in the middle of the rest, the floor at the end', () => {
    const schedule = { kind: 'cosine', peak: 0.008, steps: 111, warmUpSteps: 10, floor: 0.002 } as const;
    expect(rateAt(schedule, 0)).toBeCloseTo(0.0008, 12);
    expect(rateAt(schedule, 4)).toBeCloseTo(0.004, 12);
    expect(rateAt(schedule, 9)).toBeCloseTo(0.008, 12);
    expect(rateAt(schedule, 10)).toBeCloseTo(0.008, 12);
    expect(rateAt(schedule, 60)).toBeCloseTo(0.005, 12);
    expect(rateAt(schedule, 35)).toBeCloseTo(0.002 + 0.003 * (1 + Math.SQRT1_2), 12);
    expect(rateAt(schedule, 110)).toBeCloseTo(0.002, 12);
    expect(rateAt(schedule, 500)).toBeCloseTo(0.002, 12);
  });

  test("triangular: Smith's formula base + (top − base) · max(0, 1 − |step / half − 2 · cycle + 1|)", () => {
    const schedule = { kind: 'triangular', base: 0.001, top: 0.004, steps: 60, halfCycleSteps: 10 } as const;
    for (let step = 0; step < 60; step++) {
      const cycle = Math.floor(1 + step / 20);
      const x = Math.abs(step / 10 - 2 * cycle + 1);
      expect(rateAt(schedule, step)).toBeCloseTo(0.001 + 0.003 * Math.max(0, 1 - x), 12);
    }
  });

  test('triangular: the base is where the sweep saw learning take off, a quarter of the top where it saw none below it', () => {
    const baseFor = (takeOff?: number): number => {
      const schedule = planSchedule('triangular', 0.012, 60, takeOff);
      return schedule.kind === 'triangular' ? schedule.base : NaN;
    };
    expect(baseFor()).toBeCloseTo(0.003, 12);
    expect(baseFor(0.0019)).toBe(0.0019);
    expect(baseFor(0.0049)).toBe(0.0049);
    expect(baseFor(0.0001)).toBeCloseTo(0.0006, 12);
    expect(baseFor(0.009)).toBeCloseTo(0.006, 12);
    expect(baseFor(0.012)).toBeCloseTo(0.003, 12);
    expect(baseFor(0.02)).toBeCloseTo(0.003, 12);
  });

  test('triangular: whatever the sweep saw, it swings from at least a twentieth to at most half of the top', () => {
    const rate = fc.double({ min: 1e-7, max: 1, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 6, max: 2000 }), (peak, takeOff, steps) => {
        const schedule = planSchedule('triangular', peak, steps, takeOff);
        const lowest = Math.min(...Array.from({ length: steps }, (_, step) => rateAt(schedule, step)));
        expect(lowest / peak).toBeGreaterThanOrEqual(0.05 - 1e-12);
        expect(lowest / peak).toBeLessThanOrEqual(0.5 + 1e-12);
        if (takeOff >= peak / 20 && takeOff <= peak / 2) expect(lowest).toBeCloseTo(takeOff, 12);
      }),
    );
  });

  test('settled: once it has decayed to a fifth; where it swings, at the round nearest to the end of a cycle', () => {
    const settled = (kind: ScheduleKind, rounds: number, perRound: number): number[] => {
      const schedule = planSchedule(kind, 0.01, rounds * perRound);
      return Array.from({ length: rounds }, (_, index) => index + 1).filter((round) =>
        isSettled(schedule, round * perRound, perRound),
      );
    };
    expect(settled('triangular', 30, 20)).toEqual([10, 20, 30]);
    // Cycles of 66 steps: their ends 66, 132 and 198 lie nearest to these rounds of 13.
    expect(settled('triangular', 15, 13)).toEqual([5, 10, 15]);
    expect(settled('step', 12, 10)).toEqual([9, 10, 11, 12]);
    const cosine = settled('cosine', 30, 20);
    expect(cosine).toEqual([22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  test('drawn: from the first step to the last, each with its rate, no more points than asked for', () => {
    const schedule = planSchedule('cosine', 0.01, 481);
    const points = drawnRates(schedule, 120);
    expect(points).toHaveLength(120);
    expect(points[0]).toEqual([0, rateAt(schedule, 0)]);
    expect(points.at(-1)).toEqual([480, rateAt(schedule, 480)]);
    expect(points.every(([step, rate]) => rate === rateAt(schedule, step))).toBe(true);
    expect(drawnRates(planSchedule('step', 0.01, 5), 120).map(([step]) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(drawnRates(planSchedule('step', 0.01, 1), 120)).toEqual([[0, 0.01]]);
  });

  test('every kind is what the contract says, so that a run can be gone on with', () => {
    for (const kind of kinds) {
      const planned = planSchedule(kind, 0.004, 300);
      expect(scheduleSchema.parse(JSON.parse(JSON.stringify(planned)))).toEqual(planned);
    }
  });

  test('oneCycle: start, peak, end', () => {
    const schedule = planSchedule('oneCycle', 0.01, 101);
    expect(rateAt(schedule, 0)).toBeCloseTo(0.0004, 12);
    expect(rateAt(schedule, 15)).toBeCloseTo((0.0004 + 0.01) / 2, 12);
    expect(rateAt(schedule, 30)).toBeCloseTo(0.01, 12);
    expect(rateAt(schedule, 100)).toBeCloseTo(4e-8, 15);
  });

  test('step: a tenth at two thirds and a hundredth at five sixths, as 80k and 100k of 120k', () => {
    const schedule = planSchedule('step', 0.001, 120_000);
    expect(rateAt(schedule, 79_999)).toBeCloseTo(1e-3, 12);
    expect(rateAt(schedule, 80_000)).toBeCloseTo(1e-4, 12);
    expect(rateAt(schedule, 100_000)).toBeCloseTo(1e-5, 12);
  });

  test('every kind: positive, never above its peak, reaches it, and scales as a whole', () => {
    const peaks = fc.double({ min: 1e-5, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), peaks, fc.integer({ min: 1, max: 2000 }), (kind, peak, steps) => {
        const schedule = planSchedule(kind, peak, steps);
        const rates = Array.from({ length: steps + 2 }, (_, step) => rateAt(schedule, step));
        const highest = Math.max(...rates);
        expect(Math.min(...rates)).toBeGreaterThan(0);
        expect(highest).toBeLessThanOrEqual(peak * (1 + 1e-9));
        if (steps >= 12) expect(highest).toBeGreaterThan(0.99 * peak);
        expect(peakRate(schedule)).toBe(peak);
        expect(rates[steps]).toBe(rates[steps - 1]);
        const half = scaleSchedule(schedule, 0.5);
        expect(rateAt(half, Math.floor(steps / 2))).toBeCloseTo(0.5 * (rates[Math.floor(steps / 2)] ?? 0), 12);
      }),
      { numRuns: 200 },
    );
  });

  test('cosine rises, then falls, with no jump', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 3000 }), (steps) => {
        const schedule = planSchedule('cosine', 1, steps);
        const warmUp = schedule.kind === 'cosine' ? schedule.warmUpSteps : 0;
        const rates = Array.from({ length: steps }, (_, step) => rateAt(schedule, step));
        const changes = rates.slice(1).map((rate, index) => rate - (rates[index] ?? 0));
        expect(Math.min(...changes.slice(0, warmUp - 1))).toBeGreaterThan(0);
        expect(Math.max(...changes.slice(warmUp - 1))).toBeLessThanOrEqual(0);
        expect(Math.max(...changes.map(Math.abs))).toBeLessThanOrEqual(1 / warmUp + 1e-9);
      }),
    );
  });

  test('one sentence each, with the peak', () => {
    for (const kind of kinds) expect(scheduleSentence(planSchedule(kind, 0.0042, 300))).toMatch(/^It .*0\.0042.*\.$/);
    expect(scheduleSentence(planSchedule('step', 0.001, 120))).toContain(
      '10 times more carefully from each of the steps 80 and 100 on',
    );
  });

  test('a rate or a number of steps that makes no sense is refused with its value', () => {
    expect(() => planSchedule('cosine', 0, 10)).toThrow('rate 0 over 10 steps');
    expect(() => planSchedule('cosine', 0.1, 0)).toThrow('rate 0.1 over 0 steps');
  });
});
