import { expect, test } from 'vitest';
import { shareFound } from './score';

test('the share found is that at the threshold in use, or at the nearest one that was measured', () => {
  const thresholds = [
    { threshold: 0.3, recall: 0.97 },
    { threshold: 0.5, recall: 0.93 },
    { threshold: 0.7, recall: 0.8 },
  ];
  expect(shareFound({ threshold: 0.5, thresholds })).toBe(0.93);
  expect(shareFound({ threshold: 0.38, thresholds })).toBe(0.97);
  expect(shareFound({ threshold: 0.5, thresholds: [] })).toBe(0);
});
