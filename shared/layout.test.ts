import { describe, expect, test } from 'vitest';
import type { DetectorPlan } from './contract';
import { isOfOtherLayout, layoutOf } from './layout';

const plan: DetectorPlan = {
  ...{ inputWidth: 300, inputHeight: 300, fineMap: false, priorShapes: [[[0.1, 0.1]], [[0.3, 0.3]]] },
  ...{ priorCoverage: 0.9, smallestPixels: 12, medianPixels: 40, reasons: ['The fast size.'] },
};
const tiling = { width: 300, height: 300, overlap: 0.25, wholePicture: false, views: 6 };

describe('the layout of a detector', () => {
  test('is another with another input, with tiles, a finer map, more priors, another number of classes, frozen layers', () => {
    const layouts = [
      layoutOf(plan, 2),
      layoutOf({ ...plan, inputWidth: 512, inputHeight: 512 }, 2),
      layoutOf({ ...plan, tiling }, 2),
      layoutOf({ ...plan, fineMap: true }, 2),
      layoutOf(
        {
          ...plan,
          priorShapes: [
            [[0.1, 0.1]],
            [
              [0.3, 0.3],
              [0.4, 0.2],
            ],
          ],
        },
        2,
      ),
      layoutOf(plan, 3),
      layoutOf(plan, 2, 4),
    ];
    expect(new Set(layouts).size).toBe(layouts.length);
  });

  test('is the same after a few more pictures: other shapes, shares and sentences', () => {
    const later: DetectorPlan = {
      ...{ ...plan, priorCoverage: 0.8, smallestPixels: 11, reasons: [] },
      priorShapes: [[[0.11, 0.1]], [[0.3, 0.29]]],
    };
    expect(layoutOf(later, 2)).toBe(layoutOf(plan, 2));
    expect(layoutOf({ ...plan, tiling: { ...tiling, views: 9 } }, 2)).toBe(layoutOf({ ...plan, tiling }, 2));
  });

  test('figures that do not say theirs are not known to be of another', () => {
    expect(isOfOtherLayout({}, 'a')).toBe(false);
    expect(isOfOtherLayout({ layout: 'a' }, 'a')).toBe(false);
    expect(isOfOtherLayout({ layout: 'b' }, 'a')).toBe(true);
  });
});
