import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSteps, priorPlan, recipeRates } from './plan';

const square = (side: number) => ({ width: side, height: side });

describe('training priorPlan', () => {
  const seed = { pictures: 5000, classes: 12, inputSize: square(512), pictureSize: { width: 1920, height: 1080 } };

  test("the seed's case: 0.001 and 16", () => {
    const plan = priorPlan(seed);
    expect(plan).toMatchObject({ learningRate: 0.001, batchSize: 16, warnings: [] });
    expect(plan.reasons).toHaveLength(2);
  });

  test('its 10 px details are 2.7×4.7 px at 512, overlap 0.03: warns, and offers 15 tiles', () => {
    const { warnings } = priorPlan({ ...seed, smallestPart: square(10) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /10×10 px in a 1920×1080 picture is only 2\.7×4\.7 px at 512×512 .*0\.03.*cannot be learned.*15 tiles of 512×512 with 20 % overlap/,
    );
  });

  test('a part as large as a default box needs no warning', () => {
    expect(priorPlan({ ...seed, smallestPart: { width: 77, height: 43 } }).warnings).toEqual([]);
  });

  test("SSD300: 0.002 at batch 32, as torchvision's recipe", () => {
    expect(priorPlan({ ...seed, inputSize: square(300) })).toMatchObject({ learningRate: 0.002, batchSize: 32 });
  });

  test('few pictures: fewer at a time, a lower rate, a warning', () => {
    const plan = priorPlan({ pictures: 56, classes: 4, inputSize: square(300) });
    expect(plan).toMatchObject({ learningRate: 0.0005, batchSize: 8 });
    expect(plan.warnings[0]).toContain('56 pictures for 4 classes are few');
    expect(plan.reasons[0]).toContain('with 56 pictures');
  });

  test('recipes lie between 4e-5 and 1.6e-4 for each picture', () => {
    expect(recipeRates(16)).toEqual({ lowest: 0.00064, usual: 0.001, highest: 0.0026 });
  });
});

describe('training planSteps', () => {
  test.each([
    ['BCCD', 292, 16, 494, 26],
    ['BCCD, its own training set', 205, 16, 481, 37],
    ['practice at 4', 56, 4, 490, 35],
    ['practice', 56, 8, 483, 69],
    ['the seed’s case', 5000, 16, 1565, 5],
    ['one picture', 1, 4, 480, 480],
  ])('%s: %i pictures, %i at a time: %i steps, %i rounds', (_, trainPictures, batchSize, steps, epochs) => {
    expect(planSteps({ trainPictures, batchSize })).toEqual({ steps, epochs });
  });

  test('a time budget shortens it', () => {
    const plan = planSteps({ trainPictures: 292, batchSize: 16, secondsPerStep: 3, budgetSeconds: 600 });
    expect(plan).toEqual({ steps: 190, epochs: 10 });
    expect(planSteps({ trainPictures: 292, batchSize: 16, secondsPerStep: 1.2, budgetSeconds: 600 }).steps).toBe(494);
  });

  test('never below 100 steps for want of time, always whole rounds', () => {
    const counts = fc.integer({ min: 1, max: 20000 });
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom(1, 2, 4, 8, 16, 32),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (trainPictures, batchSize, secondsPerStep) => {
          const stepsPerRound = Math.ceil(trainPictures / batchSize);
          const { steps, epochs } = planSteps({ trainPictures, batchSize, secondsPerStep, budgetSeconds: 600 });
          expect(steps).toBe(epochs * stepsPerRound);
          expect(steps + stepsPerRound).toBeGreaterThan(100);
          expect(steps * secondsPerStep).toBeLessThanOrEqual(
            Math.max(600, 100 * secondsPerStep, stepsPerRound * secondsPerStep) + stepsPerRound * secondsPerStep,
          );
        },
      ),
    );
  });
});
