import { expect, test } from 'vitest';
import { box } from '../../../shared/boxes';
import { dataDigest } from './dataDigest';
import type { DatasetItem, DatasetItems } from './items';

const item = (name: string, more: Partial<DatasetItem> = {}): DatasetItem => ({
  ...{ name, path: `/somewhere/${name}`, size: { width: 10, height: 10 } },
  ...{ boxes: [box(0.1, 0.2, 0.3, 0.4)], labels: [0], difficult: [false] },
  ...more,
});
const [a, b, c] = [item('images/a.png'), item('images/b.png'), item('images/c.png')];
const data: DatasetItems = { classes: ['nut', 'bolt'], train: [a, b], validation: [c], test: [], unassigned: [] };

test('the same pictures and boxes in another folder and another order: the same', () => {
  const moved = { ...data, train: [b, a].map((one) => ({ ...one, path: `/elsewhere/${one.name}` })) };
  expect(dataDigest(moved)).toBe(dataDigest(data));
});

test('a box moved, another label, another class, a picture in another set: each another', () => {
  const others: DatasetItems[] = [
    { ...data, validation: [item('images/c.png', { boxes: [box(0.1, 0.2, 0.3, 0.5)] })] },
    { ...data, validation: [item('images/c.png', { labels: [1] })] },
    { ...data, validation: [item('images/c.png', { difficult: [true] })] },
    { ...data, classes: ['nut', 'screw'] },
    { ...data, train: [a], validation: [c, b] },
    { ...data, test: [item('images/d.png')] },
  ];
  expect(new Set([data, ...others].map(dataDigest)).size).toBe(7);
});
