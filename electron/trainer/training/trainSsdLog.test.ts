import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adviseLog, logSettingsText, readTrainSsdLog } from './trainSsdLog';

const stamp = '2020-07-10 13:15:00 - ';
const head = `${stamp}Namespace(batch_size=16, lr=0.001, num_epochs=30)\n${stamp}Learning rate: 0.001, Base net learning rate: 0.001\n`;
const step = (epoch: number, at: number, total: number): string =>
  `${stamp}Epoch: ${epoch}, Step: ${at}/100, Avg Loss: ${total}, Avg Regression Loss ${total / 4}, Avg Classification Loss: ${(3 * total) / 4}\n`;
const held = (epoch: number, total: number): string =>
  `${stamp}Epoch: ${epoch}, Validation Loss: ${total}, Validation Regression Loss ${total / 4}, Validation Classification Loss: ${(3 * total) / 4}\n`;

test('rounds from the averages on the way, validation lines, settings; noise is passed over', () => {
  const log = readTrainSsdLog(
    `${head}warning: x\n${step(0, 10, 8)}${step(0, 20, 6)}${held(0, 5)}\r\n${step(1, 10, 4)}`,
    'a',
  );
  expect(log).toMatchObject({ learningRate: 0.001, batchSize: 16, plannedEpochs: 30 });
  expect(log.epochs).toEqual([
    {
      ...{ epoch: 1, learningRate: null, train: { total: 7, regression: 1.75, classification: 5.25 } },
      validation: { total: 5, regression: 1.25, classification: 3.75 },
    },
    {
      ...{ epoch: 2, learningRate: null, train: { total: 4, regression: 1, classification: 3 } },
      validation: null,
    },
  ]);
});

test("a loss that hardly falls: the seed's correction; one that is no number: half the rate", () => {
  const slow = [0, 1, 2, 3].map((epoch) => step(epoch, 10, 8 - 0.2 * epoch) + held(epoch, 8)).join('');
  const whole = head.replace('num_epochs=30', 'num_epochs=4') + slow;
  expect(adviseLog(readTrainSsdLog(whole, 'a'))).toMatchObject({
    kind: 'faster',
    settings: { learningRate: 0.002 },
  });
  // Cut off, or still being written: too early to say.
  expect(adviseLog(readTrainSsdLog(head + slow, 'a'))).toMatchObject({ kind: 'goOn', done: 4, planned: 30 });
  const nan = `${stamp}Epoch: 1, Step: 10, Avg Loss: nan, Avg Regression Loss nan, Avg Classification Loss: nan\n`;
  expect(adviseLog(readTrainSsdLog(head + step(0, 10, 8) + nan, 'a'))).toMatchObject({ kind: 'slower' });
});

test('the original program writes Average where the later one writes Avg', () => {
  const log = readTrainSsdLog(head + step(0, 10, 8).replaceAll('Avg', 'Average').replace('/100', ''), 'a');
  expect(log.epochs.map(({ train }) => train?.total)).toEqual([8]);
});

test('a line that was cut or garbled is passed over; a loss of minus infinity ran away', () => {
  const whole = step(0, 10, 8) + step(1, 10, 6);
  const cut = step(1, 20, 5.5).slice(0, -4);
  for (let length = 0; length < cut.length - 6; length++) {
    expect(readTrainSsdLog(whole + cut.slice(0, length), 'a').epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  }
  const garbled = step(2, 10, 7).replace('Avg Loss: 7', 'Avg Loss: 7.2.1');
  expect(readTrainSsdLog(whole + garbled, 'a').epochs).toHaveLength(2);
  const lost = step(2, 10, 7).replace('Avg Loss: 7', 'Avg Loss: -inf');
  expect(adviseLog(readTrainSsdLog(head + whole + lost, 'a'))).toMatchObject({ kind: 'slower' });
});

test('a file of another kind is named', () => {
  expect(() => readTrainSsdLog('hello', 'notes.txt')).toThrow(/notes\.txt has no line with "Avg Loss"/);
});

test('a log as train_ssd.py prints it: settings, pictures, the cosine over its own 100 rounds', () => {
  const lines = [
    "Namespace(balance_data=False, base_net_lr=0.001, batch_size=4, dataset_type='voc', lr=0.01, num_epochs=30, num_workers=2, resolution=300, scheduler='cosine', t_max=100, weight_decay=0.0005)",
    'Train dataset size: 5006',
    'Validation dataset size: 1002',
    'Learning rate: 0.01, Base net learning rate: 0.001, Extra Layers learning rate: 0.01.',
    'Epoch: 0, Step: 10/1252, Avg Loss: 12.3072, Avg Regression Loss 5.4673, Avg Classification Loss: 6.8400',
    'Epoch: 0, Training Loss: 6.1000, Training Regression Loss 2.1000, Training Classification Loss: 4.0000',
    'Epoch: 0, Validation Loss: 5.6730, Validation Regression Loss 1.7096, Validation Classification Loss: 3.9634',
    'Saved model models/parts/mb1-ssd-Epoch-0-Loss-5.672993580500285.pth',
    'Epoch: 50, Training Loss: 3.0000, Training Regression Loss 1.0000, Training Classification Loss: 2.0000',
  ];
  const log = readTrainSsdLog(lines.map((line) => `${stamp}${line}\n`).join(''), 'a');
  expect(log).toMatchObject({
    learningRate: 0.01,
    batchSize: 4,
    trainPictures: 5006,
    schedule: 'cosine',
    plannedEpochs: 51,
  });
  expect(log.epochs[0]).toMatchObject({
    ...{ epoch: 1, learningRate: 0.01, train: { total: 6.1, regression: 2.1, classification: 4 } },
    validation: { total: 5.673, regression: 1.7096, classification: 3.9634 },
  });
  expect(log.epochs[1]?.learningRate).toBeCloseTo(0.005, 12);
});

/** Rounds from `first` to before `end`, counted from 0 as the program prints them, each with two averages and a validation. */
const rounds = (first: number, end: number, loss: number): string =>
  Array.from({ length: end - first }, (_, index) => first + index)
    .map((epoch) => step(epoch, 10, loss + 1) + step(epoch, 20, loss) + held(epoch, loss + 2))
    .join('');
const loss = fc.double({ min: 0.01, max: 100, noNaN: true }).map((value) => Number(value.toFixed(4)));

test('runs that follow one another: the last one is read as if it were alone, and how many there were is told', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), loss), { minLength: 1, maxLength: 4 }),
      fc.tuple(fc.integer({ min: 1, max: 6 }), loss),
      (earlier, [length, ends]) => {
        const before = earlier.map(([count, at]) => head + rounds(0, count, at)).join('');
        const last = head.replaceAll('0.001', '0.004') + rounds(0, length, ends);
        const log = readTrainSsdLog(before + last, 'a');
        expect(log).toEqual({ ...readTrainSsdLog(last, 'a'), runs: earlier.length + 1 });
        expect(log).toMatchObject({ learningRate: 0.004, epochs: { length } });
      },
    ),
  );
});

test('without its arguments a run is known by its rounds, which begin anew; its settings are not those of the one before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 6 }), loss, (first, second, at) => {
      const log = readTrainSsdLog(head + rounds(0, first, at + 5) + rounds(0, second, at), 'a');
      expect(log).toEqual({ ...readTrainSsdLog(rounds(0, second, at), 'a'), runs: 2 });
      expect(log).toMatchObject({ learningRate: null, batchSize: null, plannedEpochs: null, trainPictures: null });
    }),
  );
  // Broken off in its first round and started again.
  const again = readTrainSsdLog(step(0, 10, 8) + step(0, 20, 7) + step(0, 10, 4), 'a');
  expect([again.runs, again.epochs[0]?.train?.total]).toEqual([2, 4]);
});

test('a run that was resumed is one with what went before; a round that was done twice counts as the second time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 2 }), loss, (done, back, at) => {
      const from = Math.max(1, done - back);
      const log = readTrainSsdLog(head + rounds(0, done, at + 5) + head + rounds(from, done + 3, at), 'a');
      const whole = readTrainSsdLog(head + rounds(0, from, at + 5) + rounds(from, done + 3, at), 'a');
      expect(log).toEqual({ ...whole, runs: 1 });
      expect(log.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: done + 3 }, (_, index) => index + 1));
    }),
  );
});

test('a log that two handlers wrote, each line twice, is one run', () => {
  const twice = (text: string): string => text.replace(/.*\n/g, (line) => line + line);
  expect(readTrainSsdLog(head + twice(rounds(0, 3, 5)), 'a')).toEqual(readTrainSsdLog(head + rounds(0, 3, 5), 'a'));
});

test('validation lines alone are curves too; from them nothing is advised', () => {
  const log = readTrainSsdLog(head + held(0, 5) + held(5, 4), 'a');
  expect(log.epochs).toMatchObject([
    { epoch: 1, train: null, validation: { total: 5 } },
    { epoch: 6, train: null, validation: { total: 4 } },
  ]);
  expect(adviseLog(log)).toBeUndefined();
});

test('what is not in the log is not made up, and nothing is advised from it', () => {
  const slow = [0, 1, 2, 3].map((epoch) => step(epoch, 10, 8 - 0.2 * epoch) + held(epoch, 8)).join('');
  const log = readTrainSsdLog(slow, 'a');
  expect(log).toMatchObject({ learningRate: null, batchSize: null, plannedEpochs: null, schedule: null, runs: 1 });
  expect(adviseLog(log)).toBeUndefined();
  expect(logSettingsText(log)).toBe(
    'rate not in the log, pictures at a time not in the log, 4 rounds, how many were planned is not in the log.',
  );
  expect(logSettingsText(readTrainSsdLog(head + slow + head + slow, 'a'))).toBe(
    'rate 0.001, 16 pictures at a time, 4 of 30 rounds. The log holds 2 trainings: this is the last one.',
  );
});
