import type { ClassResult } from '../../../../shared/contract';
import { pointAt } from '../../../../shared/score';
import { fromZero } from './axes';
import { html, type Html } from './html';
import type { ReportInput } from './input';
import { lineChart } from './lineChart';
import { countText, percentText, precisionText } from './numbers';

type Evaluation = ReportInput['evaluation'];

const splitNames = {
  train: 'pictures that it learned from',
  validation: 'pictures that chose the best round',
  test: 'pictures that it had never seen',
} as const;

/** What one wants to know first: how good is it, and can that be believed. */
export function heading(input: ReportInput): Html {
  const { evaluation } = input;
  const totals = sum(Object.values(evaluation.perClass));
  const { falseAlarms = 0, wrongParts = 0 } = pointAt(evaluation.thresholds, evaluation.threshold) ?? {};
  const aHundred = (rate: number): string => rate.toFixed(rate > 0 && rate < 10 ? 1 : 0);
  return html`<p class="over">${input.projectName}</p>
    <h1>${sentence(evaluation.text)}</h1>
    <p>
      Tried on ${evaluation.images.toLocaleString('en')} ${splitNames[evaluation.split]}, with
      ${countText(totals.groundTruths, 'labelled part')} of ${countText(input.classes.length, 'kind')}.
    </p>
    ${evaluation.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
    <div class="figures">
      ${figure(totals.truePositives.toLocaleString('en'), `of ${totals.groundTruths.toLocaleString('en')}`, 'parts found', 'recall')}
      ${figure(aHundred(falseAlarms), '', 'false alarms a hundred pictures', `at threshold ${evaluation.threshold.toFixed(2)}`)}
      ${figure(aHundred(wrongParts), '', 'parts named wrongly a hundred pictures', 'wrong class')}
      ${figure(evaluation.mAP50.toFixed(3), 'of 1', 'over all thresholds', 'mAP at IoU 0.5')}
      ${figure(evaluation.mAP5095.toFixed(3), 'of 1', 'with strict placing', 'mAP at IoU 0.5 to 0.95')}
    </div>`;
}

function figure(value: string, unit: string, meaning: string, term: string): Html {
  return html`<div class="card">
    <b>${value} <small>${unit}</small></b
    ><span>${meaning}</span><span class="term">${term}</span>
  </div>`;
}

export function perClassSection(evaluation: Evaluation): Html {
  const rows = Object.entries(evaluation.perClass);
  return html`<section>
    <h2>Each kind of part</h2>
    <p>${classSentence(evaluation)}</p>
    <p class="term">
      Recall: share of the labelled parts that were found. Precision: share of what it reported that was right. AP:
      average precision over all thresholds, as COCO computes it.
    </p>
    <div class="card scroll">
      <table>
        <thead>
          <tr>
            <th>Kind</th>
            <th>Found</th>
            <th></th>
            <th class="number">Wrong reports</th>
            <th class="number">Recall</th>
            <th class="number">Precision</th>
            <th class="number">AP50</th>
            <th class="number">AP50–95</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(([name, result]) => classRow(name, result))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function classSentence(evaluation: Evaluation): string {
  const known = Object.entries(evaluation.perClass).filter(([, result]) => result.groundTruths > 0);
  const [name, result] = [...known].sort(([, a], [, b]) => a.recall - b.recall)[0] ?? ['', undefined];
  if (result === undefined || known.length < 2) return 'How many were found, and how many reports were wrong.';
  if (result.recall === 1) return 'All of every kind were found.';
  const found = Math.min(99, Math.round(100 * result.recall));
  return `${name} is the hardest to find: ${String(found)} of 100. More pictures with it would help most.`;
}

function classRow(name: string, result: ClassResult): Html {
  const none = result.groundTruths === 0;
  return html`<tr>
    <td class="name">${name}</td>
    <td>${none ? 'none in these pictures' : `${String(result.truePositives)} of ${String(result.groundTruths)}`}</td>
    <td>${shareBar(result.recall)}</td>
    <td class="number">${result.falsePositives}</td>
    <td class="number">${none ? '–' : result.recall.toFixed(3)}</td>
    <td class="number">${result.truePositives + result.falsePositives === 0 ? '–' : result.precision.toFixed(3)}</td>
    <td class="number">${precisionText(result.AP50)}</td>
    <td class="number">${precisionText(result.AP5095)}</td>
  </tr>`;
}

export function shareBar(share: number, style: 'fill' | 'over' = 'fill'): Html {
  const width = Math.round(1000 * Math.min(1, Math.max(0, share))) / 10;
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="back" width="100" height="8" />
    <rect class="${style}" width="${width}" height="8" />
  </svg>`;
}

export function thresholdSection(evaluation: Evaluation): Html | undefined {
  const points = evaluation.thresholds;
  if (points.length < 2) return undefined;
  const x = { label: 'threshold (how sure it must be)', scale: 'linear', from: 0, to: 1 } as const;
  const flags = [{ x: evaluation.threshold, text: evaluation.threshold.toFixed(2) }];
  const alarmsNear = points
    .filter((point) => point.threshold >= 0.1)
    .flatMap((point) => [point.falseAlarms, point.wrongParts ?? 0]);
  return html`<section>
    <h2>Rather miss one, or rather a false alarm?</h2>
    <p>
      It reports a part only when it is at least ${percentText(evaluation.threshold)} sure. Ask for less and it misses
      fewer but cries wolf more often; ask for more and the other way round.
    </p>
    <p class="term">The threshold is set when the model is used; nothing has to be trained again.</p>
    <div class="pair">
      <div class="card">
        <h3>Found</h3>
        ${lineChart({
          title: 'Parts found over the threshold',
          x,
          y: { label: 'found of 100 parts', scale: 'linear', from: 0, to: 100 },
          series: [{ name: 'found', tone: 1, points: points.map((point) => [point.threshold, 100 * point.recall]) }],
          flags,
        })}
      </div>
      <div class="card">
        <h3>False alarms and wrong names</h3>
        ${lineChart({
          title: 'False alarms and wrong names over the threshold',
          x,
          y: { label: 'a hundred pictures', scale: 'linear', ...fromZero(alarmsNear) },
          series: [
            { name: 'false alarms', tone: 2, points: points.map((point) => [point.threshold, point.falseAlarms]) },
            { name: 'wrong names', tone: 3, points: points.map((point) => [point.threshold, point.wrongParts ?? 0]) },
          ],
          flags,
        })}
      </div>
    </div>
  </section>`;
}

function sum(results: readonly ClassResult[]): Pick<ClassResult, 'truePositives' | 'falsePositives' | 'groundTruths'> {
  return results.reduce(
    (total, result) => ({
      truePositives: total.truePositives + result.truePositives,
      falsePositives: total.falsePositives + result.falsePositives,
      groundTruths: total.groundTruths + result.groundTruths,
    }),
    { truePositives: 0, falsePositives: 0, groundTruths: 0 },
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
