import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averagePrecision, averagePrecisions, judgeClass, meanPrecision } from './averagePrecision';
import { detectionsOf, picture, type PlainDetection, type PlainTruth } from './testPictures';

interface CocoEval {
  readonly classes: number;
  readonly pictures: readonly {
    readonly width: number;
    readonly height: number;
    readonly truths: readonly PlainTruth[];
    readonly detections: readonly PlainDetection[];
  }[];
  readonly perClass: readonly { readonly AP50: number | null; readonly AP5095: number | null }[];
  readonly mAP50: number;
  readonly mAP5095: number;
}

const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../golden/cocoEval.json', import.meta.url)), 'utf8'),
) as CocoEval;

describe('averagePrecisions against pycocotools', () => {
  const items = golden.pictures.map((one, index) => picture(`images/${String(index)}`, one.truths, one));
  const detections = golden.pictures.map((one) => detectionsOf(one.detections, one));
  const ours = averagePrecisions(items, detections, golden.classes);

  test.each(golden.perClass.map((expected, index) => ({ index, expected })))(
    'class $index agrees to 1e-4',
    ({ index, expected }) => {
      for (const which of ['AP50', 'AP5095'] as const) {
        const theirs = expected[which];
        if (theirs === null) expect(ours[index]?.[which]).toBeNull();
        else expect(Math.abs((ours[index]?.[which] ?? NaN) - theirs)).toBeLessThan(1e-4);
      }
    },
  );

  test('means agree to 1e-4', () => {
    expect(Math.abs((meanPrecision(ours, 'AP50') ?? NaN) - golden.mAP50)).toBeLessThan(1e-4);
    expect(Math.abs((meanPrecision(ours, 'AP5095') ?? NaN) - golden.mAP5095)).toBeLessThan(1e-4);
  });
});

describe('averagePrecision', () => {
  test('right, wrong, right of two: 1 up to recall 0.5, then 2/3', () => {
    const judged = (['right', 'wrong', 'right'] as const).map((verdict, index) => ({ score: 1 - index / 10, verdict }));
    expect(averagePrecision(judged, 2)).toBeCloseTo((51 * 1 + 50 * (2 / 3)) / 101, 12);
  });

  test('is null where there is nothing to find and 0 where nothing is found', () => {
    expect(averagePrecision([{ score: 0.9, verdict: 'wrong' }], 0)).toBeNull();
    expect(averagePrecision([], 3)).toBe(0);
  });

  test('never rises when a wrong detection is put in front', () => {
    const verdicts = fc.array(fc.constantFrom('right' as const, 'wrong' as const, 'ignored' as const));
    fc.assert(
      fc.property(verdicts, (list) => {
        const judged = list.map((verdict) => ({ score: 0.5, verdict }));
        const truths = list.filter((verdict) => verdict === 'right').length + 1;
        const before = averagePrecision(judged, truths) ?? NaN;
        const after = averagePrecision([{ score: 1, verdict: 'wrong' }, ...judged], truths) ?? NaN;
        expect(before).toBeLessThanOrEqual(1);
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });
});

test('a detection on a difficult truth is ignored, and its second one is wrong', () => {
  const item = picture('images/a', [{ category: 0, box: [10, 10, 20, 20], difficult: true }]);
  const found = detectionsOf([
    { category: 0, box: [10, 10, 20, 20], score: 0.9 },
    { category: 0, box: [11, 10, 20, 20], score: 0.8 },
  ]);
  expect(judgeClass([item], [found], 0, [0.5])[0]?.map((one) => one.verdict)).toEqual(['ignored', 'wrong']);
});
