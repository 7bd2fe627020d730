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
  const curve = thresholdCurve(items, detections, ['nut', 'clip']);
  const at = (threshold: number) => curve.find((point) => point.threshold === threshold);
  const none = { wrongParts: 0, badBoxes: 0 };

  test('counts what reaches the threshold, that itself included', () => {
    const all = { nut: 1, clip: 1 };
    expect(at(0.4)).toMatchObject({ precision: 2 / 3, recall: 1, recallPerClass: all, falseAlarms: 50, ...none });
    expect(at(0.41)).toMatchObject({ precision: 1, recall: 1, recallPerClass: all, falseAlarms: 0, ...none });
    expect(at(0.7)).toMatchObject({ precision: 1, recall: 0.5, recallPerClass: { nut: 1, clip: 0 }, falseAlarms: 0 });
    expect(at(0.9)).toMatchObject({ precision: 0, recall: 0, recallPerClass: { nut: 0, clip: 0 }, falseAlarms: 0 });
  });

  test('a false alarm is where no part is: wrong names and bad boxes are counted apart', () => {
    const [point] = thresholdCurve(
      items,
      [
        detectionsOf([
          { category: 0, box: [0, 0, 20, 20], score: 0.9 }, // the nut
          { category: 1, box: [0, 0, 20, 20], score: 0.8 }, // the nut once more, as a clip
          { category: 0, box: [0, 0, 20, 18], score: 0.7 }, // the nut once more, as a nut
          { category: 0, box: [50, 50, 20, 20], score: 0.6 }, // nothing
        ]),
        detectionsOf([
          { category: 0, box: [0, 0, 20, 20], score: 0.8 }, // the clip, as a nut
          { category: 1, box: [12, 0, 20, 20], score: 0.7 }, // the clip, 8 of 32 columns
          { category: 1, box: [60, 0, 20, 20], score: 0.3 }, // nothing
        ]),
      ],
      ['nut', 'clip'],
    );
    // By hand, two pictures: 1 of 7 is right; 2 on nothing, 2 wrong names, 2 bad boxes.
    expect(point).toEqual({
      threshold: 0.01,
      precision: 1 / 7,
      recall: 1 / 2,
      recallPerClass: { nut: 1, clip: 0 },
      falseAlarms: 100,
      wrongParts: 100,
      badBoxes: 100,
    });
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
  const { threshold, reason } = chooseThreshold(thresholdCurve(items, [[], []], ['nut', 'clip']));
  expect(threshold).toBe(0.5);
  expect(reason).toContain('Nothing was found');
});
