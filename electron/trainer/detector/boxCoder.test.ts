import fc from 'fast-check';
import { expect, test } from 'vitest';
import { box } from '../../../shared/boxes';
import { decode, encode } from './boxCoder';

const side = fc.double({ min: 0.02, max: 0.9, noNaN: true });
const centre = fc.double({ min: 0.05, max: 0.95, noNaN: true });

test('decoding an encoded box gives the box', () => {
  fc.assert(
    fc.property(centre, centre, side, side, centre, centre, side, side, (y, x, h, w, cy, cx, ph, pw) => {
      const gt = box(y - h / 2, x - w / 2, y + h / 2, x + w / 2);
      const priors = Float32Array.of(cy, cx, ph, pw);
      const encoded = new Float32Array(4);
      encode(gt, priors, 0, encoded, 0);
      decode(encoded, 0, priors, 0).forEach((corner, at) => expect(corner).toBeCloseTo(gt[at] as number, 4));
    }),
  );
});

test('the box of a prior itself is all zeros', () => {
  const encoded = Float32Array.of(9, 9, 9, 9);
  encode(box(0.25, 0.25, 0.75, 0.5), Float32Array.of(0.5, 0.375, 0.5, 0.25), 0, encoded, 0);
  expect([...encoded]).toEqual([0, 0, 0, 0]);
});
