import { describe, expect, test } from 'vitest';
import { detectionsOf, picture } from './testPictures';
import { chooseThreshold, thresholdCurve } from './thresholds';

const items = [
  picture('images/a', [{ category: 0, box: [0, 0, 20, 20] }]),
  picture('images/b', [{ category: 1, box: [0, 0, 20, 20] }]),
];
const detections = [
  detectionsOf([
    { category: 0, box: [0, 0, 20, 20], score: 0.8 },
    { category: 0, box: [50, 50, 20, 20], score: 0.4 },
  ]),
  detectionsOf([{ category: 1, box: [0, 0, 20, 20], score: 0.6 }]),
];

describe('thresholdCurve', () => {
  const curve = thresholdCurve(items, detections, 2);
  const at = (threshold: number) => curve.find((point) => point.threshold === threshold);

  test('counts what reaches the threshold, that itself included', () => {
    expect(at(0.4)).toEqual({ threshold: 0.4, precision: 2 / 3, recall: 1, falseAlarms: 50 });
    expect(at(0.41)).toEqual({ threshold: 0.41, precision: 1, recall: 1, falseAlarms: 0 });
    expect(at(0.7)).toEqual({ threshold: 0.7, precision: 1, recall: 0.5, falseAlarms: 0 });
    expect(at(0.9)).toEqual({ threshold: 0.9, precision: 0, recall: 0, falseAlarms: 0 });
  });

  test('recall and false alarms never rise with the threshold', () => {
    for (const [index, point] of curve.entries()) {
      const next = curve[index + 1];
      if (next === undefined) continue;
      expect(next.recall).toBeLessThanOrEqual(point.recall);
      expect(next.falseAlarms).toBeLessThanOrEqual(point.falseAlarms);
    }
  });

  test('the best threshold lies in the middle between the false alarm and the weakest part', () => {
    const { threshold, reason } = chooseThreshold(curve);
    expect(threshold).toBe(0.5);
    expect(reason).toContain('finds 100 % of the parts');
  });
});

test('without detections the usual threshold is kept, with the reason', () => {
  const { threshold, reason } = chooseThreshold(thresholdCurve(items, [[], []], 2));
  expect(threshold).toBe(0.5);
  expect(reason).toContain('Nothing was found');
});
