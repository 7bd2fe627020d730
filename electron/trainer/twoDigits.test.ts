import { expect, test } from 'vitest';
import { rateText, twoDigits } from './twoDigits';

test('rates have two significant digits', () => {
  expect(twoDigits(0.0041666)).toBe(0.0042);
  expect(twoDigits(0.000123)).toBe(0.00012);
  expect(rateText(0.0041666)).toBe('0.0042');
});
