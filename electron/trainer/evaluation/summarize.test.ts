import { describe, expect, test } from 'vitest';
import { evaluationResult } from '../../../shared/contract';
import { wilsonInterval } from '../../../shared/score';
import { describeResult, evaluateDetections } from './summarize';
import { detectionsOf, picture } from './testPictures';

const classes = ['nut', 'clip', 'screw'];
const items = Array.from({ length: 20 }, (_, index) =>
  picture(`images/${String(index)}`, [
    { category: 0, box: [0, 0, 20, 20] },
    { category: index % 4 === 0 ? 1 : 0, box: [50, 50, 20, 20] },
  ]),
);
/** Every part is found but the second one in picture 1; picture 2 has a false alarm. */
const detections = items.map((item, index) =>
  detectionsOf([
    { category: 0, box: [0, 0, 20, 20], score: 0.9 },
    ...(index === 1 ? [] : [{ category: item.labels[1] ?? 0, box: [50, 50, 20, 20] as const, score: 0.8 }]),
    ...(index === 2 ? [{ category: 1, box: [0, 70, 10, 10] as const, score: 0.7 }] : []),
  ]),
);

describe('evaluateDetections', () => {
  const result = evaluateDetections({ items, detections, classes, threshold: 0.5 });

  test('fits the contract once run and report are added', () => {
    expect(evaluationResult.safeParse({ ...result, run: 'runs/a', report: 'runs/a/report.html' }).success).toBe(true);
  });

  test('counts at the threshold', () => {
    expect(result.perClass.nut).toMatchObject({ truePositives: 34, falsePositives: 0, groundTruths: 35, precision: 1 });
    expect(result.perClass.clip).toMatchObject({ truePositives: 5, falsePositives: 1, groundTruths: 5, recall: 1 });
    expect(result.perClass.screw).toMatchObject({ AP50: null, groundTruths: 0, precision: 0, recall: 0 });
    expect(result.text).toBe('finds 39 of 40, 5 false alarms a hundred pictures');
    expect(result.mistakes.map((one) => one.kind)).toEqual(['falseAlarm', 'missed']);
  });

  test('warns of classes with too few boxes', () => {
    expect(result.warnings).toEqual([
      'Only 5 boxes of "clip" in these pictures: its figures say little. Label more pictures with it.',
      'There is no "screw" in these pictures, so nothing is known about it. Label some pictures with it.',
    ]);
  });

  test('chooses a threshold, and says so, when it gets none', () => {
    const chosen = evaluateDetections({ items, detections, classes });
    expect(chosen.threshold).toBe(0.75);
    expect(chosen.warnings.at(-1)).toContain('chosen on the same pictures');
  });

  test('says when the set is too small', () => {
    const small = evaluateDetections({ items: items.slice(0, 3), detections: detections.slice(0, 3), classes });
    expect(small.warnings[0]).toMatch(/^Too few test pictures .* 6 parts in 3 pictures .* 44 to 97 of 100/);
  });

  test('refuses lists that do not belong together', () => {
    expect(() => evaluateDetections({ items, detections: [], classes })).toThrow('20 pictures but detections for 0');
  });
});

describe('describeResult', () => {
  test.each([
    [94, 100, 3, 0, 100, 'finds 94 of 100, 3 false alarms a hundred pictures'],
    [999, 1000, 1, 0, 1000, 'finds 99 of 100, less than 1 false alarm a hundred pictures'],
    [1000, 1000, 0, 0, 1000, 'finds 100 of 100, no false alarms'],
    [1, 1000, 1, 0, 100, 'finds 1 of 100, 1 false alarm a hundred pictures'],
    [17, 18, 0, 0, 9, 'finds 17 of 18, no false alarms'],
    [0, 0, 2, 0, 4, 'nothing to find in these pictures, 50 false alarms a hundred pictures'],
    [94, 100, 3, 1, 100, 'finds 94 of 100, 3 false alarms and 1 wrong name a hundred pictures'],
    [94, 100, 0, 12, 100, 'finds 94 of 100, no false alarms and 12 wrong names a hundred pictures'],
  ])(
    '%i of %i, %i false alarms and %i wrong names in %i pictures',
    (found, groundTruths, falseAlarms, wrongParts, pictures, text) => {
      expect(describeResult({ found, groundTruths, falseAlarms, wrongParts, pictures })).toBe(text);
    },
  );
});

describe('false alarms', () => {
  test('are not the parts named wrongly: both are told', () => {
    const named = evaluateDetections({
      items,
      detections: items.map((item, index) =>
        detectionsOf([
          { category: 0, box: [0, 0, 20, 20], score: 0.9 },
          // In two of twenty pictures the second part is taken for a screw.
          { category: index < 2 ? 2 : (item.labels[1] ?? 0), box: [50, 50, 20, 20], score: 0.8 },
        ]),
      ),
      classes,
      threshold: 0.5,
    });
    expect(named.text).toBe('finds 38 of 40, no false alarms and 10 wrong names a hundred pictures');
  });
});

test('wilsonInterval agrees with the value in Wilson 1927 as tabled for 8 of 10', () => {
  const [low, high] = wilsonInterval(8, 10);
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
});
