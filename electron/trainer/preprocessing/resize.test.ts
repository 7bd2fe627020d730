import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resample, resize } from './resize';

/** One row of grey pixels. */
function row(...values: number[]) {
  return { width: values.length, height: 1, pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])) };
}
const reds = (pixels: Uint8Array): number[] => [...pixels].filter((_, index) => index % 3 === 0);

test('resize: numbers worked by hand', () => {
  // Twice as wide, half-pixel centres: 0.75/0.25 between neighbours, the border repeated.
  expect(reds(resize(row(0, 200), { width: 4, height: 1 }))).toEqual([0, 50, 150, 200]);
  // Half as wide: a triangle of radius 2 about x = 1, so that the weights at the border are 3 3 1 of 7.
  expect(reds(resize(row(70, 140, 210, 0), { width: 2, height: 1 }))).toEqual([120, 110]);
  expect(reds(resize(row(1, 2, 3), { width: 3, height: 1 }))).toEqual([1, 2, 3]);
});

test('resample: crop, flip and fill', () => {
  const picture = row(10, 20, 30, 40);
  const part = { x: 1, y: 0, width: 2, height: 1 };
  expect(reds(resample(picture, part, { width: 2, height: 1 }))).toEqual([20, 30]);
  expect(reds(resample(picture, part, { width: 2, height: 1 }, { flipX: true }))).toEqual([30, 20]);
  const beyond = { x: -4, y: 0, width: 8, height: 1 };
  const filled = resample(picture, beyond, { width: 8, height: 1 }, { fill: [99, 0, 0] });
  expect(reds(filled)).toEqual([99, 99, 99, 99, 10, 20, 30, 40]);
});

test('resample: an even picture stays even, and flipping twice changes nothing', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.integer({ min: 0, max: 255 }),
      (width, height, outWidth, outHeight, value) => {
        const even = { width, height, pixels: new Uint8Array(width * height * 3).fill(value) };
        const size = { width: outWidth, height: outHeight };
        expect(resize(even, size).every((pixel) => pixel === value)).toBe(true);
        const uneven = { width, height, pixels: even.pixels.map((_, index) => (index * 37) % 256) };
        const whole = { x: 0, y: 0, width, height };
        const flip = { flipX: true, flipY: true };
        const once = { ...size, pixels: resample(uneven, whole, size, flip) };
        const twice = resample(once, { x: 0, y: 0, ...size }, size, flip);
        expect(twice).toEqual(resize(uneven, size));
      },
    ),
  );
});
