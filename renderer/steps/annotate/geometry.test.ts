import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boxAt,
  clampRect,
  fitView,
  handleAt,
  moveRect,
  overlap,
  rectBetween,
  resizeRect,
  toPicture,
  zoomView,
} from './geometry';

const picture = { width: 640, height: 480 };
const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true });
const rect = fc.record({
  x: fc.integer({ min: 0, max: 500 }),
  y: fc.integer({ min: 0, max: 400 }),
  width: fc.integer({ min: 4, max: 140 }),
  height: fc.integer({ min: 4, max: 80 }),
});

describe('boxes', () => {
  test('a drag in any direction gives the same box', () => {
    expect(rectBetween({ x: 30, y: 40 }, { x: 10, y: 5 })).toEqual({ x: 10, y: 5, width: 20, height: 35 });
  });

  test('no move and no resize ever leaves the picture', () => {
    fc.assert(
      fc.property(rect, coordinate, coordinate, (box, dx, dy) => {
        for (const moved of [
          moveRect(box, dx, dy, picture),
          resizeRect(box, { across: 1, down: -1 }, dx, dy, picture),
        ]) {
          expect(moved.x).toBeGreaterThanOrEqual(0);
          expect(moved.y).toBeGreaterThanOrEqual(0);
          expect(moved.x + moved.width).toBeLessThanOrEqual(picture.width + 0.1);
          expect(moved.y + moved.height).toBeLessThanOrEqual(picture.height + 0.1);
        }
      }),
    );
  });

  test('a side dragged past its opposite turns the box over', () => {
    const turned = resizeRect({ x: 100, y: 100, width: 50, height: 50 }, { across: 1, down: 0 }, -80, 0, picture);
    expect(turned).toEqual({ x: 70, y: 100, width: 30, height: 50 });
  });

  test('what reaches beyond the picture is cut', () => {
    expect(clampRect({ x: -10, y: 470, width: 30, height: 30 }, picture)).toEqual({
      x: 0,
      y: 470,
      width: 20,
      height: 10,
    });
  });

  test('the smaller of two boxes under the pointer is meant', () => {
    const boxes = [
      { x: 0, y: 0, width: 200, height: 200 },
      { x: 50, y: 50, width: 20, height: 20 },
    ];
    expect(boxAt(boxes, { x: 60, y: 60 })).toBe(1);
    expect(boxAt(boxes, { x: 10, y: 10 })).toBe(0);
    expect(boxAt(boxes, { x: 300, y: 10 })).toBeNull();
  });

  test('handles are found within reach', () => {
    const box = { x: 100, y: 100, width: 40, height: 40 };
    expect(handleAt(box, { x: 142, y: 138 }, 5)).toEqual({ across: 1, down: 1 });
    expect(handleAt(box, { x: 120, y: 120 }, 5)).toBeNull();
  });

  test('a wide reach leaves the middle of a small box to be moved, and takes the nearest handle outside', () => {
    const small = { x: 100, y: 100, width: 30, height: 30 };
    expect(handleAt(small, { x: 115, y: 115 }, 22)).toBeNull();
    expect(handleAt(small, { x: 145, y: 148 }, 22)).toEqual({ across: 1, down: 1 });
    expect(handleAt(small, { x: 115, y: 85 }, 22)).toEqual({ across: 0, down: -1 });
    expect(handleAt(small, { x: 115, y: 70 }, 22)).toBeNull();
  });

  test('overlap of two squares that share a third', () => {
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 5, y: 0, width: 10, height: 10 })).toBeCloseTo(1 / 3);
    expect(overlap({ x: 0, y: 0, width: 1, height: 1 }, { x: 5, y: 0, width: 1, height: 1 })).toBe(0);
  });
});

describe('the view', () => {
  test('the whole picture fits, in the middle', () => {
    expect(fitView(picture, { width: 1280, height: 480 })).toEqual({ scale: 1, x: 320, y: 0 });
  });

  test('zooming keeps what is under the pointer where it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), coordinate, coordinate, (factor, x, y) => {
        const view = { scale: 1.3, x: 17, y: -40 };
        const before = toPicture(view, { x, y });
        const after = toPicture(zoomView(view, factor, { x, y }, 0.01), { x, y });
        expect(after.x).toBeCloseTo(before.x, 6);
        expect(after.y).toBeCloseTo(before.y, 6);
      }),
    );
  });
});
