import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxFromPixels, boxToPixels, type PixelRect } from '../../../shared/boxes';
import type { Detection } from './detections';
import { mergeViews, tileRegions, toView, viewsOf } from './tiling';

const sides = fc.integer({ min: 100, max: 4000 });
const tileSide = fc.integer({ min: 100, max: 800 });
const square = (side: number) => ({ width: side, height: side });
const contains = (outer: PixelRect, inner: PixelRect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe('detector tileRegions', () => {
  test("the seed's case: 15 tiles of 512 for 1920×1080, the last ends in the corner", () => {
    const regions = tileRegions({ width: 1920, height: 1080 }, square(512));
    expect(regions).toHaveLength(15);
    expect(regions.slice(0, 5).map(({ x }) => x)).toEqual([0, 352, 704, 1056, 1408]);
    expect(regions.at(-1)).toEqual({ x: 1408, y: 568, width: 512, height: 512 });
  });

  test('a picture no larger than a tile is one tile of its own size', () => {
    expect(tileRegions({ width: 300, height: 200 }, square(300))).toEqual([{ x: 0, y: 0, width: 300, height: 200 }]);
  });

  test('each part that fits into the overlap lies whole in a tile, and no tile could be spared', () => {
    fc.assert(
      fc.property(sides, sides, tileSide, fc.double({ min: 0, max: 1, noNaN: true }), (width, height, side, at) => {
        const regions = tileRegions({ width, height }, square(side));
        expect(regions.every((region) => contains({ x: 0, y: 0, width, height }, region))).toBe(true);
        const part = Math.min(Math.floor(0.2 * side) - 2, width, height);
        const placed = { x: at * (width - part), y: (1 - at) * (height - part), ...square(part) };
        expect(regions.some((region) => contains(region, placed))).toBe(true);
        const columns = new Set(regions.map(({ x }) => x)).size;
        if (columns > 1) expect(side + (columns - 2) * side * 0.8).toBeLessThan(width);
      }),
    );
  });
});

describe('detector mergeViews', () => {
  const picture = { width: 1200, height: 700 };
  const tiling = { width: 300, height: 300, overlap: 0.2, wholePicture: false, views: 15 };
  const part = fc.record({
    x: fc.integer({ min: 0, max: 1150 }),
    y: fc.integer({ min: 0, max: 650 }),
    width: fc.integer({ min: 10, max: 50 }),
    height: fc.integer({ min: 10, max: 50 }),
    classIndex: fc.integer({ min: 0, max: 2 }),
  });

  /** A detector that finds each part as far as the view shows it, surer the more of it is in view. */
  function look(parts: readonly (PixelRect & { readonly classIndex: number })[], region: PixelRect): Detection[] {
    return parts.flatMap((each) => {
      const left = Math.max(each.x, region.x);
      const top = Math.max(each.y, region.y);
      const seen = {
        x: left,
        y: top,
        width: Math.min(each.x + each.width, region.x + region.width) - left,
        height: Math.min(each.y + each.height, region.y + region.height) - top,
      };
      if (seen.width <= 0 || seen.height <= 0) return [];
      const score = (0.9 * seen.width * seen.height) / (each.width * each.height);
      const box = toView(boxFromPixels(seen, picture), region, picture);
      return [{ box, score, classIndex: each.classIndex }];
    });
  }

  test('finds each part once and whole, wherever it lies', () => {
    fc.assert(
      fc.property(part, (only) => {
        const views = viewsOf(picture, tiling).map((region) => ({ region, detections: look([only], region) }));
        const merged = mergeViews(views, picture, 0.45);
        expect(merged).toHaveLength(1);
        const found = boxToPixels((merged[0] as Detection).box, picture);
        for (const side of ['x', 'y', 'width', 'height'] as const) expect(found[side]).toBeCloseTo(only[side], 3);
        expect(merged[0]?.score).toBeCloseTo(0.9, 6);
      }),
    );
  });

  test('keeps parts of other classes at the same spot, best first', () => {
    const at = { x: 500, y: 300, width: 40, height: 40 };
    const views = viewsOf(picture, tiling).map((region) => ({
      region,
      detections: [
        ...look([{ ...at, classIndex: 0 }], region),
        ...look([{ ...at, classIndex: 1 }], region).map((detection) => ({ ...detection, score: 0.5 })),
      ],
    }));
    expect(mergeViews(views, picture, 0.45).map(({ classIndex }) => classIndex)).toEqual([0, 1]);
  });

  test('a part larger than the overlap is taken from the whole picture', () => {
    const large = { x: 100, y: 100, width: 800, height: 400, classIndex: 0 };
    const views = viewsOf(picture, { ...tiling, wholePicture: true }).map((region) => ({
      region,
      detections: look([large], region),
    }));
    const merged = mergeViews(views, picture, 0.45);
    expect(merged).toHaveLength(1);
    expect(boxToPixels((merged[0] as Detection).box, picture).width).toBeCloseTo(800, 3);
  });

  test('without tiling the one look is the answer', () => {
    const [region] = viewsOf(picture, undefined);
    expect(region).toEqual({ x: 0, y: 0, ...picture });
  });
});
