import { describe, expect, test } from 'vitest';
import type { BatchPlan, BatchRow, BatchSizeResult, EvaluationResult, LrFinderResult } from '../../shared/contract';
import type { ProjectResults, ProjectState } from '../../shared/mainContract';
import { fitOf, modelBytes, scalingOf } from './batchView';
import { addTrainingEvent, emptyLive, watchLines, type EpochReport, type StepReport } from './job';
import { rateZone } from '../../shared/divergence';
import { dialPosition, liveCurves, lossRange, lrCurves } from './lrView';
import { firstTurn } from '../../shared/divergence';
import { pointAt } from '../../shared/score';
import { mistakesAt, verdictOf } from './resultsView';
import { stageLine } from './stageLines';
import { lossCurves } from './trainingView';

const lr = (divergence: LrFinderResult['divergence']): LrFinderResult => ({
  learningRate: 0.004,
  confidence: 'sure',
  reason: '',
  suggestions: [],
  curve: [],
  divergence,
  correlation: { regression: -1, classification: -1 },
  sweep: 'exponential',
  seconds: 1,
  batchSize: 8,
  sweeps: [],
  repeats: [],
  fine: [],
});

describe('learning rate', () => {
  test('the zone is three times around the pick, and stops short of the first divergence', () => {
    expect(rateZone(lr({}))).toEqual([0.004 / 3, 0.012]);
    expect(rateZone(lr({ total: 0.02, classification: 0.01 }))[1]).toBeCloseTo(0.007);
  });

  test('the dial stands in the middle of its zone, left below it and right above it', () => {
    expect(dialPosition(0.003, [0.001, 0.009])).toBeCloseTo(0.5);
    expect(dialPosition(0.0001, [0.001, 0.009])).toBeLessThan(0.1);
    expect(dialPosition(1, [0.001, 0.009])).toBe(1);
  });

  const points = [8, 6, 4, 90].map((total, index) => ({
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1][index] ?? 0,
    total,
    regression: 1,
    classification: total - 1,
  }));

  test('a curve that flies apart does not squash the rest', () => {
    expect(lossRange(lrCurves(points, []))).toEqual([0, 12]);
    expect(lossRange(lrCurves([], []))).toEqual([0, 1]);
    expect(lossRange(lrCurves(points.slice(0, 3), []))).toEqual([0, 8 * 1.06]);
  });

  test('lines and dots share an axis of rising rates, each with gaps where the other is', () => {
    const repeat = { learningRate: 2e-3, total: 5, regression: 2, classification: 3 };
    const { rates, lines, dots } = lrCurves([...points].reverse(), [repeat]);
    expect(rates).toEqual([1e-4, 1e-3, 2e-3, 1e-2, 1e-1]);
    expect(lines.total).toEqual([8, 6, null, 4, 90]);
    expect(dots.regression).toEqual([null, null, 2, null, null]);
  });

  test('while it sweeps, the first sweep is a line and its repeats are dots', () => {
    const live = liveCurves(points.map((point, index) => ({ ...point, sweep: index < 2 ? 0 : 1 })));
    expect(live.lines.total).toEqual([8, 6, null, null]);
    expect(live.dots.total).toEqual([null, null, 4, 90]);
  });

  test('a sweep that began again lower is drawn from there on', () => {
    const tooHigh = { learningRate: 1e-2, total: 50, regression: 20, classification: 30 };
    const live = liveCurves(
      [tooHigh, { ...tooHigh, learningRate: 3e-2 }, ...points].map((point) => ({ ...point, sweep: 0 })),
    );
    expect(live.rates).toEqual(points.map(({ learningRate }) => learningRate));
    expect(live.lines.total).toEqual([8, 6, 4, 90]);
  });

  test('the first turn is the lowest rate at which any of the three turns up', () => {
    expect(firstTurn(lr({ total: 0.02, classification: 0.01 }))).toBe(0.01);
    expect(firstTurn(lr({}))).toBeUndefined();
  });
});

describe('batch size', () => {
  const row = (batchSize: number, bytes: number, fits = true): BatchRow => ({
    batchSize,
    predictedBytes: bytes,
    measuredBytes: null,
    imagesPerSecond: null,
    fits,
  });
  test('the network is what is left at no picture', () => {
    expect(modelBytes([row(1, 12), row(2, 14), row(8, 26)])).toBeCloseTo(10);
    expect(modelBytes([])).toBe(0);
  });

  test('over nine tenths of the budget is tight', () => {
    expect(fitOf(row(8, 50), 100)).toBe('well');
    expect(fitOf(row(8, 95), 100)).toBe('tight');
    expect(fitOf(row(8, 95, false), 100)).toBe('not');
  });
});

const epoch = (number: number, mAP50: number, held = 2, seen = 2): EpochReport => ({
  kind: 'epoch',
  epoch: number,
  epochs: 20,
  learningRate: 0.004,
  train: { total: seen, regression: 1, classification: seen - 1 },
  validation: { total: held, regression: 1, classification: held - 1 },
  mAP50,
  imagesPerSecond: 10,
  secondsLeft: 1,
  text: '',
});

const step = (number: number, total: number): StepReport => ({
  kind: 'step',
  step: number,
  steps: 100,
  epoch: 1,
  learningRate: 0.004,
  secondsLeft: 1,
  total,
  regression: 1,
  classification: total - 1,
});

describe('training', () => {
  test('a rate that was halved is told like any other thing put right, at the step where it was', () => {
    const said = { code: 'watchForgot', values: {} };
    const events = [step(40, 1), epoch(1, 0.8), step(80, 1), { ...epoch(2, 0.7), text: 'halved', said }];
    const live = events.reduce(addTrainingEvent, emptyLive);
    expect(live.watch).toEqual([{ kind: 'watch', text: 'halved', said, step: 80 }]);
    expect(live.epochs).toHaveLength(2);
  });

  test('opened again, a training still tells what was put right, in the order of its steps', () => {
    const said = { code: 'watchForgot', values: {} };
    const back = { kind: 'watch' as const, text: 'back', step: 99 };
    const lowered = { ...epoch(1, 0.7), text: 'halved', said };
    expect(watchLines({ steps: [step(40, 1)], epochs: [lowered, epoch(2, 0.8)], watch: [back] })).toEqual([
      { kind: 'watch', text: 'halved', said, step: 40 },
      back,
    ]);
  });

  test('steps that are done anew after going back replace the old ones', () => {
    const live = [step(1, 4), step(2, 9), step(3, 99), step(2, 3)].reduce(addTrainingEvent, emptyLive);
    expect(live.steps.map(({ step: at, total }) => [at, total])).toEqual([
      [1, 4],
      [2, 3],
    ]);
  });

  test('a constant loss stays itself when smoothed, from the first step on', () => {
    const curves = lossCurves([step(1, 4), step(2, 4), step(100, 4)], [], 20);
    curves.total.forEach((total) => expect(total).toBeCloseTo(4));
    expect(curves.rounds.at(-1)).toBe(20);
  });

  test('the error on validation pictures stands at the end of its round, among those of the steps', () => {
    const notJudged = { ...epoch(5, 0.3), validation: null };
    const curves = lossCurves([step(1, 4), step(50, 4), step(100, 4)], [notJudged, epoch(10, 0.5, 3)], 20);
    expect(curves.rounds).toEqual([0.2, 10, 10, 20]);
    expect(curves.validation).toEqual([null, null, 3, null]);
    expect(curves.total.map((total) => total === null)).toEqual([false, false, true, false]);
  });

  test('a resumed round replaces what was reported of it before', () => {
    const twice = [epoch(1, 0.1), epoch(2, 0.2), epoch(2, 0.3)].reduce(addTrainingEvent, emptyLive);
    expect(twice.epochs.map(({ mAP50 }) => mAP50)).toEqual([0.1, 0.3]);
  });

  test('a long training does not make the page slow', () => {
    let live = emptyLive;
    for (let index = 0; index < 9000; index++) live = addTrainingEvent(live, step(index, 1));
    expect(live.steps.length).toBeLessThanOrEqual(4001);
    expect(live.steps.at(-1)?.step).toBe(8999);
  });
});

describe('results', () => {
  const point = (threshold: number, recall: number, precision = 0.95): EvaluationResult['thresholds'][number] => ({
    threshold,
    recall,
    precision,
    falseAlarms: 1,
  });
  const evaluation = (more: Partial<EvaluationResult>): EvaluationResult => ({
    run: 'runs/1',
    split: 'test',
    images: 40,
    mAP50: 0.9,
    mAP5095: 0.6,
    threshold: 0.5,
    perClass: {},
    thresholds: [point(0.3, 0.97), point(0.5, 0.94), point(0.7, 0.8)],
    mistakes: [],
    text: '',
    report: '',
    warnings: [],
    warningsSaid: [],
    ...more,
  });

  test('the nearest measured threshold speaks', () => {
    expect(pointAt(evaluation({}).thresholds, 0.58)?.threshold).toBe(0.5);
    expect(pointAt([], 0.5)).toBeNull();
  });

  test('too few pictures, good, not good enough', () => {
    expect(verdictOf(evaluation({ images: 4 }), 0.5)).toBe('tooFewToSay');
    expect(verdictOf(evaluation({}), 0.5)).toBe('good');
    expect(verdictOf(evaluation({ thresholds: [point(0.5, 0.7)] }), 0.5)).toBe('notGoodEnough');
  });

  test('of too few pictures it can still be said that it is surely not good enough', () => {
    const one = { AP50: 0.3, AP5095: 0.2, precision: 0.5, recall: 0.5, truePositives: 0, falsePositives: 0 };
    const of = (recall: number, precision: number, groundTruths: number): string =>
      verdictOf(
        evaluation({
          images: 4,
          perClass: { bolt: { ...one, groundTruths: groundTruths - 1 }, nut: { ...one, groundTruths: 1 } },
          thresholds: [point(0.5, recall, precision)],
        }),
        0.5,
      );
    expect(of(0.52, 0.9, 71)).toBe('notGoodEnough');
    expect(of(0.99, 0.3, 71)).toBe('notGoodEnough');
    for (const parts of [1, 2, 4]) expect(of(0, 0, parts)).toBe('tooFewToSay');
    expect(of(0.5, 0.9, 4)).toBe('tooFewToSay');
    expect(of(0, 0, 10)).toBe('notGoodEnough');
    expect(of(0.85, 0.9, 71)).toBe('tooFewToSay');
    expect(of(1, 1, 71)).toBe('tooFewToSay');
  });

  test('the verdict is of the threshold that the slider stands at', () => {
    expect(verdictOf(evaluation({}), 0.7)).toBe('notGoodEnough');
  });

  test('false alarms and wrong names count together: 20 in a hundred pictures are borne, more are not', () => {
    const with20 = { ...point(0.5, 0.94), falseAlarms: 8, wrongParts: 12 };
    expect(verdictOf(evaluation({ thresholds: [with20] }), 0.5)).toBe('good');
    const wrongNames = { ...point(0.5, 0.94), falseAlarms: 8, wrongParts: 12.5 };
    expect(verdictOf(evaluation({ thresholds: [wrongNames] }), 0.5)).toBe('notGoodEnough');
    // As an older Lineside counted: all wrong reports as false alarms.
    const older = { ...point(0.5, 0.94), falseAlarms: 67 };
    expect(verdictOf(evaluation({ thresholds: [older] }), 0.5)).toBe('notGoodEnough');
  });

  test('a higher threshold hides doubtful false alarms, never what was missed', () => {
    const box = { x: 0, y: 0, width: 1, height: 1 };
    const doubtful = {
      kind: 'falseAlarm',
      file: 'a',
      detected: { label: 'nut', score: 0.55, box },
      box,
      weight: 1,
    } as const;
    const missed = { kind: 'missed', file: 'a', label: 'nut', box, weight: 1 } as const;
    expect(mistakesAt([doubtful, missed], 0.5)).toEqual([doubtful, missed]);
    expect(mistakesAt([doubtful, missed], 0.6)).toEqual([missed]);
  });
});

describe('what was measured', () => {
  const results: ProjectResults = {
    ...{ plan: null, split: null, lrFinder: null, batchSize: null },
    ...{ training: null, runs: [], evaluation: null, export: null },
  };

  test('a batch worked in parts is not told as so many at a time', () => {
    const known = { project: {} as ProjectState, problems: null, job: { kind: 'idle' } } as const;
    const line = (accumulate: number): unknown => {
      const batchSize = { batchSize: 8, accumulate } as BatchSizeResult;
      return stageLine('batchSize', 'done', { ...known, results: { ...results, batchSize } });
    };
    expect(line(1)).toEqual({ key: 'line.batch', values: { count: 8 } });
    expect(line(4)).toEqual({ key: 'line.batchInParts', values: { count: 8, parts: 4 } });
  });

  test('a rate of recipes is not called carried over', () => {
    const scaled = { scaling: { linear: 1, squareRoot: 1, chosen: 'measured' } } as BatchPlan;
    expect(scalingOf(scaled)).toBe('measured');
    expect(scalingOf({ ...scaled, isRecipe: true })).toBe('recipe');
  });
});
