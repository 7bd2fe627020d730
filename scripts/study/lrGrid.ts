import type { Outcome } from '../../electron/cli/output';
import { rateText, twoDigits } from '../../electron/trainer/twoDigits';
import { writePage } from './page';
import { openStudyProject, seed, studyFolder, type StudyRequest } from './studyProject';
import { trainAll, type Training, type WantedTraining } from './trainings';

const lowest = 3e-4;
const highest = 3e-2;
const gridRates = 9;
/** Of two rates as near as that, one says what the other would. */
const twins = 1.2;

/**
 * Default trainings at nine rates evenly spaced on a logarithmic scale, at the recommended rate, and three times above and
 * below it; nearest to the recommended one first and twins last, so that a part of the grid says most. Writes
 * docs/studies/lr-grid-<data>.
 */
export async function lrGrid(request: StudyRequest): Promise<Outcome> {
  const project = await openStudyProject(request);
  const recommended = project.batch.learningRate;
  const name = `lr-grid-${request.data}`;
  const wanted = wantedRates(recommended);
  const trainings = await trainAll(request, project, studyFolder(name), wanted);
  const sorted = trainings.toSorted((a, b) => a.learningRate - b.learningRate);
  const text = await writePage({
    name,
    title: `Trainings at a grid of learning rates: ${request.data}`,
    text: [
      `Made by \`npm run study -- lr-grid --data ${request.data}\`: default trainings with seed ${String(seed)} and ${String(project.batch.batchSize)} pictures at a time, judged on test pictures that decided nothing. ` +
        `${String(trainings.length)} of ${String(wanted.length)} are done.`,
      ...findings(sorted, recommended),
    ],
    chart: {
      title: `mAP50 on the test pictures over the learning rate, ${request.data}`,
      x: {
        label: 'highest learning rate of the training (log scale)',
        scale: 'log',
        from: 2e-4,
        to: 0.2,
        format: String,
      },
      y: { label: 'on the test pictures', scale: 'linear', from: 0.2, to: 1, format: (value) => value.toFixed(1) },
      series: [
        { name: 'mAP50', tone: 1, points: sorted.map((one) => [one.learningRate, one.mAP50]) },
        { name: 'mAP50-95', tone: 2, points: sorted.map((one) => [one.learningRate, one.mAP5095]), dashed: true },
      ],
      flags: [{ x: recommended, text: `recommended: ${rateText(recommended)}` }],
    },
    trainings: sorted,
  });
  return { json: { recommended, trainings: sorted }, text };
}

/** Whether the recommended rate is as good as any, as far as trainings at it and around it are done. */
function findings(trainings: readonly Training[], recommended: number): string[] {
  const at = (rate: number): Training | undefined => trainings.find(({ name }) => name === String(twoDigits(rate)));
  const best = trainings.reduce<Training | undefined>(
    (most, one) => (most === undefined || one.mAP50 > most.mAP50 ? one : most),
    undefined,
  );
  const found = at(recommended);
  if (best === undefined || found === undefined) return [];
  const around = [recommended / 3, recommended * 3].map((rate) => {
    const one = at(rate);
    return `${String(twoDigits(rate))}: ${one === undefined ? 'not done' : one.mAP50.toFixed(4)}`;
  });
  return [
    `The recommended rate, ${rateText(recommended)}, gives mAP50 ${found.mAP50.toFixed(4)}; the best of all, ${best.name}, gives ${best.mAP50.toFixed(4)}, ` +
      `${(best.mAP50 - found.mAP50).toFixed(4)} more. Three times below and above: ${around.join('; ')}.`,
  ];
}

function wantedRates(recommended: number): WantedTraining[] {
  const grid = Array.from(
    { length: gridRates },
    (_, index) => lowest * (highest / lowest) ** (index / (gridRates - 1)),
  );
  const rates = [recommended, recommended / 3, recommended * 3, ...grid].map(twoDigits);
  const distance = (rate: number): number => Math.abs(Math.log(rate / recommended));
  const isTwin = (rate: number, at: number): boolean =>
    rates.slice(0, at).some((earlier) => Math.abs(Math.log(rate / earlier)) < Math.log(twins));
  const order = rates.map((rate, at) => ({ rate, late: isTwin(rate, at) }));
  order.sort((a, b) => Number(a.late) - Number(b.late) || distance(a.rate) - distance(b.rate));
  return [...new Set(order.map(({ rate }) => rate))].map((learningRate) => ({
    name: String(learningRate),
    settings: { learningRate },
  }));
}
