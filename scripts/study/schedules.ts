import type { Outcome } from '../../electron/cli/output';
import { scheduleKind } from '../../shared/contract';
import { writePage } from './page';
import { openStudyProject, seed, studyFolder, type StudyRequest } from './studyProject';
import { trainAll } from './trainings';

const tones = [1, 2, 3, 1] as const;

/**
 * A training by each schedule at the recommended rate and batch, of as many rounds each. Writes docs/studies/schedules-<data>,
 * or schedules-<data>-<rounds>.
 * @param wantedRounds the default number where it is not given
 */
export async function schedules(request: StudyRequest, wantedRounds?: number): Promise<Outcome> {
  const project = await openStudyProject(request);
  const name = `schedules-${request.data}${wantedRounds === undefined ? '' : `-${String(wantedRounds)}`}`;
  const length = wantedRounds === undefined ? {} : { epochs: wantedRounds };
  const wanted = scheduleKind.options.map((kind) => ({ name: kind, settings: { schedule: kind, ...length } }));
  const folder = studyFolder(name);
  const trainings = await trainAll(request, project, folder, wanted);
  const rounds = Math.max(1, ...trainings.map(({ epochs }) => epochs));
  const text = await writePage({
    name,
    title: `Schedules compared: ${request.data}`,
    text: [
      `Made by \`npm run study -- schedules --data ${request.data}${wantedRounds === undefined ? '' : ` --rounds ${String(wantedRounds)}`}\`: trainings with seed ${String(seed)}, ${String(project.batch.batchSize)} pictures at a time and ${String(project.batch.learningRate)} as their highest rate, which differ in the schedule alone, judged on test pictures that decided nothing. ${String(trainings.length)} of ${String(wanted.length)} are done.`,
    ],
    chart: {
      title: `mAP50 on the validation pictures by schedule, ${request.data}`,
      x: { label: 'rounds through all training pictures', scale: 'linear', from: 0, to: rounds },
      y: { label: 'mAP50, validation pictures', scale: 'linear', from: 0, to: 1, format: (value) => value.toFixed(1) },
      series: trainings.map((one, index) => ({
        name: one.name,
        tone: tones[index] ?? 1,
        points: one.rounds,
        dashed: index === tones.length - 1,
      })),
    },
    trainings,
  });
  return { json: { trainings }, text };
}
