import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { html } from '../../electron/trainer/evaluation/report/html';
import { lineChart, type LineChart } from '../../electron/trainer/evaluation/report/lineChart';
import { twoDigits } from '../../electron/trainer/twoDigits';
import { writeWhole } from '../../electron/trainer/wholeFile';
import type { Training } from './trainings';

export interface StudyPage {
  /** Of the files in docs/studies/, without suffix. */
  readonly name: string;
  readonly title: string;
  /** Paragraphs in Markdown, those with the findings first. */
  readonly text: readonly string[];
  readonly chart?: LineChart;
  readonly trainings: readonly Training[];
}

const chartStyle = `
svg { background:#fff; font:12px system-ui,sans-serif; } .grid { stroke:#ecedec; } .axis { stroke:#5c6570; }
.tick,.axisLabel,.legend { fill:#5c6570; font-size:12px; } .zone { fill:#2b8a6322; }
.line { fill:none; stroke-width:2.2; stroke-linejoin:round; } .dashed { stroke-dasharray:2 5; }
.line.tone1 { stroke:#14599c; } .line.tone2 { stroke:#c8590c; } .line.tone3 { stroke:#2b8a63; }
.dot.tone1 { fill:#14599c; } .dot.tone2 { fill:#c8590c; } .dot.tone3 { fill:#2b8a63; }
.flagPole { stroke:#14599c; stroke-width:1.5; } .flag { fill:#14599c; } .flagText { fill:#fff; font-weight:600; }
`;

/** Writes what a study found: docs/studies/<name>.md with a table, <name>.svg with its plot, <name>.json with all figures. */
export async function writePage({ name, title, text, chart, trainings }: StudyPage): Promise<string> {
  const folder = path.join('docs', 'studies');
  await mkdir(folder, { recursive: true });
  if (chart !== undefined) await writeWhole(path.join(folder, `${name}.svg`), standalone(chart));
  await writeWhole(path.join(folder, `${name}.json`), `${JSON.stringify(trainings, null, 1)}\n`);
  const rows = trainings.map(
    (one) =>
      `| ${one.name} | ${String(twoDigits(one.learningRate))} | ${one.mAP50.toFixed(4)} | ${one.mAP5095.toFixed(4)} | ${one.validationMAP50.toFixed(4)} | ${String(one.steps)} | ${one.stoppedBy} | ${String(one.watch.length)} |`,
  );
  const page = [
    `# ${title}`,
    ...text,
    ...(chart === undefined ? [] : [`![${chart.title}](${name}.svg)`]),
    [
      '| training | highest rate | mAP50, test | mAP50-95, test | mAP50, validation | steps | ended | watch stepped in |',
      '| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |',
      ...rows,
    ].join('\n'),
    `All figures: [${name}.json](${name}.json).`,
  ].join('\n\n');
  await writeWhole(path.join(folder, `${name}.md`), `${page}\n`);
  return page;
}

/** The chart as a file of its own, on white paper. */
function standalone(chart: LineChart): string {
  const { markup } = html`${lineChart({ ...chart, wide: true })}`;
  return markup.replace(/^<svg ([^>]*)>/, (_, attributes: string) => {
    return `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><style>${chartStyle}</style>`;
  });
}
