import type { Outcome } from '../../electron/cli/output';
import { roundRate } from '../../electron/trainer/lrFinder/rules';
import { openStudyProject, studyFolder, type StudyRequest } from './studyProject';
import { trainAll, type WantedTraining } from './trainings';

const lowest = 3e-4;
const highest = 3e-2;
const gridRates = 9;
/** Of two rates as near as that, one says what the other would. */
const twins = 1.2;

/**
 * Default trainings at nine rates evenly spaced on a logarithmic scale, at the recommended rate, and three times above and
 * below it; nearest to the recommended one first and twins last, so that a part of the grid says most.
 */
export async function lrGrid(request: StudyRequest): Promise<Outcome> {
  const project = await openStudyProject(request);
  const recommended = project.batch.learningRate;
  const folder = studyFolder(`lr-grid-${request.data}`);
  const trainings = await trainAll(request, project, folder, wantedRates(recommended));
  const json = { recommended, trainings };
  const text = trainings.map((one) => `${one.name}  ${one.mAP50.toFixed(4)}`).join('\n');
  return { json, text };
}

function wantedRates(recommended: number): WantedTraining[] {
  const grid = Array.from(
    { length: gridRates },
    (_, index) => lowest * (highest / lowest) ** (index / (gridRates - 1)),
  );
  const rates = [recommended, recommended / 3, recommended * 3, ...grid].map(roundRate);
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
