import { expect, test } from 'vitest';
import { memoryText } from './memoryText';

test('memory counts as operating systems do', () => {
  expect(memoryText(24 * 1024 ** 3)).toBe('24.0 GB');
  expect(memoryText(1024 ** 3 - 1)).toBe('1024 MB');
  expect(memoryText(571 * 1024 ** 2)).toBe('571 MB');
});
