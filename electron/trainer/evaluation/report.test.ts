import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EpochReport, Mistake } from '../../../shared/contract';
import { composeReport, writeReport } from './report';
import type { ReportInput, ReportMistake } from './report/input';
import { surroundings } from './report/pictures';
import { evaluateDetections } from './summarize';
import { detectionsOf, picture } from './testPictures';

const nasty = `nut <script>alert("1")</script> & 'co'`;

const tag = /<(\/?)([a-zA-Z0-9]+)(?:\s+[\w:-]+="[^"<>]*")*\s*(\/?)>/g;

/** Tags that close nothing, or are left open. */
function misplacedTags(markup: string): string[] {
  const open: string[] = [];
  const misplaced: string[] = [];
  for (const [, closing, name = '', selfClosing] of markup.matchAll(tag)) {
    if (closing === '/' && open.pop() !== name) misplaced.push(name);
    if (closing !== '/' && selfClosing !== '/') open.push(name);
  }
  return [...misplaced, ...open];
}

function epoch(number: number, mAP50: number | null): EpochReport {
  const train = { total: 9 / number, regression: 3 / number, classification: 6 / number };
  return {
    kind: 'epoch',
    epoch: number,
    epochs: 3,
    learningRate: 0.004,
    train,
    validation: mAP50 === null ? null : train,
    mAP50,
    imagesPerSecond: 10,
    secondsLeft: 0,
    text: '',
  };
}

function input(path = 'report.html'): ReportInput {
  const items = [picture('images/<a>.jpg', [{ category: 0, box: [0, 0, 20, 20] }])];
  const detections = [detectionsOf([{ category: 0, box: [60, 60, 20, 20], score: 0.9 }])];
  const evaluation = evaluateDetections({ items, detections, classes: [nasty], threshold: 0.5 });
  const shown = {
    file: 'images/<a>.jpg',
    jpeg: Buffer.from([0xff, 0xd8, 0xff]),
    size: { width: 100, height: 100 },
    truth: [{ label: nasty, box: { x: 0, y: 0, width: 20, height: 20 } }],
    detections: [{ label: nasty, score: 0.9, box: { x: 60, y: 60, width: 20, height: 20 } }],
  };
  return {
    path,
    projectName: nasty,
    classes: [nasty],
    evaluation,
    epochs: [epoch(1, null), epoch(2, 0.7), epoch(3, 0.6)],
    lrFinder: {
      learningRate: 0.004,
      confidence: 'sure',
      reason: nasty,
      suggestions: [{ rule: 'steepest', learningRate: 0.003, reason: nasty }],
      curve: [1e-4, 1e-3, 1e-2, 1e-1].map((learningRate) => ({
        learningRate,
        total: learningRate === 0.1 ? Infinity : 5,
        regression: 2,
        classification: 3,
      })),
      divergence: { total: 0.05 },
      correlation: { regression: -0.9, classification: -0.8 },
      sweep: 'exponential',
      seconds: 60,
      batchSize: 8,
      sweeps: [],
      repeats: [],
      fine: [],
    },
    batchSize: {
      batchSize: 8,
      accumulate: 1,
      learningRate: 0.004,
      reason: nasty,
      table: [
        { batchSize: 8, predictedBytes: 1e9, measuredBytes: 1.1e9, imagesPerSecond: 10, fits: true },
        { batchSize: 64, predictedBytes: 9e9, measuredBytes: null, imagesPerSecond: null, fits: false },
      ],
      budgetBytes: 6e9,
      budgetReason: nasty,
      scaling: { linear: 0.004, squareRoot: 0.004, chosen: 'measured' },
      plans: [],
    },
    plan: {
      inputWidth: 300,
      inputHeight: 300,
      fineMap: true,
      priorShapes: [[[0.1, 0.1]]],
      priorCoverage: 0.97,
      smallestPixels: 14,
      medianPixels: 40,
      reasons: [nasty],
    },
    choices: [{ title: nasty, value: nasty, reason: nasty }],
    pictures: [shown],
    mistakes: evaluation.mistakes.map((mistake) => ({ ...shown, mistake })),
  };
}

describe('composeReport', () => {
  const page = composeReport(input());

  test('is well-formed, with everything from the project escaped', () => {
    const body = page.slice(page.indexOf('<body'), page.indexOf('</html>'));
    expect(misplacedTags(body)).toEqual([]);
    expect(body.replace(tag, '')).not.toMatch(/[<>]/);
    expect(page).not.toContain('<script');
    expect(page).toContain('nut &lt;script&gt;');
  });

  test('needs nothing from outside', () => {
    expect(page).not.toMatch(/https?:|url\((?!#)|@import|<link|src=/);
    expect(page).toContain('data:image/jpeg;base64,/9j/');
  });

  test('tells figures, best round, pick, batch and mistakes', () => {
    const text = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('Finds 0 of 1, 100 false alarms a hundred pictures');
    expect(text).toContain('0.700, round 2');
    expect(text).toContain('It was best after round 2');
    expect(text).toContain('altogether at 0.05');
    expect(text).toContain('does not fit');
    expect(text).toContain('missed.');
    expect(text).toContain('reported where none is labelled, 90 % sure.');
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('marks the pick within the chart', () => {
    // By hand: 56 + (log 0.004 - log 0.0001) / (log 0.1 - log 0.0001) * (960 - 56 - 18)
    expect(page).toMatch(/class="flagPole"\s+x1="529\.1"/);
  });

  test('leaves out what was not run', () => {
    const { lrFinder: _rates, batchSize: _batch, plan: _plan, ...rest } = input();
    const short = composeReport({ ...rest, epochs: [], choices: [], pictures: [], mistakes: [] });
    expect(short).not.toMatch(
      /How fast|How many pictures|What it looks for|How it learned|What it sees|mistakes<\/h2>/,
    );
  });
});

describe('writeReport', () => {
  test('writes one file, and says what to do where it cannot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-report-'));
    try {
      await writeReport(input(join(folder, 'report.html')));
      expect(await readdir(folder)).toEqual(['report.html']);
      expect(await readFile(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>$/);
      await expect(writeReport(input(join(folder, 'gone', 'report.html')))).rejects.toMatchObject({ code: 'disk' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('surroundings', () => {
  const at = (x: number, y: number, side: number, width = 640, height = 480) => {
    const mistake: Mistake = {
      kind: 'missed',
      file: '',
      label: '',
      box: { x, y, width: side, height: side },
      weight: 1,
    };
    const shown: ReportMistake = {
      file: '',
      jpeg: Buffer.of(),
      size: { width, height },
      truth: [],
      detections: [],
      mistake,
    };
    return surroundings(shown);
  };

  test('are three times the box, around it, inside the picture', () => {
    expect(at(100, 100, 40)).toEqual({ x: 60, y: 60, width: 120, height: 120 });
    expect(at(0, 440, 40)).toEqual({ x: 0, y: 360, width: 120, height: 120 });
    expect(at(0, 0, 400)).toEqual({ x: 0, y: 0, width: 480, height: 480 });
  });
});
