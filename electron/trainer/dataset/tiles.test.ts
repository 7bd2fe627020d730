import { describe, expect, test } from 'vitest';
import { boxFromPixels, boxToPixels, type PixelRect } from '../../../shared/boxes';
import type { DatasetItem } from './items';
import { planDetector } from './plan';
import { trainingViews, viewItems } from './tiles';

const size = { width: 1920, height: 1080 };
const tiling = { width: 512, height: 512, overlap: 0.2, wholePicture: false, views: 15 };

function item(parts: readonly PixelRect[], picture = size): DatasetItem {
  return {
    name: 'images/a.jpg',
    path: '/project/images/a.jpg',
    size: picture,
    boxes: parts.map((part) => boxFromPixels(part, picture)),
    labels: parts.map((_, index) => index % 3),
    difficult: parts.map(() => false),
  };
}

const part = (x: number, y: number, side: number): PixelRect => ({ x, y, width: side, height: side });

describe('dataset viewItems', () => {
  test('each view has the boxes that it shows, in its own fractions', () => {
    const views = viewItems(item([part(1900, 1060, 10), part(20, 30, 10)]), tiling);
    expect(views).toHaveLength(15);
    const seen = views.filter(({ boxes }) => boxes.length > 0);
    expect(seen.map(({ region }) => region)).toEqual([
      { x: 0, y: 0, width: 512, height: 512 },
      { x: 1408, y: 568, width: 512, height: 512 },
    ]);
    const [first, last] = seen as [DatasetItem, DatasetItem];
    expect(first.labels).toEqual([1]);
    expect(last.labels).toEqual([0]);
    const inLast = boxToPixels(last.boxes[0] as DatasetItem['boxes'][number], last.size);
    for (const [side, expected] of Object.entries({ x: 492, y: 492, width: 10, height: 10 })) {
      expect(inLast[side as keyof PixelRect]).toBeCloseTo(expected, 6);
    }
  });

  test('a part of which less than half is in view does not count there', () => {
    const [first, second] = viewItems(item([part(504, 10, 20)]), tiling) as [DatasetItem, DatasetItem];
    expect(first.boxes).toHaveLength(0);
    expect(second.boxes).toHaveLength(1);
  });

  test('the whole picture, where it is looked at too, leaves out what is too small in it', () => {
    const views = viewItems(item([part(20, 30, 10), part(100, 100, 900)]), { ...tiling, wholePicture: true });
    const whole = views.at(-1) as DatasetItem;
    expect(whole.size).toEqual(size);
    expect(whole.labels).toEqual([1]);
  });

  test('without tiling the picture itself', () => {
    const whole = item([part(20, 30, 10)]);
    expect(viewItems(whole, undefined)).toEqual([whole]);
  });
});

describe('dataset trainingViews', () => {
  test('all views with parts, and as many without', () => {
    const views = trainingViews([item([part(20, 30, 10)]), item([])], tiling);
    expect(views.filter(({ boxes }) => boxes.length > 0)).toHaveLength(1);
    expect(views.filter(({ boxes }) => boxes.length === 0)).toHaveLength(1);
  });
});

describe('dataset planDetector', () => {
  const many = (side: number, picture = size): DatasetItem[] =>
    Array.from({ length: 12 }, (_, index) => item([part(100 * index, 50 * index, side)], picture));

  test('the usual part cannot be seen: cuts into tiles by itself, and says what it costs', () => {
    const plan = planDetector(many(12), 3);
    expect(plan.tiling).toEqual({ width: 300, height: 300, overlap: 0.2, wholePicture: false, views: 40 });
    expect(plan.smallestPixels).toBeCloseTo(12, 1);
    expect(plan.reasons[0]).toContain('about 40 times as long');
  });

  test('only the smallest cannot be seen: offers tiles, and does as it is told', () => {
    const pictures = [...many(60), ...many(12).slice(0, 2)];
    const plan = planDetector(pictures, 3);
    expect(plan.tiling).toBeUndefined();
    expect(plan.tilingOffer?.views).toBe(15);
    expect(plan.tilingOffer?.smallestPixels).toBeGreaterThan(plan.smallestPixels * 1.5);
    expect(planDetector(pictures, 3, { tiling: true }).tiling?.width).toBe(512);
    expect(planDetector(many(12), 3, { tiling: false }).tiling).toBeUndefined();
  });

  test('large parts, or pictures with no more pixels than the detector takes: nothing to offer', () => {
    expect(planDetector(many(200), 3)).not.toHaveProperty('tilingOffer');
    expect(planDetector(many(200), 3).tiling).toBeUndefined();
    const small = planDetector(many(5, { width: 300, height: 200 }), 3, { tiling: true });
    expect(small.tiling).toBeUndefined();
    expect(small).not.toHaveProperty('tilingOffer');
  });
});
