import { expect, test } from 'vitest';
import { readBaseModel } from './baseModel';
import { baseModelShapes, priorBoxes } from './priorBoxes';
import { baseNetwork } from './baseModel';
import { cluster, planPriors, shapeIou } from './priorPlan';
import { box } from '../../../shared/boxes';

test("the base model's priors are those of its own graph", () => {
  const network = baseNetwork();
  const expected = readBaseModel().get('Postprocessor/ExpandDims')?.values as Float32Array; // [1, 1917, 4] corners
  expect(network.priors).toHaveLength(expected.length);
  for (let at = 0; at < expected.length; at += 4) {
    const [cy, cx, h, w] = network.priors.subarray(at, at + 4) as unknown as [number, number, number, number];
    [cy - h / 2, cx - w / 2, cy + h / 2, cx + w / 2].forEach((corner, index) =>
      expect(Math.abs(corner - (expected[at + index] as number))).toBeLessThan(5e-5),
    );
  }
});

test('priors run through maps, rows, columns, shapes', () => {
  const priors = priorBoxes([
    {
      cells: { height: 1, width: 2 },
      shapes: [
        [0.5, 0.25],
        [1, 1],
      ],
    },
  ]);
  expect([...priors]).toEqual([0.5, 0.25, 0.5, 0.25, 0.5, 0.25, 1, 1, 0.5, 0.75, 0.5, 0.25, 0.5, 0.75, 1, 1]);
});

test('large parts need nothing beside the base priors', () => {
  const boxes = Array.from({ length: 40 }, (_, i) => box(0.1 + i / 100, 0.2, 0.5 + i / 100, 0.6));
  const plan = planPriors(boxes, { width: 300, height: 300 });
  expect(plan).toMatchObject({ fineMap: false, added: 0, coverage: 1 });
  expect(plan.priorShapes).toBe(baseModelShapes);
});

test('small parts get a stride-8 map with shapes like theirs, and are then covered', () => {
  const boxes = Array.from({ length: 60 }, (_, i) => box(i / 70, i / 80, i / 70 + 0.05, i / 80 + 0.04));
  const plan = planPriors(boxes, { width: 300, height: 300 });
  expect(plan.baseCoverage).toBe(0);
  expect(plan.fineMap).toBe(true);
  // Cells are 8 pixels apart, the boxes 12 × 15: some fall between.
  expect(plan.coverage).toBeGreaterThan(0.6);
  plan.priorShapes[0]?.forEach((shape) => expect(shapeIou(shape, [0.05, 0.04])).toBeGreaterThan(0.9));
});

test('clustering finds the two sizes that are there', () => {
  const shapes = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? ([0.05, 0.05] as const) : ([0.2, 0.1] as const)));
  expect(cluster(shapes, 2)).toEqual([
    [expect.closeTo(0.05), expect.closeTo(0.05)],
    [expect.closeTo(0.2), expect.closeTo(0.1)],
  ]);
});
