import { adviceText } from '../training/adviceText';
import { adviseLog, type TrainSsdLog } from '../training/trainSsdLog';
import { html } from './report/html';
import { learningSection } from './report/learning';
import { page } from './report/page';

/** The curves of a log of train_ssd.py as one HTML file, and what would help. @param name of the log */
export function composeLogReport(log: TrainSsdLog, name: string): string {
  const { learningRate, batchSize, plannedEpochs, epochs } = log;
  const advice = adviseLog(log);
  return page(
    `${name}: a training with train_ssd.py`,
    html`<header>
        <h1>${name}</h1>
        <p>
          A training with train_ssd.py: rate ${learningRate}, ${batchSize} pictures at a time, ${epochs.length} of
          ${plannedEpochs} rounds.
        </p>
        ${
          advice === undefined
            ? undefined
            : html`<p><strong>${adviceText(advice).text}</strong> ${adviceText(advice).reason}</p>`
        }
      </header>
      ${learningSection(epochs.filter(({ train }) => Number.isFinite(train.total)))}`,
  );
}
