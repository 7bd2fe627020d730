import { writeWhole } from '../wholeFile';
import { LinesideError } from '../../../shared/errors';
import { batchSizeSection, choicesSection, lrFinderSection, planSection } from './report/choices';
import { html } from './report/html';
import type { ReportInput } from './report/input';
import { learningSection } from './report/learning';
import { page } from './report/page';
import { mistakesSection, picturesSection } from './report/pictures';
import { heading, perClassSection, thresholdSection } from './report/results';

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
