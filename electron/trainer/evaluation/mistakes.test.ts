import { expect, test } from 'vitest';
import { compareWithTruth } from './confusion';
import { worstMistakes } from './mistakes';
import { detectionsOf, picture, roundRect } from './testPictures';

test('mistakes come worst first, in pixels, with the names of truth and detection', () => {
  const items = [
    picture('images/a', [
      { category: 0, box: [0, 0, 40, 40] },
      { category: 1, box: [60, 60, 20, 20] },
    ]),
    picture('images/b', [{ category: 1, box: [0, 0, 20, 20] }]),
  ];
  const detections = [
    detectionsOf([
      { category: 1, box: [0, 0, 40, 40], score: 0.9 },
      { category: 1, box: [72, 60, 20, 20], score: 0.8 },
    ]),
    detectionsOf([
      { category: 1, box: [0, 0, 20, 20], score: 0.45 },
      { category: 0, box: [50, 50, 10, 30], score: 0.55 },
    ]),
  ];
  const outcomes = items.map((item, index) => compareWithTruth(item, detections[index] ?? [], 0.5));
  const mistakes = worstMistakes(items, outcomes, ['nut', 'clip']);
  expect(
    mistakes.map((one) => [
      one.kind,
      one.file,
      one.label,
      one.detected?.label,
      one.detected?.score,
      roundRect(one.box),
    ]),
  ).toEqual([
    ['wrongClass', 'images/a', 'nut', 'clip', 0.9, [0, 0, 40, 40]],
    ['poorlyPlaced', 'images/a', 'clip', 'clip', 0.8, [60, 60, 20, 20]],
    ['falseAlarm', 'images/b', undefined, 'nut', 0.55, [50, 50, 10, 30]],
    ['missed', 'images/b', 'clip', undefined, undefined, [0, 0, 20, 20]],
  ]);
  // By hand: 0.8 * (1 - 0.25); (1 - 0.45) * (0.6 + 0.4 * sqrt(0.2 * 0.2))
  expect(mistakes.map((one) => one.weight)).toEqual([0.9, expect.closeTo(0.6), 0.55, expect.closeTo(0.374)]);
});
