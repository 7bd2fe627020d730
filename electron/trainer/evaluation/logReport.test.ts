import { expect, test } from 'vitest';
import { readTrainSsdLog } from '../training/trainSsdLog';
import { composeLogReport } from './logReport';

test('three curves of losses, its settings and what would help; its name is escaped', () => {
  const line = (epoch: number, kind: string, total: number): string =>
    `Epoch: ${epoch}, ${kind} Loss: ${total}, ${kind} Regression Loss ${total / 4}, ${kind} Classification Loss: ${(3 * total) / 4}\n`;
  const text = [0, 1, 2, 3]
    .map((epoch) => line(epoch, 'Training', 8 - epoch / 5) + line(epoch, 'Validation', 8))
    .join('');
  const page = composeLogReport(
    readTrainSsdLog(`Namespace(batch_size=16, lr=0.001, num_epochs=4)\n${text}`, 'a'),
    '<b>.log',
  );
  expect(page).toContain('<h1>&lt;b&gt;.log</h1>');
  expect(page).toMatch(/rate 0\.001, 16 pictures at a time, 4 of\s+4 rounds/);
  expect(page).toContain('0.002');
  expect(page.match(/<svg/g)).toHaveLength(3);
});

test('a log of validation alone has its curves, on the others', () => {
  const line = (epoch: number, total: number): string =>
    `Epoch: ${epoch}, Validation Loss: ${total}, Validation Regression Loss ${total / 4}, Validation Classification Loss: ${total / 2}\n`;
  const page = composeLogReport(readTrainSsdLog(line(0, 8) + line(5, 3), 'a'), 'a.log');
  expect(page).toContain('In 6 rounds its error on the others went from 8.00 to 3.00.');
  expect(page.match(/<svg/g)).toHaveLength(3);
});
