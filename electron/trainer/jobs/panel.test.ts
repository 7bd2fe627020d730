import { expect, test } from 'vitest';
import type { DatasetItem } from '../dataset/items';
import { panelSets } from './panel';

const picture = {} as DatasetItem;
const some = [picture];

test('what int8 needs is chosen on other pictures than the certificate is made on, wherever there are others', () => {
  expect(panelSets({ train: some, validation: some, test: some })).toEqual({ judging: 'test', choosing: 'validation' });
  expect(panelSets({ train: some, validation: [], test: some })).toEqual({ judging: 'test', choosing: 'train' });
  expect(panelSets({ train: some, validation: some, test: [] })).toEqual({ judging: 'validation', choosing: 'train' });
  expect(panelSets({ train: [], validation: [], test: some })).toEqual({ judging: 'test', choosing: 'test' });
  expect(panelSets({ train: [], validation: [], test: [] })).toEqual({ judging: 'test', choosing: 'test' });
});
