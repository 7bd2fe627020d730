import { expect, test } from 'vitest';
import { compareWithTruth, countClass } from './confusion';
import { detectionsOf, picture } from './testPictures';

const item = picture('images/tray.jpg', [
  { category: 0, box: [0, 0, 20, 20] },
  { category: 0, box: [40, 0, 20, 20] },
  { category: 1, box: [0, 40, 20, 20] },
  { category: 1, box: [40, 40, 20, 20], difficult: true },
  { category: 1, box: [80, 80, 20, 20] },
]);
const detections = detectionsOf([
  { category: 0, box: [1, 0, 20, 20], score: 0.9 }, // the first part
  { category: 0, box: [2, 0, 20, 20], score: 0.8 }, // the same part again: one box too many, though a part is there
  { category: 0, box: [52, 0, 20, 20], score: 0.7 }, // the second part, 8 of 32 columns: overlap 0.25
  { category: 0, box: [0, 41, 20, 20], score: 0.6 }, // the third part, named wrongly
  { category: 1, box: [40, 40, 20, 20], score: 0.55 }, // on the difficult one
  { category: 1, box: [80, 79, 20, 20], score: 0.3 }, // under the threshold
  { category: 1, box: [70, 0, 10, 10], score: 0.95 }, // nothing there
]);

test('a part that is found and besides named wrongly is no false alarm, and counts once', () => {
  const outcomes = compareWithTruth(
    item,
    detectionsOf([
      { category: 0, box: [0, 0, 20, 20], score: 0.9 },
      { category: 1, box: [0, 0, 20, 20], score: 0.8 }, // the first part again, as the other class
      { category: 0, box: [40, 40, 20, 20], score: 0.7 }, // a part is there too, if a difficult one
    ]),
    0.5,
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(['found', 'wrongClass', 'wrongClass', 'missed', 'missed', 'missed']);
  expect(countClass(outcomes, 0)).toEqual({ truePositives: 1, falsePositives: 1, groundTruths: 2 });
  expect(countClass(outcomes, 1)).toEqual({ truePositives: 0, falsePositives: 1, groundTruths: 2 });
});

test('each detection and each part has one outcome', () => {
  const outcomes = compareWithTruth(item, detections, 0.5);
  expect(outcomes.map((one) => [one.kind, 'detection' in one ? one.detection.score : one.doubtfulScore])).toEqual([
    ['ignored', 0.55],
    ['found', 0.9],
    ['falseAlarm', 0.95],
    ['poorlyPlaced', 0.8],
    ['poorlyPlaced', 0.7],
    ['wrongClass', 0.6],
    ['missed', 0.3],
  ]);
});

test('counts of a class', () => {
  const outcomes = compareWithTruth(item, detections, 0.5);
  expect(countClass(outcomes, 0)).toEqual({ truePositives: 1, falsePositives: 3, groundTruths: 2 });
  expect(countClass(outcomes, 1)).toEqual({ truePositives: 0, falsePositives: 1, groundTruths: 2 });
});

test('a lower threshold finds the doubtful part', () => {
  const outcomes = compareWithTruth(item, detections, 0.3);
  expect(countClass(outcomes, 1)).toEqual({ truePositives: 1, falsePositives: 1, groundTruths: 2 });
});
