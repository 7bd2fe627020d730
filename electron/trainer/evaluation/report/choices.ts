import type { BatchRow, BatchSizeResult, CurvePoint, DetectorPlan, LrFinderResult } from '../../../../shared/contract';
import { rateZone } from '../../../../shared/divergence';
import { fromZero } from './axes';
import { html, type Html } from './html';
import type { Choice } from './input';
import { lineChart } from './lineChart';
import { countText, durationText, percentText, signedText } from './numbers';
import { shareBar } from './results';
import { memoryText } from '../../memoryText';
import { rateText } from '../../twoDigits';

const confidenceWords = { sure: 'Sure', fairlySure: 'Fairly sure', notReliable: 'Not reliable' } as const;
const ruleNames = {
  lowestLoss: 'a quarter of the rate with the lowest loss',
  steepest: 'steepest fall',
  valley: 'middle of the longest fall',
  minimumTenth: 'a tenth of the minimum',
} as const;

export function lrFinderSection(result: LrFinderResult): Html {
  const rates = result.curve.map((point) => point.learningRate);
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  const [from, to] = rateZone(result);
  const isReliable = result.confidence !== 'notReliable';
  const curve = (name: string, tone: 1 | 2 | 3, key: 'total' | 'regression' | 'classification') => ({
    name,
    tone,
    points: result.curve.map((point) => [point.learningRate, point[key]] as const),
  });
  return html`<section>
    <h2>How fast it may learn</h2>
    <p>${result.reason}</p>
    <p class="term">
      ${confidenceWords[result.confidence]}. Learning rate sweep (${result.sweep}) at
      ${countText(result.batchSize, 'picture')} a step, in ${durationText(result.seconds)}. Rank correlation of rate and
      loss before it turns up: placing ${signedText(result.correlation.regression)}, naming
      ${signedText(result.correlation.classification)}. ${divergenceText(result)}
      ${isReliable ? 'Shaded: where training goes well.' : undefined}
    </p>
    ${
      rates.length < 2
        ? undefined
        : html`<div class="card wide">
            ${lineChart({
              title: 'Losses over the learning rate',
              wide: true,
              x: {
                label: 'learning rate (a step is ten times)',
                scale: 'log',
                from: lowest,
                to: highest,
                format: rateText,
              },
              y: { label: 'loss', scale: 'linear', ...fromZero([readableTop(result.curve)]) },
              series: [
                curve('altogether', 1, 'total'),
                curve('placing', 2, 'regression'),
                curve('naming', 3, 'classification'),
              ],
              ...(isReliable && { zone: { from: Math.max(from, lowest), to: Math.min(to, highest) } }),
              flags: [{ x: result.learningRate, text: rateText(result.learningRate) }],
            })}
          </div>`
    }
    ${
      result.suggestions.length === 0
        ? undefined
        : html`<div class="card scroll">
            <table>
              <thead>
                <tr>
                  <th>Rule</th>
                  <th class="number">Rate</th>
                  <th>Why</th>
                </tr>
              </thead>
              <tbody>
                ${result.suggestions.map(
                  (one) =>
                    html`<tr>
                      <td>${ruleNames[one.rule]}</td>
                      <td class="number">${rateText(one.learningRate)}</td>
                      <td>${one.reason}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function divergenceText({ divergence }: LrFinderResult): string {
  const names = { total: 'altogether', regression: 'placing', classification: 'naming' } as const;
  const known = (['regression', 'classification', 'total'] as const).flatMap((key) => {
    const rate = divergence[key];
    return rate === undefined ? [] : [`${names[key]} at ${rateText(rate)}`];
  });
  return known.length === 0
    ? 'No loss turned up for good within the sweep.'
    : `The loss turns up for good: ${known.join(', ')}.`;
}

/** A diverging sweep ends in losses a thousand times too high; what matters is below twice the loss it began with. */
function readableTop(curve: readonly CurvePoint[]): number {
  const totals = curve.map((point) => point.total).filter((value) => Number.isFinite(value));
  return Math.min(Math.max(...totals), 1.6 * (totals[0] ?? 1));
}

export function batchSizeSection(result: BatchSizeResult): Html {
  return html`<section>
    <h2>How many pictures at a time</h2>
    <p>${result.reason}</p>
    <p class="term">
      Batch size. Memory for training: ${memoryText(result.budgetBytes)}. ${result.budgetReason} Learning rate for this
      batch: linear scaling ${rateText(result.scaling.linear)}, square root ${rateText(result.scaling.squareRoot)};
      taken ${rateText(result.learningRate)}.
    </p>
    <div class="card scroll">
      <table>
        <thead>
          <tr>
            <th>At a time</th>
            <th>Share of the memory</th>
            <th class="number">Needs, computed</th>
            <th class="number">Needs, measured</th>
            <th class="number">Pictures a second</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${result.table.map((row) => batchRow(row, result))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function batchRow(row: BatchRow, result: BatchSizeResult): Html {
  const picked = row.batchSize === result.batchSize;
  const share = (row.measuredBytes ?? row.predictedBytes) / result.budgetBytes;
  const remark = picked ? html`<span class="tag">taken</span>` : html`${row.fits ? '' : 'does not fit'}`;
  return html`<tr class="${picked ? 'pick' : ''}">
    <td class="name">${row.batchSize}</td>
    <td>${shareBar(share, row.fits ? 'fill' : 'over')}</td>
    <td class="number">${memoryText(row.predictedBytes)}</td>
    <td class="number">${row.measuredBytes === null ? '–' : memoryText(row.measuredBytes)}</td>
    <td class="number">${row.imagesPerSecond === null ? '–' : row.imagesPerSecond.toFixed(1)}</td>
    <td>${remark}</td>
  </tr>`;
}

export function planSection(plan: DetectorPlan): Html {
  return html`<section>
    <h2>What it looks for</h2>
    <p>
      The detector sees pictures at ${plan.inputWidth} × ${plan.inputHeight} pixels. There the short side of a typical
      part is ${plan.medianPixels.toFixed(0)} pixels, of the smallest ones ${plan.smallestPixels.toFixed(0)}.
      ${percentText(plan.priorCoverage)} of the labelled boxes have a start shape that fits well.
    </p>
    <p class="term">
      ${countText(plan.priorShapes.length, 'feature map')}${plan.fineMap ? ', one of them at stride 8 for small parts' : ''};
      ${countText(
        plan.priorShapes.reduce((sum, shapes) => sum + shapes.length, 0),
        'prior shape',
      )};
      a good fit is IoU 0.5 or more.
    </p>
    <ul class="plain">
      ${plan.reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </section>`;
}

export function choicesSection(choices: readonly Choice[]): Html | undefined {
  if (choices.length === 0) return undefined;
  return html`<section>
    <h2>What was chosen, and why</h2>
    <p>Nobody had to choose any of this. Here is each value with its reason, to check or to repeat it.</p>
    <dl class="card choices">
      ${choices.map(
        (choice) =>
          html`<div>
            <dt>${choice.title}</dt>
            <dd><b>${choice.value}</b><span>${choice.reason}</span></dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
