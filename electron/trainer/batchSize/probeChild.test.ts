import { describe, expect, test } from 'vitest';
import { peakMemoryBytes } from './probeChild';

describe('batchSize probe child', () => {
  test('its peak grows by what it touches and does not fall again', () => {
    const before = peakMemoryBytes();
    const now = process.memoryUsage().rss;
    expect(before).toBeGreaterThanOrEqual(now * 0.9);
    const size = before - now + 64e6;
    const block = Buffer.alloc(Math.ceil(size), 1);
    const after = peakMemoryBytes();
    expect(after - before).toBeGreaterThan(40e6);
    expect(block[1]).toBe(1);
  });
});
