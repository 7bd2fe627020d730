import { beforeEach, describe, expect, test, vi } from 'vitest';

const done: string[] = [];
let failing = '';
vi.mock('./actions', () => ({ go: () => undefined }));
vi.mock('./jobs', () => {
  const job =
    (name: string) =>
    async (...input: unknown[]): Promise<boolean> => {
      done.push([name, ...input].join(' '));
      return name !== failing;
    };
  return Object.fromEntries(
    [
      'check',
      'cutIntoTiles',
      'evaluate',
      'findLearningRate',
      'fix',
      'makePackage',
      'recommendBatch',
      'startTraining',
    ].map((name) => [name, job(name)]),
  );
});

const { cutAndTrain } = await import('./autopilot');
const { useStore } = await import('./store');

beforeEach(() => {
  done.length = 0;
  failing = '';
});

describe('cut and train', () => {
  test('measures rate and batch size for the new layout before it trains afresh', async () => {
    await cutAndTrain();
    expect(done).toEqual(['cutIntoTiles true', 'findLearningRate', 'recommendBatch', 'startTraining false']);
    expect(useStore.getState().autopilot).toBe(false);
  });

  test('stops where something was stopped or failed', async () => {
    failing = 'findLearningRate';
    await cutAndTrain();
    expect(done).toEqual(['cutIntoTiles true', 'findLearningRate']);
    expect(useStore.getState().autopilot).toBe(false);
  });
});
