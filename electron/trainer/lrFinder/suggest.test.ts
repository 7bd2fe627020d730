import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../../shared/contract';
import { smooth } from './curve';
import { comparedWithRepeats, fineTuned, mergeCurves } from './find';
import { agreeing, consensusOf, lowestLoss, minimumTenth, steepest, valley } from './rules';
import { recipeRates } from '../training/plan';
import recordedSweeps from './recordedSweeps.json';
import { type LrSuggestion, suggest, suggestLinear } from './suggest';
import { recordedSweep } from '../training/recorded.testing';
import { syntheticCurve } from './synthetic.testing';

const fallback = { lowest: 6.4e-4, usual: 1e-3, highest: 2.56e-3 };
const flat = (value: number, steps = 60): CurvePoint[] =>
  syntheticCurve({ optimum: 1e-3, blowUp: 1e9, steps }).map(({ learningRate }) => ({
    learningRate,
    total: value,
    regression: value / 3,
    classification: (2 * value) / 3,
  }));

describe('lrFinder rules on a curve without noise', () => {
  // Falls around 2e-3; 1 − 0.5σ(x/0.2) + 0.3·e^((x−1)/0.08) is lowest where 0.5σ(1−σ)/0.2 = 0.3·e^(…)/0.08: x = 0.65.
  const curve = smooth(syntheticCurve({ optimum: 2e-3 }), 'total');
  const lowest = 2e-3 * 10 ** 0.65;

  test('lowestLoss is a quarter, minimumTenth a tenth of the rate with the lowest loss', () => {
    const quarter = lowestLoss(curve)?.learningRate ?? 0;
    expect(quarter / (lowest / 4)).toBeGreaterThan(0.75);
    expect(quarter / (lowest / 4)).toBeLessThan(1.33);
    expect(minimumTenth(curve)?.learningRate).toBeCloseTo(quarter * 0.4, 9);
  });

  test('steepest is at the middle of the fall, valley in the middle of the longest run', () => {
    expect((steepest(curve)?.learningRate ?? 0) / 2e-3).toBeGreaterThan(0.75);
    expect((steepest(curve)?.learningRate ?? 0) / 2e-3).toBeLessThan(1.5);
    expect((valley(curve)?.learningRate ?? 0) / 2e-3).toBeGreaterThan(0.6);
    expect((valley(curve)?.learningRate ?? 0) / 2e-3).toBeLessThan(1.7);
  });

  test('consensus is the middle on the logarithmic scale', () => {
    const rules = [1e-3, 2e-3, 8e-3, 1].map((learningRate) => ({ rule: 'valley' as const, learningRate, reason: '' }));
    expect(consensusOf(rules)).toBeCloseTo(4e-3, 12);
    expect(agreeing(rules, 3)).toBe(2);
    expect(agreeing(rules, 4.1)).toBe(3);
  });
});

describe('lrFinder suggest', () => {
  // A synthetic curve blows up at ten times its steepest fall: the schedule's peak is a third of that.
  const peakOf = (steepestAt: number): number => (10 * steepestAt) / 3;

  test('a clear curve: sure, near a third of the known divergence, four rules, both correlations negative', () => {
    const found = suggest(syntheticCurve({ optimum: 4e-3, noise: 0.05, fall: 0.6 }), fallback);
    expect(found.confidence).toBe('sure');
    expect(found.learningRate).toBeGreaterThan(peakOf(4e-3) / 2);
    expect(found.learningRate).toBeLessThan(peakOf(4e-3) * 1.5);
    expect(found.suggestions.map(({ rule }) => rule)).toEqual(['lowestLoss', 'steepest', 'valley', 'minimumTenth']);
    expect(found.correlation.regression).toBeLessThan(-0.5);
    expect(found.correlation.classification).toBeLessThan(-0.5);
    expect(found.reason).toMatch(
      /^All four rules agree that learning takes off at about 0\.00\d+; the loss is lowest at/,
    );
  });

  test('within 3× of the known peak wherever it lies, for noise as of batches of 16', () => {
    fc.assert(
      fc.property(fc.double({ min: -3.5, max: -2, noNaN: true }), fc.nat(1e6), (exponent, seed) => {
        const optimum = 10 ** exponent;
        const { learningRate } = suggest(syntheticCurve({ optimum, noise: 0.12, fall: 0.6, seed }), fallback);
        expect(learningRate).toBeGreaterThanOrEqual(peakOf(optimum) / 3);
        expect(learningRate).toBeLessThanOrEqual(peakOf(optimum) * 3);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  test('three noisy sweeps averaged are as good as one calm one', () => {
    fc.assert(
      fc.property(fc.double({ min: -3.5, max: -2, noNaN: true }), fc.nat(1e6), (exponent, seed) => {
        const optimum = 10 ** exponent;
        const sweeps = [0, 1, 2].map((repeat) =>
          syntheticCurve({ optimum, noise: 0.2, fall: 0.6, seed: seed + repeat }),
        );
        const { learningRate } = suggest(mergeCurves(sweeps), fallback);
        expect(learningRate).toBeGreaterThanOrEqual(peakOf(optimum) / 3);
        expect(learningRate).toBeLessThanOrEqual(peakOf(optimum) * 3);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  test('recommends from the part loss that turns up first', () => {
    const late = syntheticCurve({ optimum: 8e-3, blowUp: 10 });
    const early = syntheticCurve({ optimum: 1e-3, blowUp: 10 });
    const curve = early.map((point, index) => {
      const classification = late[index]?.classification ?? 0;
      return { ...point, classification, total: point.regression + classification };
    });
    const found = suggest(curve, fallback);
    expect(found.divergence.regression).toBeLessThan(0.012);
    expect(found.learningRate).toBeGreaterThan(peakOf(1e-3) / 2);
    expect(found.learningRate).toBeLessThan(peakOf(1e-3) * 1.5);
    expect(found.reason).toContain('regression loss turns up');
  });

  test('a curve that never turns up is not called sure', () => {
    const found = suggest(syntheticCurve({ optimum: 4e-3, blowUp: 1e9 }), fallback);
    expect(found.confidence).not.toBe('sure');
    expect(found.divergence).toEqual({});
  });

  test('rules far apart: not reliable, within the rates of published recipes, with the remedy', () => {
    // falls fast at 3e-5, then creeps down to its lowest near 0.1
    const curve = flat(6).map(({ learningRate }) => {
      const x = Math.log10(learningRate);
      const total = 6 - 3 / (1 + Math.exp(-(x + 4.4) / 0.08)) - 0.12 * (x + 5) + 20 * Math.exp((x + 0.2) / 0.05);
      return { learningRate, total, regression: total / 3, classification: (2 * total) / 3 };
    });
    const found = suggest(curve, fallback);
    expect(found.confidence).toBe('notReliable');
    expect(found.learningRate).toBeGreaterThanOrEqual(fallback.lowest);
    expect(found.learningRate).toBeLessThanOrEqual(2.6e-3);
    expect(found.reason).toMatch(/not reliable.*times apart.*More pictures or a larger batch/);
  });

  test.each([
    ['flat', flat(5), /hardly changed with the rate/],
    ['short', flat(5).slice(0, 6), /only 6 usable points/],
    ['empty', [], /only 0 usable points/],
    ['not a number', flat(NaN), /not a number from the first step on/],
    ['infinite', flat(Infinity), /not a number from the first step on/],
  ])('%s curve: the usual rate, and why', (_, curve, reason) => {
    const found = suggest(curve, fallback);
    expect(found).toMatchObject({ confidence: 'notReliable', suggestions: [] });
    expect(found.reason).toMatch(reason);
    expect(found.learningRate).toBeLessThanOrEqual(fallback.usual);
    expect(found.learningRate).toBeGreaterThan(0);
  });

  test('pure noise is hardly ever taken for a curve, and never called sure', () => {
    const found = Array.from({ length: 300 }, (_, seed) =>
      suggest(syntheticCurve({ optimum: 1e-3, fall: 0, blowUp: 1e9, noise: 0.15, seed }), fallback),
    );
    expect(found.filter(({ confidence }) => confidence === 'sure')).toEqual([]);
    const trusted = found.filter(({ confidence }) => confidence !== 'notReliable');
    expect(trusted.length).toBeLessThan(0.05 * found.length);
    for (const { learningRate, doubt } of found.filter(({ confidence }) => confidence === 'notReliable')) {
      expect(learningRate, doubt).toBeLessThanOrEqual(fallback.highest);
    }
  });

  test.each(['usual', 'thorough'] as const)('a real %s sweep: near the best rate of the grid', (name) => {
    // docs/studies/lr-grid-practice: trainings at 0.009 to 0.03 end alike, at 0.081 clearly worse.
    const recipes = { lowest: 3.2e-4, usual: 5e-4, highest: 1.3e-3 };
    const found = suggest(recordedSweep(name), recipes);
    expect(found.confidence).not.toBe('notReliable');
    expect(found.learningRate).toBeGreaterThan(0.009);
    expect(found.learningRate).toBeLessThan(0.04);
    expect(found.suggestions).toHaveLength(4);
    for (const rate of Object.values(found.divergence)) expect(rate).toBeGreaterThan(0.04);
    for (const one of [found.correlation.regression, found.correlation.classification]) expect(one).toBeLessThan(-0.5);
  });

  test.each([0.35, 0.6])('a fall by %f is seen through noise', (fall) => {
    const seen = Array.from({ length: 300 }, (_, seed) =>
      suggest(syntheticCurve({ optimum: 2e-3, fall, noise: 0.08, seed, steps: 36 }), fallback),
    ).filter(({ confidence }) => confidence !== 'notReliable');
    expect(seen.length).toBeGreaterThan(0.95 * 300);
  });

  test('a loss that rises from the lowest rate on is told as that, in finite words', () => {
    const rising = syntheticCurve({ optimum: 4e-3 }).map(({ learningRate }) => {
      const total = 5 * (1 + 3 * learningRate * 1e3);
      return { learningRate, total, regression: total / 4, classification: (3 * total) / 4 };
    });
    const found = suggest(rising, fallback);
    expect(found).toMatchObject({ confidence: 'notReliable', doubt: 'tooShort', suggestions: [] });
    expect(found.reason).toMatch(/rose from the lowest rate on/);
  });

  test('the pick is never above a third of the rate at which a loss turns up', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { maxLength: 80 }), (values) => {
        const curve = values.map((total, index) => ({
          learningRate: 1e-5 * 1.2 ** index,
          total,
          regression: total / 4,
          classification: (3 * total) / 4,
        }));
        const { learningRate, divergence } = suggest(curve, fallback);
        expect(learningRate).toBeGreaterThan(0);
        for (const rate of Object.values(divergence).filter((each) => each !== undefined))
          expect(learningRate).toBeLessThanOrEqual((rate / 3) * 1.05);
      }),
    );
  });
});

describe('lrFinder suggestLinear', () => {
  const pointOf = ([learningRate = NaN, regression = NaN, classification = NaN]: readonly number[]): CurvePoint => ({
    learningRate,
    regression,
    classification,
    total: regression + classification,
  });

  // Recorded with `lineside find-lr --sweep linear --seed 1` and its usual settings. The rates are those of the grids in
  // docs/studies/lr-grid-*: within them a whole training ends within 0.015 mAP50 of the best.
  test.each([
    ['bccd', 0.0095, 0.045],
    ['practice', 0.009, 0.03],
  ] as const)('a sweep on %s as it was measured: a rate that trains well', (name, lowest, highest) => {
    const { linear, fine, batchSize } = recordedSweeps[name];
    const found = fineTuned(suggestLinear(linear.map(pointOf), recipeRates(batchSize)), fine.map(pointOf));
    expect(found.confidence).toBe('fairlySure');
    expect(found.learningRate).toBeGreaterThanOrEqual(lowest);
    expect(found.learningRate).toBeLessThanOrEqual(highest);
  });

  test('backs off to the lowest loss, and to a third of where it rose or of all that was tried', () => {
    const linear = (lossOf: (rate: number) => number): CurvePoint[] =>
      Array.from({ length: 36 }, (_, at) => 0.0006 + at * 0.0025).map((rate) =>
        pointOf([rate, lossOf(rate) / 4, (3 * lossOf(rate)) / 4]),
      );
    const rises = suggestLinear(
      linear((rate) => 6 - 100 * Math.min(rate, 0.04) + 400 * Math.max(0, rate - 0.04)),
      fallback,
    );
    expect(rises).toMatchObject({ confidence: 'fairlySure', doubt: 'oneSweep' });
    const turns = Math.min(...Object.values(rises.divergence).filter((rate) => rate !== undefined));
    expect(turns).toBeGreaterThan(0.04);
    expect(rises.learningRate).toBeCloseTo(turns / 3, 3);
    const falls = suggestLinear(
      linear((rate) => 6 - 40 * rate),
      fallback,
    );
    expect(falls).toMatchObject({ confidence: 'fairlySure', doubt: 'neverTurnsUp', divergence: {} });
    expect(falls.learningRate).toBeCloseTo((0.0006 + 35 * 0.0025) / 3, 3);
  });
});

describe('lrFinder judgement', () => {
  const read: LrSuggestion = {
    ...suggest(syntheticCurve({ optimum: 4e-3 }), fallback),
    learningRate: 0.004,
  };
  const point = (learningRate: number, total: number): CurvePoint => ({
    learningRate,
    total,
    regression: 0,
    classification: total,
  });

  test('sweeps that contradict each other lower the confidence', () => {
    expect(read.confidence).toBe('sure');
    const beside = (learningRate: number) => comparedWithRepeats(read, [read, { ...read, learningRate }]);
    expect(beside(0.006).confidence).toBe('sure');
    expect(beside(0.01)).toMatchObject({ confidence: 'fairlySure', doubt: 'sweepsDiffer', learningRate: 0.004 });
    expect(beside(0.013)).toMatchObject({ confidence: 'notReliable', doubt: 'sweepsDisagree' });
    expect(beside(0.013).reason).toMatch(/0\.004 to 0\.013: more pictures/);
    expect(comparedWithRepeats(read, [read])).toMatchObject({ confidence: 'fairlySure', doubt: 'oneSweep' });
  });

  test('fine-tuning takes the best rate, the lower of two alike, and none beyond a half of the divergence', () => {
    const late = { ...read, divergence: { total: 0.03, classification: 0.018 } };
    expect(fineTuned(late, [point(0.003, 5), point(0.004, 4.5), point(0.005, 4.48)]).learningRate).toBe(0.004);
    expect(fineTuned(late, [point(0.003, 5), point(0.005, 4)]).learningRate).toBe(0.005);
    expect(fineTuned(late, [point(0.003, 5), point(0.008, 4), point(0.01, 3)]).learningRate).toBe(0.008);
    expect(fineTuned(late, [])).toBe(late);
    expect(fineTuned(late, [point(0.003, 5)]).reason).toContain('Fine-tuning in small steps');
  });
});
