import type { Losses } from '../../../../shared/contract';
import type { EpochSeen } from '../../training/signs';
import { fromZero } from './axes';
import { html, type Html } from './html';
import { lineChart } from './lineChart';

const parts = [
  { key: 'total', name: 'Altogether', axis: 'loss', meaning: 'What it still gets wrong, placing and naming together.' },
  {
    key: 'regression',
    name: 'Placing',
    axis: 'average regression loss',
    meaning: 'How far its boxes are off where a part is.',
  },
  {
    key: 'classification',
    name: 'Naming',
    axis: 'average classification loss',
    meaning: 'How often it takes one thing for another, or for nothing.',
  },
] as const satisfies readonly { readonly key: keyof Losses; readonly [text: string]: string }[];

/** How it learned, round by round. */
export function learningSection(epochs: readonly EpochSeen[]): Html | undefined {
  if (epochs.length === 0) return undefined;
  const x = { label: 'rounds through all pictures (epochs)', scale: 'linear', from: 0, to: lastRound(epochs) } as const;
  return html`<section>
    <h2>How it learned</h2>
    <p>${learningSentence(epochs)}</p>
    <p class="term">
      Solid: on pictures that it learned from. Dotted: on others (validation). When the dotted line turns up while the
      solid one falls, it learns by heart. Smooth L1 and softmax cross-entropy, each per matched prior.
    </p>
    <div class="pair">
      ${parts.map(
        (part) =>
          html`<div class="card">
            <h3>${part.name}</h3>
            <p class="term">${part.meaning}</p>
            ${lineChart({
              title: `${part.name}: loss over the rounds`,
              x,
              y: { label: part.axis, scale: 'linear', ...fromZero(lossValues(epochs, part.key)) },
              series: [
                { name: 'learned from', tone: 1, points: epochs.map((one) => [one.epoch, one.train[part.key]]) },
                { name: 'others', tone: 2, points: validationPoints(epochs, part.key), dashed: true },
              ],
            })}
          </div>`,
      )}
      ${foundChart(epochs, x)}
    </div>
  </section>`;
}

function foundChart(epochs: readonly EpochSeen[], x: Parameters<typeof lineChart>[0]['x']): Html | undefined {
  const points = epochs.flatMap((one) => (one.mAP50 === null ? [] : [[one.epoch, one.mAP50] as const]));
  const best = bestRound(epochs);
  if (points.length === 0 || best === undefined) return undefined;
  return html`<div class="card">
    <h3>How good it was</h3>
    <p class="term">On validation pictures, after each round. The best round is kept.</p>
    ${lineChart({
      title: 'Validation mAP over the rounds',
      x,
      y: { label: 'mAP at IoU 0.5 (1 is perfect)', scale: 'linear', from: 0, to: 1 },
      series: [{ name: 'mAP50', tone: 3, points }],
      flags: [{ x: best.epoch, text: `${best.mAP50.toFixed(3)}, round ${String(best.epoch)}` }],
    })}
  </div>`;
}

function learningSentence(epochs: readonly EpochSeen[]): string {
  const first = epochs[0];
  const last = epochs.at(-1);
  const best = bestRound(epochs);
  if (first === undefined || last === undefined) return '';
  const fell = `In ${String(last.epoch)} rounds its error went from ${first.train.total.toFixed(2)} to ${last.train.total.toFixed(2)}.`;
  if (best === undefined) return fell;
  const when = best.epoch === last.epoch ? 'the last one' : `round ${String(best.epoch)}`;
  return `${fell} It was best after ${when}, and that state was kept.`;
}

function bestRound(epochs: readonly EpochSeen[]): { readonly epoch: number; readonly mAP50: number } | undefined {
  return epochs
    .flatMap(({ epoch, mAP50 }) => (mAP50 === null ? [] : [{ epoch, mAP50 }]))
    .sort((a, b) => b.mAP50 - a.mAP50)[0];
}

function validationPoints(epochs: readonly EpochSeen[], key: keyof Losses): (readonly [number, number])[] {
  return epochs.flatMap((one) => (one.validation === null ? [] : [[one.epoch, one.validation[key]] as const]));
}

function lossValues(epochs: readonly EpochSeen[], key: keyof Losses): number[] {
  return epochs.flatMap((one) => [one.train[key], ...(one.validation === null ? [] : [one.validation[key]])]);
}

function lastRound(epochs: readonly EpochSeen[]): number {
  return Math.max(2, ...epochs.map((one) => one.epoch));
}
