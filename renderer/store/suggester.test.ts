import { expect, test } from 'vitest';
import type { ProjectState } from '../../shared/mainContract';
import { inOwnNames, suggesterOf } from './suggester';

const baseLabels = { Mensch: 'person' };
const stagesWith = (training: ProjectState['stages']['training']): ProjectState['stages'] => ({
  ...{ images: 'done', annotations: 'done', dataset: 'done', lrFinder: 'done', batchSize: 'done' },
  ...{ training, evaluation: 'empty', export: 'empty' },
});

test('the base model suggests only where it knows a class, and only until a detector is trained', () => {
  expect(suggesterOf({ stages: stagesWith('empty'), baseLabels })).toBe('base');
  expect(suggesterOf({ stages: stagesWith('empty'), baseLabels: {} })).toBeNull();
  for (const training of ['done', 'outOfDate'] as const) {
    expect(suggesterOf({ stages: stagesWith(training), baseLabels })).toBe('own');
    expect(suggesterOf({ stages: stagesWith(training), baseLabels: {} })).toBe('own');
  }
});

test('what the base model saw comes in the names of the project, the rest is left out', () => {
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const seen = ['person', 'tie', 'truck', 'person', 'Mensch'].map((label, index) => ({
    label,
    score: index / 10,
    box,
  }));
  expect(inOwnNames(seen, baseLabels)).toEqual([
    { label: 'Mensch', score: 0, box },
    { label: 'Mensch', score: 0.3, box },
  ]);
  expect(inOwnNames(seen, {})).toEqual([]);
});
