import { describe, expect, test } from 'vitest';
import { LinesideError } from '../../../shared/errors';
import { inFewerAtOnce } from './inFewerAtOnce';

/** A step whose engine holds so many pictures of 16 at once. */
function engineFor(most: number, message = 'OOM when allocating tensor with shape[16,150,150,96]') {
  const tried: number[] = [];
  const told: number[] = [];
  const attempt = inFewerAtOnce<string>({
    ...{ batchSize: 16, parts: 1 },
    onFewer: (atOnce) => told.push(atOnce),
    nothingFits: () => new LinesideError('outOfMemory', 'not even one fits'),
  });
  const step = (): string =>
    attempt((parts) => {
      tried.push(parts);
      if (Math.ceil(16 / parts) > most) throw new Error(message);
      return `in ${parts}`;
    });
  return { step, tried, told };
}

describe('a step that runs out of memory', () => {
  test('is done again in twice the parts until it fits, and those after it are begun so', () => {
    const { step, tried, told } = engineFor(4);
    expect(step()).toBe('in 4');
    expect(step()).toBe('in 4');
    expect(tried).toEqual([1, 2, 4, 4]);
    expect(told).toEqual([8, 4]);
  });

  test('ends with what would help where a single picture does not fit', () => {
    const { step, tried } = engineFor(0);
    expect(step).toThrow('not even one fits');
    expect(tried).toEqual([1, 2, 4, 8, 16]);
  });

  test('another error goes on its way at once', () => {
    const { step, tried, told } = engineFor(4, 'no such kernel');
    expect(step).toThrow('no such kernel');
    expect([tried, told]).toEqual([[1], []]);
  });
});
