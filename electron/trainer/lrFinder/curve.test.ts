import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divergenceOf, median, smooth, spearman } from './curve';
import { syntheticCurve } from './synthetic.testing';

describe('lrFinder curve', () => {
  test('Spearman by hand: 1, 2, 3, 4 against 2, 1, 4, 3 is 1 − 6·4 / (4·15) = 0.6; ties share their rank', () => {
    expect(spearman([1, 2, 3, 4], [2, 1, 4, 3])).toBeCloseTo(0.6, 12);
    // ranks 1.5, 1.5, 3 against 1, 2, 3: covariance 1.5, squares 1.5 and 2
    expect(spearman([5, 5, 7], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
    expect(spearman([1, 2, 3], [4, 4, 4])).toBe(0);
    expect(spearman([1, 2], [1, 2])).toBe(0);
    expect(() => spearman([1], [1, 2])).toThrow('1 values against 2');
  });

  test('Spearman knows order only: any rising map of the rates leaves it as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3 }), (values) => {
        const positions = values.map((_, index) => index);
        expect(spearman(positions, values)).toBeCloseTo(spearman(positions.map(Math.exp), values), 9);
      }),
    );
  });

  test('median of an even and an odd number of values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBe(0);
  });

  test('smoothing leaves a power law as it is, slope included, and removes a single outlier', () => {
    const curve = syntheticCurve({ optimum: 1e-3 }).map(({ learningRate }) => {
      const total = learningRate ** -0.25;
      return { learningRate, total, regression: total, classification: total };
    });
    const clean = smooth(curve, 'total');
    expect(clean.slope[30]).toBeCloseTo(-0.25 * Math.LN10, 6);
    expect(clean.logLoss[30]).toBeCloseTo(Math.log(curve[30]?.total ?? 0), 6);
    const spoilt = curve.map((point, index) => (index === 30 ? { ...point, total: point.total * 3 } : point));
    expect(Math.abs((smooth(spoilt, 'total').logLoss[30] ?? 0) - (clean.logLoss[30] ?? 0))).toBeLessThan(0.05);
  });

  test('divergence lies between the optimum and the blow-up, and is absent from a curve that only falls', () => {
    const rate = divergenceOf(smooth(syntheticCurve({ optimum: 2e-3, blowUp: 10 }), 'regression')) ?? 0;
    expect(rate).toBeGreaterThan(2e-3 * 4);
    expect(rate).toBeLessThan(2e-3 * 12);
    expect(divergenceOf(smooth(syntheticCurve({ optimum: 2e-3, blowUp: 1e9 }), 'total'))).toBeUndefined();
  });

  test('how far a loss flies apart does not move where it turns up, nor the loss before', () => {
    const curve = syntheticCurve({ optimum: 2e-3, blowUp: 10 });
    const apart = 4 * Math.min(...curve.map(({ total }) => total));
    const wild = curve.map((point) => (point.total > apart ? { ...point, total: point.total * 1e6 } : point));
    expect(wild).not.toEqual(curve);
    expect(divergenceOf(smooth(wild, 'total'))).toBe(divergenceOf(smooth(curve, 'total')));
    expect(smooth(wild, 'total').logLoss).toEqual(smooth(curve, 'total').logLoss);
  });

  test('a loss that is not a number is where the curve diverges', () => {
    const falling = syntheticCurve({ optimum: 2e-3, blowUp: 1e9 }).slice(0, 50);
    const last = { learningRate: 0.2, total: NaN, regression: NaN, classification: NaN };
    expect(divergenceOf(smooth([...falling, last], 'classification'))).toBe(0.2);
    expect(divergenceOf(smooth([last], 'total'))).toBe(0.2);
  });
});
