import { expect, test } from 'vitest';
import { createProgressView, lineOf, timeLeft } from './progress';

test('plain lines come every ten seconds, and when a part is done', () => {
  let now = 0;
  let written = '';
  const view = createProgressView({ isTTY: false, write: (text) => (written += text), now: () => now });
  for (now = 0; now < 25; now++) {
    view.show({ kind: 'progress', done: now, total: 25, text: 'Reading', secondsLeft: 300 });
  }
  view.show({ kind: 'progress', done: 25, total: 25, text: 'Reading', secondsLeft: 0 });
  expect(written.trim().split('\n')).toEqual([
    'Reading: 0 %, about 5 minutes left',
    'Reading: 40 %, about 5 minutes left',
    'Reading: 80 %, about 5 minutes left',
    'Reading: 100 %',
  ]);
});

test('an epoch is told with the losses under their names in train_ssd.py', () => {
  const line = lineOf({
    kind: 'epoch',
    epoch: 2,
    epochs: 30,
    learningRate: 0.004,
    train: { total: 3.5, regression: 1.25, classification: 2.25 },
    validation: null,
    mAP50: 0.5,
    imagesPerSecond: 10,
    secondsLeft: 60,
    text: 'Getting better quickly',
  });
  expect(line).toBe(
    'round 2 of 30: average loss 3.5000, average regression loss 1.2500, average classification loss 2.2500, mAP50 0.500, rate 0.00400. Getting better quickly',
  );
});

test.each([
  [undefined, ''],
  [0.2, 'about 1 s left'],
  [60, 'about 60 s left'],
  [119, 'about 2 minutes left'],
  [5400, 'about 1.5 hours left'],
])('%s seconds are said as "%s"', (seconds, text) => expect(timeLeft(seconds)).toBe(text));
