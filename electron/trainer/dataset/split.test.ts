import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box } from '../../../shared/boxes';
import { type Fingerprint, fingerprint, nearlyTheSame } from '../../../shared/fingerprint';
import type { Picture } from '../images/decode';
import { groupNearDuplicates, joinByName } from '../images/nearDuplicates';
import { createRandom } from '../random';
import { setNames, split, type SplitPicture } from './split';
import { datasetStatistics, percentile } from './statistics';

const picture = fc.record({ classes: fc.subarray(['nut', 'clip', 'screw']), group: fc.integer({ min: 0, max: 60 }) });
const pictures = fc
  .array(picture, { minLength: 3, maxLength: 60 })
  .map((all) => all.map((one, index): SplitPicture => ({ ...one, name: `p${index}`, allowed: setNames })));

describe('split', () => {
  test('everything once, groups whole, the same seed the same split', () => {
    fc.assert(
      fc.property(pictures, fc.nat(), (all, seed) => {
        const sets = split(all, createRandom(seed));
        expect([...sets.keys()].sort()).toEqual(all.map(({ name }) => name).sort());
        expect([...split(all, createRandom(seed))]).toEqual([...sets]);
        const groups = new Set(all.map(({ group }) => group));
        expect(new Set(sets.values()).size).toBe(3);
        if (groups.size < 3) return;
        const used = new Set(all.map(({ group, name }) => `${group} ${sets.get(name)}`));
        expect(used.size).toBe(groups.size);
      }),
    );
  });

  test('each class is spread as the ratios say', () => {
    const all = Array.from({ length: 200 }, (_, index): SplitPicture => {
      const classes = [...(index % 2 === 0 ? ['nut'] : []), ...(index % 10 === 0 ? ['rare'] : [])];
      return { name: `p${index}`, classes, group: index, allowed: setNames };
    });
    const sets = split(all, createRandom(7));
    const count = (set: string, label: string) =>
      all.filter(({ name, classes }) => sets.get(name) === set && classes.includes(label)).length;
    expect(setNames.map((set) => count(set, 'rare'))).toEqual([14, 3, 3]);
    expect(setNames.map((set) => count(set, 'nut'))).toEqual([70, 15, 15]);
    expect(setNames.map((set) => [...sets.values()].filter((value) => value === set).length)).toEqual([140, 30, 30]);
  });

  test('what is decided stays, and its near-duplicates follow it', () => {
    const decided = (name: string, group: number): SplitPicture => ({ name, classes: [], group, allowed: ['test'] });
    const open = (name: string, group: number): SplitPicture => ({ name, classes: [], group, allowed: setNames });
    const sets = split([decided('a', 0), open('b', 0), open('c', 1), open('d', 2), open('e', 3)], createRandom(1));
    expect([sets.get('a'), sets.get('b')]).toEqual(['test', 'test']);
  });

  test('a single recording is cut into stretches: only their ends have neighbours in another set', () => {
    const frames = Array.from({ length: 200 }, (_, index): SplitPicture => {
      return { name: `belt_${String(index).padStart(3, '0')}`, classes: ['nut'], group: 0, allowed: setNames };
    });
    const sets = split(frames, createRandom(3));
    const inOrder = frames.map(({ name }) => sets.get(name));
    const changes = inOrder.filter((set, index) => index > 0 && set !== inOrder[index - 1]).length;
    expect(changes).toBeLessThanOrEqual(9);
    for (const set of setNames) expect(inOrder.filter((one) => one === set).length).toBeGreaterThanOrEqual(20);
  });
});

/** A bench with a bright square part. */
function bench(x: number, y: number, light = 0): Picture {
  const [width, height] = [160, 120];
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const part = row >= y && row < y + 12 && column >= x && column < x + 12;
      pixels.fill(
        (part ? 220 : 60 + column / 2 + row / 4) + light,
        (row * width + column) * 3,
        (row * width + column) * 3 + 3,
      );
    }
  }
  return { width, height, pixels };
}

describe('near-duplicates', () => {
  test('another light is the same picture; a part that lies elsewhere is not', () => {
    expect(nearlyTheSame(fingerprint(bench(20, 20)), fingerprint(bench(20, 20, 6)))).toBe(true);
    expect(nearlyTheSame(fingerprint(bench(20, 20)), fingerprint(bench(90, 70)))).toBe(false);
  });

  test('a camera that always sees the same: only copies are joined', () => {
    const print = (value: number): Fingerprint => ({
      hash: 0n,
      cells: new Uint8Array(256).map((_, cell) => (cell === value ? 8 : 0)),
    });
    expect(groupNearDuplicates([1, 2, 3, 4, 5, 6, 7, 7].map(print))).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
  });

  test('bits in both halves of the hash count', () => {
    const print = (hash: bigint): Fingerprint => ({ hash, cells: new Uint8Array(256) });
    const apart = [0xffn, 0xffffn << 16n, 0xffffn << 40n, 0xffffffffn << 24n].map(print);
    const [six, seven] = [(0b111n << 61n) | 0b111n, (0b111n << 61n) | 0b1111n];
    expect(groupNearDuplicates([print(0n), print(six), ...apart])[1]).toBe(0);
    expect(groupNearDuplicates([print(0n), print(seven), ...apart])[1]).toBe(1);
  });

  test('a recording joins its frames, and all that is like one of them', () => {
    expect(joinByName([0, 1, 2, 3, 2, 5], ['a', undefined, 'b', 'a', undefined, 'b'])).toEqual([0, 1, 2, 0, 2, 2]);
  });
});

test('statistics, worked by hand', () => {
  const item = (boxes: ReturnType<typeof box>[], labels: number[]) => ({
    ...{ name: 'a', path: 'a', size: { width: 640, height: 480 }, difficult: labels.map(() => false) },
    boxes,
    labels,
  });
  const items = [item([box(0, 0, 0.1, 0.5), box(0, 0, 0.2, 0.1)], [0, 0]), item([box(0, 0, 1, 1)], [2])];
  const statistics = datasetStatistics(items, 3, { width: 300, height: 200 });
  expect(statistics).toMatchObject({ pictures: 2, boxes: 3, boxesPerClass: [2, 0, 1], picturesPerClass: [1, 0, 1] });
  expect(statistics.shortSides).toMatchObject({ smallest: 20, median: 30 });
  expect(percentile([0, 10], 25)).toBe(2.5);
});
