import { html, trusted, type Html } from '../evaluation/report/html';
import { reportStyle } from '../evaluation/report/style';
import type { Certificate } from './certificate';
import { exportFormats } from './formats';

/** The certificate for people: one page, which prints well. */
export function certificateHtml(certificate: Certificate): string {
  const { project, run, models, pictures, measured } = certificate;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${project}: certificate</title>
        <style>
          ${trusted(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          <p class="over">${project}, ${run}${measured ? `, ${measured.time.slice(0, 10)}` : ''}</p>
          <h1>These files give the same answers as the trained detector</h1>
          <p>
            Each was loaded into the program that runs it and shown ${pictures.count} of your own pictures (the
            ${pictures.set} set); what came out was compared with what the trained detector says.
          </p>
          ${modelTable(certificate)}
          <p class="term">
            Difference: the largest of all raw numbers that the detector puts out for any of the pictures. mAP50: how
            good the file is on these pictures, and the trained detector on the same ones.
            ${
              measured
                ? `Time: of one picture, the middle one of all, on ${measured.computer}, without reading and shrinking it.`
                : ''
            }
          </p>
          ${models.flatMap(({ notes }) => notes).map(({ text }) => html`<p class="warning">${text}</p>`)}
          ${speedSection(certificate)} ${detectorSection(certificate)}
        </main>
      </body>
    </html> `;
  return page.markup;
}

function modelTable({ models, measured }: Certificate): Html {
  const share = (value: number | null): string => value?.toFixed(4) ?? '–';
  const rows = models.map(
    ({ format, path, bytes, runtime, parity }) =>
      html`<tr>
        <td class="name">${exportFormats[format].name}<br /><span class="term">${path}</span></td>
        <td>${runtime}</td>
        <td class="number">${(bytes / 1e6).toFixed(1)} MB</td>
        <td class="number">${parity.maxAbsError.toExponential(1)}</td>
        <td class="number">${share(parity.mAP50)}</td>
        <td class="number">${share(parity.trainerMAP50)}</td>
        ${measured ? html`<td class="number">${timeOf(parity)}</td>` : html``}
        <td><span class="tag">same answers</span></td>
      </tr>`,
  );
  return html`<div class="card scroll">
    <table>
      <tr>
        <th>File</th>
        <th>Tried in</th>
        <th class="number">Size</th>
        <th class="number">Difference</th>
        <th class="number">mAP50</th>
        <th class="number">trained</th>
        ${measured ? html`<th class="number">Time here</th>` : html``}
        <th></th>
      </tr>
      ${rows}
    </table>
  </div>`;
}

function timeOf({ milliseconds }: Certificate['models'][number]['parity']): string {
  return milliseconds === null ? '–' : `${milliseconds.toFixed(0)} ms`;
}

function speedSection({ devices, detector }: Certificate): Html {
  const rows = devices.flatMap(({ expected }) =>
    expected.map(
      ({ board, milliseconds, publishedMilliseconds, source }) =>
        html`<tr>
          <td class="name">${board}</td>
          <td class="number">${milliseconds} ms</td>
          <td class="number">${publishedMilliseconds} ms</td>
          <td>${source}</td>
        </tr>`,
    ),
  );
  if (rows.length === 0) return html``;
  return html`<section>
    <h2>How fast it will be there</h2>
    <p>
      Not measured with your detector: published times of detectors of the same kind, which read about 300 × 300 pixels,
      scaled to the ${detector.width} × ${detector.height} of yours. Take them as an order of magnitude.
    </p>
    <div class="card scroll">
      <table>
        <tr>
          <th>Board</th>
          <th class="number">Expected</th>
          <th class="number">Published</th>
          <th>Source</th>
        </tr>
        ${rows}
      </table>
    </div>
  </section>`;
}

function detectorSection({ detector, models }: Certificate): Html {
  return html`<section>
    <h2>What was certified</h2>
    <p>
      A detector that reads ${detector.width} × ${detector.height} pixels, with ${detector.parameters} weights and
      ${(detector.multiplyAdds / 1e9).toFixed(2)} billion multiplications a picture. The files, by their SHA-256:
    </p>
    <ul class="plain">
      ${models.map(({ path, sha256 }) => html`<li>${path}: <code>${sha256}</code></li>`)}
    </ul>
  </section>`;
}
