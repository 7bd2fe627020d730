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

/** A round whose training losses may be unknown, as in logs of other programs. */
export type LearnedRound = Pick<EpochSeen, 'epoch' | 'validation' | 'mAP50'> & { readonly train: Losses | null };

/** How it learned, round by round. */
export function learningSection(epochs: readonly LearnedRound[]): Html | undefined {
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
                { name: 'learned from', tone: 1, points: lossPoints(epochs, 'train', part.key) },
                { name: 'others', tone: 2, points: lossPoints(epochs, 'validation', part.key), dashed: true },
              ],
            })}
          </div>`,
      )}
      ${foundChart(epochs, x)}
    </div>
  </section>`;
}

function foundChart(epochs: readonly LearnedRound[], x: Parameters<typeof lineChart>[0]['x']): Html | undefined {
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

function learningSentence(epochs: readonly LearnedRound[]): string {
  const trained = lossPoints(epochs, 'train', 'total');
  const [first, last] = trained.length > 0 ? ends(trained) : ends(lossPoints(epochs, 'validation', 'total'));
  const best = bestRound(epochs);
  if (first === undefined || last === undefined) return '';
  const on = trained.length > 0 ? '' : ' on the others';
  const fell = `In ${String(last[0])} rounds its error${on} went from ${first[1].toFixed(2)} to ${last[1].toFixed(2)}.`;
  if (best === undefined) return fell;
  const when = best.epoch === last[0] ? 'the last one' : `round ${String(best.epoch)}`;
  return `${fell} It was best after ${when}, and that state was kept.`;
}

const ends = <T>(all: readonly T[]): readonly [T | undefined, T | undefined] => [all[0], all.at(-1)];

function bestRound(epochs: readonly LearnedRound[]): { readonly epoch: number; readonly mAP50: number } | undefined {
  return epochs
    .flatMap(({ epoch, mAP50 }) => (mAP50 === null ? [] : [{ epoch, mAP50 }]))
    .sort((a, b) => b.mAP50 - a.mAP50)[0];
}

function lossPoints(
  epochs: readonly LearnedRound[],
  of: 'train' | 'validation',
  key: keyof Losses,
): (readonly [number, number])[] {
  return epochs.flatMap(({ epoch, [of]: losses }) => (losses === null ? [] : [[epoch, losses[key]] as const]));
}

function lossValues(epochs: readonly LearnedRound[], key: keyof Losses): number[] {
  return (['train', 'validation'] as const).flatMap((of) => lossPoints(epochs, of, key).map(([, value]) => value));
}

function lastRound(epochs: readonly LearnedRound[]): number {
  return Math.max(2, ...epochs.map((one) => one.epoch));
}
