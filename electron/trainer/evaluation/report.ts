import { writeWhole } from '../wholeFile';
import { LinesideError } from '../../../shared/errors';
import { batchSizeSection, choicesSection, lrFinderSection, planSection } from './report/choices';
import { html, trusted, type Html } from './report/html';
import type { ReportInput } from './report/input';
import { learningSection } from './report/learning';
import { mistakesSection, picturesSection } from './report/pictures';
import { heading, perClassSection, thresholdSection } from './report/results';
import { reportStyle } from './report/style';

/**
 * Writes the report as one HTML file that needs nothing else: no network, no script, pictures and charts inside.
 *
 * @throws LinesideError 'disk' where the file cannot be written; an older report is then still whole
 */
export async function writeReport(input: ReportInput): Promise<void> {
  const page = composeReport(input);
  try {
    await writeWhole(input.path, page);
  } catch (cause) {
    throw new LinesideError(
      'disk',
      `${input.path} cannot be written (${cause instanceof Error ? cause.message : String(cause)}): make room or choose a folder that can be written to`,
      { cause },
    );
  }
}

/** The report as text: everything from the project is escaped. */
export function composeReport(input: ReportInput): string {
  return page(
    `${input.projectName}: ${input.evaluation.text}`,
    html`${heading(input)} ${perClassSection(input.evaluation)} ${thresholdSection(input.evaluation)}
    ${picturesSection(input)} ${mistakesSection(input)} ${learningSection(input.epochs)}
    ${input.lrFinder === undefined ? undefined : lrFinderSection(input.lrFinder)}
    ${input.batchSize === undefined ? undefined : batchSizeSection(input.batchSize)}
    ${input.plan === undefined ? undefined : planSection(input.plan)} ${choicesSection(input.choices)}`,
  );
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${trusted(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>
            Made by Lineside on this computer. This file is complete: it can be copied, mailed and printed.
          </footer>
        </main>
      </body>
    </html>`.markup;
}
