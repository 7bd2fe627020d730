import { describe, expect, test } from 'vitest';
import type { Box } from '../../../shared/boxes';
import { decode, encode } from './boxCoder';
import { flat, golden, toBox } from './golden.testing';
import { iou } from './iou';
import { match } from './matcher';
import { multiboxLoss } from './multiboxLoss';
import { nonMaximumSuppression } from './postprocess';
import { makeTargets } from './targets';

type Rows = readonly (readonly number[])[];

describe('box coder', () => {
  const { boxes, priors, encodings, codes, decoded } = golden('boxCoder') as Record<
    'boxes' | 'priors' | 'encodings' | 'codes' | 'decoded',
    Rows
  >;

  test("encodes as torchvision does, in the base model's order y, x, h, w", () => {
    const target = new Float32Array(4);
    boxes.forEach((row, index) => {
      encode(toBox(row), flat(priors), index, target, 0);
      target.forEach((value, at) => expect(value).toBeCloseTo(encodings[index]?.[at] as number, 3));
    });
  });

  test('decodes as torchvision does', () => {
    codes.forEach((_, index) => {
      decode(flat(codes), index * 4, flat(priors), index).forEach((corner, at) =>
        expect(corner).toBeCloseTo(decoded[index]?.[at] as number, 4),
      );
    });
  });
});

describe('iou', () => {
  test('agrees with torchvision', () => {
    const golds = golden('iou') as Record<'a' | 'b' | 'iou', Rows>;
    golds.a.forEach((a, row) =>
      golds.b.forEach((b, column) =>
        expect(iou(toBox(a), toBox(b))).toBeCloseTo(golds.iou[row]?.[column] as number, 5),
      ),
    );
  });
});

describe('matcher', () => {
  test('gives each prior to the box that torchvision gives it to', () => {
    const { cases } = golden('matcher') as { cases: { gtBoxes: Rows; priors: Rows; matches: number[] }[] };
    expect(cases.length).toBeGreaterThan(3);
    for (const { gtBoxes, priors, matches } of cases) {
      expect([...match(gtBoxes.map(toBox), flat(priors))]).toEqual(matches);
    }
  });
});

describe('non-maximum suppression', () => {
  test('keeps what torchvision keeps', () => {
    const { cases } = golden('nms') as {
      cases: { iouThreshold: number; boxes: Rows; scores: number[]; kept: number[] }[];
    };
    for (const { iouThreshold, boxes, scores, kept } of cases) {
      const sorted = boxes
        .map((row, index) => ({ box: toBox(row), index, score: scores[index] as number }))
        .sort((a, b) => b.score - a.score);
      expect(nonMaximumSuppression(sorted, iouThreshold).map(({ index }) => index)).toEqual(kept);
    }
  });
});

describe('multibox loss', () => {
  const data = golden('multiboxLoss') as {
    priors: Rows;
    gtBoxes: Rows[];
    gtLabels: number[][];
    boxEncodings: Rows[];
    classLogits: Rows[];
    regression: number;
    classification: number;
    boxEncodingsGradient: Rows[];
    classLogitsGradient: Rows[];
  };
  const targets = makeTargets(
    data.gtBoxes.map((rows): Box[] => rows.map(toBox)),
    data.gtLabels,
    flat(data.priors),
  );
  const encodings = flat(data.boxEncodings.flat());
  const logits = flat(data.classLogits.flat());
  const loss = multiboxLoss(encodings, logits, targets);

  test('is what torchvision computes, both parts', () => {
    expect(loss.losses.regression).toBeCloseTo(data.regression, 4);
    expect(loss.losses.classification).toBeCloseTo(data.classification, 4);
    expect(loss.losses.total).toBeCloseTo(data.regression + data.classification, 4);
  });

  test("has torch's gradients", () => {
    const expectedBoxes = flat(data.boxEncodingsGradient.flat());
    loss.gradients.boxEncodings.forEach((value, at) => expect(value).toBeCloseTo(expectedBoxes[at] as number, 5));
    const expectedLogits = flat(data.classLogitsGradient.flat());
    loss.gradients.classLogits.forEach((value, at) => expect(value).toBeCloseTo(expectedLogits[at] as number, 5));
  });

  test('a batch without boxes is 0, not NaN, and can still teach what is not a part', () => {
    const empty = makeTargets([[], [], []], [[], [], []], flat(data.priors));
    expect(multiboxLoss(encodings, logits, empty).losses).toEqual({ total: 0, regression: 0, classification: 0 });
    const taught = multiboxLoss(encodings, logits, empty, 5);
    expect(taught.losses.classification).toBeGreaterThan(0);
    expect(taught.gradients.classLogits.filter((value) => value !== 0)).toHaveLength(
      3 * 5 * (logits.length / encodings.length) * 4,
    );
  });

  test('pictures without boxes weigh as much as others: three times the loss of one negative', () => {
    const empty = makeTargets([[], [], []], [[], [], []], flat(data.priors));
    const undecided = new Float32Array(logits.length);
    const outputs = (logits.length / encodings.length) * 4;
    expect(multiboxLoss(encodings, undecided, empty, 5).losses.classification).toBeCloseTo(3 * Math.log(outputs), 6);
  });

  test('names the picture whose loss is not finite', () => {
    const broken = logits.slice();
    broken[0] = NaN;
    const { perPicture, losses } = multiboxLoss(encodings, broken, targets);
    expect(losses.total).toBeNaN();
    expect([...perPicture].map(Number.isFinite)).toEqual([false, true, true]);
  });
});
