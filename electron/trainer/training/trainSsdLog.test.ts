import { expect, test } from 'vitest';
import { adviseLog, readTrainSsdLog } from './trainSsdLog';

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
      ...{ epoch: 1, mAP50: null, learningRate: 0.001, train: { total: 7, regression: 1.75, classification: 5.25 } },
      validation: { total: 5, regression: 1.25, classification: 3.75 },
    },
    {
      ...{ epoch: 2, mAP50: null, learningRate: 0.001, train: { total: 4, regression: 1, classification: 3 } },
      validation: null,
    },
  ]);
});

test("a loss that hardly falls: the seed's correction; one that is no number: half the rate", () => {
  const slow = [0, 1, 2, 3].map((epoch) => step(epoch, 10, 8 - 0.2 * epoch) + held(epoch, 8)).join('');
  expect(adviseLog(readTrainSsdLog(head + slow, 'a'))).toMatchObject({
    kind: 'faster',
    settings: { learningRate: 0.002 },
  });
  const nan = `${stamp}Epoch: 1, Step: 10, Avg Loss: nan, Avg Regression Loss nan, Avg Classification Loss: nan\n`;
  expect(adviseLog(readTrainSsdLog(head + step(0, 10, 8) + nan, 'a'))).toMatchObject({ kind: 'slower' });
});

test('the original program writes Average where the later one writes Avg', () => {
  const log = readTrainSsdLog(head + step(0, 10, 8).replaceAll('Avg', 'Average').replace('/100', ''), 'a');
  expect(log.epochs.map(({ train }) => train.total)).toEqual([8]);
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
