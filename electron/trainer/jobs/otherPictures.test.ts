import { expect, test } from 'vitest';
import { NotFiniteError } from '../training/step';
import { lossesOfRate } from './otherPictures';

const losses = (total: number) => ({ total, regression: total / 4, classification: (3 * total) / 4 });

/** Batches whose pictures cannot be learned from. */
function sweepOver(bad: readonly number[]) {
  const pictures: string[] = [];
  const step = (index: number) =>
    bad.includes(index)
      ? Promise.reject(new NotFiniteError(`images/${index}.png`))
      : Promise.resolve(losses(5 + index / 10));
  return { pictures, at: (index: number) => lossesOfRate(step, index, 7, (name) => pictures.push(name)) };
}

test('a picture that spoils its batch is named, and other pictures say what the rate does', async () => {
  const { pictures, at } = sweepOver([2]);
  expect(await at(1)).toEqual(losses(5.1));
  expect(await at(2)).toEqual(losses(5.9));
  expect(pictures).toEqual(['images/2.png']);
});

test('where other pictures fail as well it is the rate, and no picture is blamed', async () => {
  const { pictures, at } = sweepOver([2, 9]);
  expect((await at(2)).total).toBeNaN();
  expect(pictures).toEqual([]);
});

test('another error stays one', async () => {
  const broken = (): Promise<never> => Promise.reject(new Error('engine failed'));
  await expect(lossesOfRate(broken, 0, 1, () => undefined)).rejects.toThrow('engine failed');
});
