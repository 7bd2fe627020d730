import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, box } from '../../../shared/boxes';
import { createRandom } from '../random';
import { augmentBoxes, drawAugmentation, usualAugmentation, wholePicture } from './augment';
import { colourTransform, meanColour, randomColour } from './colour';

const input = { width: 300, height: 300 };
const picture = { width: 640, height: 480 };
const fractions = fc.double({ min: 0, max: 1, noNaN: true });
const anyBox = fc
  .tuple(fractions, fractions, fractions, fractions)
  .filter(([a, b, c, d]) => Math.abs(a - b) > 0.01 && Math.abs(c - d) > 0.01)
  .map(([a, b, c, d]) => box(Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)));
const someBoxes = fc.array(anyBox, { minLength: 1, maxLength: 6 });

describe('augmentation', () => {
  test('boxes stay in the picture and are large enough to be learned', () => {
    fc.assert(
      fc.property(someBoxes, fc.nat(), (boxes, seed) => {
        const labels = boxes.map((_, index) => index);
        const augmentation = drawAugmentation(boxes, picture, usualAugmentation, createRandom(seed));
        const result = augmentBoxes(boxes, labels, augmentation, input);
        expect(result.labels.length).toBe(result.boxes.length);
        for (const [y1, x1, y2, x2] of result.boxes) {
          expect(Math.min(y1, x1)).toBeGreaterThanOrEqual(0);
          expect(Math.max(y2, x2)).toBeLessThanOrEqual(1);
          expect(Math.min((y2 - y1) * 300, (x2 - x1) * 300)).toBeGreaterThanOrEqual(2 - 1e-9);
        }
      }),
    );
  });

  test('a crop without zoom-out lies in the picture, has sides from 0.3 and an aspect ratio from ½ to 2', () => {
    const options = { ...usualAugmentation, zoomOutProbability: 0 };
    fc.assert(
      fc.property(someBoxes, fc.nat(), (boxes, seed) => {
        const { view } = drawAugmentation(boxes, picture, options, createRandom(seed));
        const [y1, x1, y2, x2] = view;
        expect(Math.min(y1, x1)).toBeGreaterThanOrEqual(0);
        expect(Math.max(y2, x2)).toBeLessThanOrEqual(1 + 1e-12);
        if (view === wholePicture) return;
        expect(Math.min(y2 - y1, x2 - x1)).toBeGreaterThanOrEqual(0.3 - 1e-12);
        const ratio = ((x2 - x1) * 640) / ((y2 - y1) * 480);
        expect(ratio).toBeGreaterThanOrEqual(0.5 - 1e-9);
        expect(ratio).toBeLessThanOrEqual(2 + 1e-9);
        const centred = boxes.some(([top, left, bottom, right]) => {
          const [y, x] = [(top + bottom) / 2, (left + right) / 2];
          return y > y1 && y < y2 && x > x1 && x < x2;
        });
        expect(centred).toBe(true);
      }),
    );
  });

  test('a crop keeps the overlap that was drawn for it', () => {
    // 0.7, the last but one of the least overlaps; then 40 trials draw sides and place.
    const drawn = [6 / 7 - 0.01];
    const large: Box = box(0.05, 0.05, 0.95, 0.95);
    const stream = createRandom('overlap');
    const random = {
      ...stream,
      next: stream.next,
      int: (count: number) => (drawn.length > 0 ? Math.floor((drawn.pop() as number) * count) : stream.int(count)),
    };
    const options = { ...usualAugmentation, zoomOutProbability: 0, flipHorizontally: false };
    const { view } = drawAugmentation([large], picture, options, random);
    const height = Math.min(view[2], 0.95) - Math.max(view[0], 0.05);
    const width = Math.min(view[3], 0.95) - Math.max(view[1], 0.05);
    const area = (view[2] - view[0]) * (view[3] - view[1]);
    expect((height * width) / (area + 0.81 - height * width)).toBeGreaterThanOrEqual(0.7);
  });

  test('zoom-out makes everything smaller by its side', () => {
    const options = { ...usualAugmentation, crop: false, zoomOutProbability: 1, flipHorizontally: false };
    const { view } = drawAugmentation([], picture, options, createRandom(3));
    const side = view[2] - view[0];
    expect(side).toBeGreaterThan(1);
    expect(side).toBeLessThan(2);
    const [moved] = augmentBoxes([box(0.2, 0.2, 0.6, 0.8)], [0], { view, flipX: false, flipY: false }, input).boxes;
    expect((moved?.[2] ?? 0) - (moved?.[0] ?? 0)).toBeCloseTo(0.4 / side);
    expect((moved?.[3] ?? 0) - (moved?.[1] ?? 0)).toBeCloseTo(0.6 / side);
  });

  test('flips: by hand, and twice is as before', () => {
    const one = box(0.1, 0.2, 0.5, 0.9);
    const flip = { view: wholePicture, flipX: true, flipY: true };
    const once = augmentBoxes([one], [3], flip, input);
    expect(once.boxes[0]?.map((value) => Number(value.toFixed(6)))).toEqual([0.5, 0.1, 0.9, 0.8]);
    const twice = augmentBoxes(once.boxes, once.labels, flip, input);
    for (const [index, value] of one.entries()) expect(twice.boxes[0]?.[index]).toBeCloseTo(value);
    expect(twice.labels).toEqual([3]);
  });
});

describe('colour', () => {
  const none = { brightness: 0, contrast: 1, saturation: 1, hueDegrees: 0 };
  const apply = (t: readonly number[], [r, g, b]: readonly [number, number, number]): number[] =>
    [0, 4, 8].map((row) => (t[row] ?? 0) * r + (t[row + 1] ?? 0) * g + (t[row + 2] ?? 0) * b + (t[row + 3] ?? 0));

  test('no change is no change; grey has no hue; saturation 0 is grey; contrast turns about the mean', () => {
    const mean = [100, 100, 100] as const;
    for (const [index, value] of apply(colourTransform(none, mean), [12, 200, 77]).entries()) {
      expect(value).toBeCloseTo([12, 200, 77][index] as number);
    }
    const turned = apply(colourTransform({ ...none, hueDegrees: 18, saturation: 1.4 }, mean), [90, 90, 90]);
    for (const value of turned) expect(value).toBeCloseTo(90);
    const grey = apply(colourTransform({ ...none, saturation: 0 }, mean), [255, 0, 0]);
    for (const value of grey) expect(value).toBeCloseTo(0.299 * 255);
    const strong = apply(colourTransform({ ...none, contrast: 1.5, brightness: 10 }, mean), [120, 120, 120]);
    for (const value of strong) expect(value).toBeCloseTo(100 + 30 + 10);
  });

  test('a turn of the hue leads red towards yellow or magenta, not to another brightness', () => {
    const [r, g, b] = apply(colourTransform({ ...none, hueDegrees: 18 }, [0, 0, 0]), [200, 50, 50]);
    expect(0.299 * (r ?? 0) + 0.587 * (g ?? 0) + 0.114 * (b ?? 0)).toBeCloseTo(0.299 * 200 + 0.701 * 50);
    expect(Math.abs((g ?? 0) - (b ?? 0))).toBeGreaterThan(20);
  });

  test('drawn from the seed alone; the mean is the mean', () => {
    const even = { width: 8, height: 8, pixels: new Uint8Array(192).map((_, index) => [10, 20, 30][index % 3] ?? 0) };
    expect(meanColour(even)).toEqual([10, 20, 30]);
    expect(randomColour([1, 2, 3], createRandom(5))).toEqual(randomColour([1, 2, 3], createRandom(5)));
    expect(randomColour([1, 2, 3], createRandom(5))).not.toEqual(randomColour([1, 2, 3], createRandom(6)));
  });
});
