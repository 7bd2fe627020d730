import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Picture, ProjectState } from '../../shared/mainContract';
import { lightSeen, sampled } from './light';
import { pictureChecklist, type CheckMark } from './pictureChecklist';

const stops = (by: number, from = 120): number => from * 2 ** (by / 2.2);

describe('light', () => {
  test('pictures more than half a stop off are counted, those a third of a stop off are not', () => {
    const usual = Array.from({ length: 16 }, () => 120);
    expect(lightSeen([...usual, stops(-0.6), stops(0.6), stops(-0.33), stops(0.33)])).toEqual({ looked: 20, other: 2 });
  });

  test('of fewer than ten pictures nothing is told', () => {
    expect(lightSeen(Array.from({ length: 9 }, () => 120))).toBeNull();
    expect(lightSeen(Array.from({ length: 10 }, () => 120))).toEqual({ looked: 10, other: 0 });
  });

  test('a camera that shows everything brighter tells the same', () => {
    const brightness = fc.array(fc.double({ min: 10, max: 100, noNaN: true }), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(brightness, (values) => {
        expect(lightSeen(values.map((value) => 2 * value))).toEqual(lightSeen(values));
      }),
    );
  });

  test('a large set is looked at from its first picture to nearly its last, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (count) => {
        const at = sampled(Array.from({ length: count }, (_, index) => index));
        expect(at).toHaveLength(Math.min(100, count));
        expect(new Set(at).size).toBe(at.length);
        expect(at[0]).toBe(0);
        expect(at.at(-1)).toBeGreaterThanOrEqual(count - Math.ceil(count / 100));
      }),
    );
  });
});

describe('what a good set has', () => {
  const project = (more: Partial<ProjectState>): ProjectState =>
    ({ pictures: 60, boxes: 0, classes: ['bolt', 'nut'], boxesPerClass: {}, ...more }) as ProjectState;
  const picture = (boxes: number, reviewed = true): Picture => ({ boxes, reviewed }) as Picture;
  const marks = (...[state, pictures, light]: Parameters<typeof pictureChecklist>): Record<string, CheckMark> =>
    Object.fromEntries(pictureChecklist(state, pictures, light).map(({ id, mark }) => [id, mark]));

  test('before any label only the pictures and their light can be told', () => {
    expect(marks(project({}), [picture(0, false)], { looked: 60, other: 6 })).toEqual({
      ...{ enough: 'yes', light: 'yes' },
      ...{ eachPart: 'unknown', alone: 'unknown', among: 'unknown', background: 'unknown' },
    });
    expect(marks(project({ pictures: 9 }), [], null)).toMatchObject({ enough: 'notYet', light: 'unknown' });
  });

  test('with labels each is there or not yet', () => {
    const labelled = project({ boxes: 90, boxesPerClass: { bolt: 61, nut: 29 } });
    const pictures = [picture(1), picture(3), picture(0, false)];
    expect(marks(labelled, pictures, { looked: 60, other: 5 })).toEqual({
      ...{ enough: 'yes', light: 'notYet', eachPart: 'notYet' },
      ...{ alone: 'yes', among: 'yes', background: 'notYet' },
    });
    const all = project({ boxes: 90, boxesPerClass: { bolt: 60, nut: 30 } });
    expect(marks(all, [...pictures, picture(0)], null)).toMatchObject({ eachPart: 'yes', background: 'yes' });
  });

  test('says how many pictures differ in light, of how many, and how many should', () => {
    const light = pictureChecklist(project({}), [], { looked: 60, other: 5 }).find(({ id }) => id === 'light');
    expect(light).toMatchObject({ have: 5, goal: 6, looked: 60 });
  });
});
