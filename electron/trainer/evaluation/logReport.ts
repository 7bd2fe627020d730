import { adviceText } from '../training/adviceText';
import { adviseLog, finiteLosses, logSettingsText, type TrainSsdLog } from '../training/trainSsdLog';
import { html } from './report/html';
import { learningSection, type LearnedRound } from './report/learning';
import { page } from './report/page';

/** The curves of a log of train_ssd.py as one HTML file, and what would help. @param name of the log */
export function composeLogReport(log: TrainSsdLog, name: string): string {
  const advice = adviseLog(log);
  return page(
    `${name}: a training with train_ssd.py`,
    html`<header>
        <h1>${name}</h1>
        <p>A training with train_ssd.py: ${logSettingsText(log)}</p>
        ${
          advice === undefined
            ? undefined
            : html`<p><strong>${adviceText(advice).text}</strong> ${adviceText(advice).reason}</p>`
        }
      </header>
      ${learningSection(finiteRounds(log))}`,
  );
}

/** Losses that ran away cannot be drawn: they are left out. */
function finiteRounds({ epochs }: TrainSsdLog): LearnedRound[] {
  return epochs
    .map(({ epoch, train, validation }) => ({
      epoch,
      train: finiteLosses(train),
      validation: finiteLosses(validation),
      mAP50: null,
    }))
    .filter(({ train, validation }) => train !== null || validation !== null);
}
