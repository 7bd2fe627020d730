import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { curvePoint, type InputOf } from '../../shared/contract';
import type { Outcome } from '../../electron/cli/output';
import { readFinished } from '../../electron/trainer/jobs/adviseRun';
import { isProject } from '../../electron/trainer/projectStore';
import { createRandom } from '../../electron/trainer/random';
import { writeWhole } from '../../electron/trainer/wholeFile';
import { measureAll } from './lines';
import { bccdFolder, openStudyProject, seed, studyFolder, type StudyRequest } from './studyProject';

const file = path.join('electron', 'trainer', 'training', 'recordedRuns.json');
/** So few that little can be learned from them. */
const fewPictures = 16;
/** Their boxes get names drawn by lot: places can be learned, names cannot. */
const wrongPictures = 24;
const lots = ['one', 'two', 'three'] as const;

/** A training as the advisor reads it: FinishedRun of training/advise. */
const recording = z.object({ name: z.string(), run: z.looseObject({}) });
/** The losses of each step of the finder's first sweep. */
const sweep = z.object({ name: z.string(), curve: z.array(curvePoint) });

interface Trouble {
  readonly name: string;
  readonly project: string;
  readonly settings: Omit<InputOf<'training.run'>, 'project' | 'seed' | 'resume'>;
}

/**
 * Records trainings that went wrong, each in its own way, for the tests of the watch and of the advice. Writes
 * electron/trainer/training/recordedRuns.json.
 */
export async function curves({ call, most }: StudyRequest): Promise<Outcome> {
  const { folder: practice } = await openStudyProject({ call, data: 'practice', most });
  const few = await openSome(call, 'few', fewPictures);
  const wrong = await openSome(call, 'wrong', wrongPictures, drawNames);
  const troubles: readonly Trouble[] = [
    { name: 'too fast', project: practice, settings: { learningRate: 1, batchSize: 8 } },
    { name: 'too slow', project: practice, settings: { learningRate: 1e-4, batchSize: 8, epochs: 40 } },
    { name: 'few pictures', project: few, settings: { learningRate: 0.03, batchSize: 4, epochs: 150 } },
    { name: 'wrong names', project: wrong, settings: { learningRate: 0.03, batchSize: 4, epochs: 150 } },
  ];
  const recordings = await measureAll(
    path.join(studyFolder('curves'), 'recordings.jsonl'),
    recording,
    most,
    troubles.map((trouble) => ({ name: trouble.name, measure: () => record(call, trouble) })),
  );
  const about =
    'Made by `npm run study -- curves`: real trainings with seed 1 that went wrong, on the practice project, on ' +
    `${String(fewPictures)} pictures of BCCD and on ${String(wrongPictures)} with names drawn by lot, and sweeps on the practice project.`;
  const sweeps = await measureAll(
    path.join(studyFolder('curves'), 'sweeps.jsonl'),
    sweep,
    most,
    [false, true].map((thorough) => ({
      name: thorough ? 'thorough' : 'usual',
      measure: async () => {
        const { sweeps: all } = await call('lrFinder.run', { project: practice, seed, thorough });
        return { name: thorough ? 'thorough' : 'usual', curve: all[0] ?? [] };
      },
    })),
  );
  await writeWhole(file, `${JSON.stringify({ about, recordings, sweeps }, shorter)}\n`);
  return {
    json: { recordings, sweeps },
    text: `${String(recordings.length)} trainings and ${String(sweeps.length)} sweeps are in ${file}.`,
  };
}

async function record(
  call: StudyRequest['call'],
  { name, project, settings }: Trouble,
): Promise<z.input<typeof recording>> {
  const before = new Set(await readdir(path.join(project, 'runs')).catch(() => []));
  const ended = await call('training.run', { project, seed, ...settings }).then(
    ({ run, stoppedBy }) => ({ run, stoppedBy }),
    () => undefined,
  );
  // One that learned nothing leaves an error and its curves.
  const left = (await readdir(path.join(project, 'runs'))).find((one) => !before.has(one)) ?? '';
  const { run, stoppedBy } = ended ?? { run: `runs/${left}`, stoppedBy: 'diverged' as const };
  const tested = ended === undefined ? undefined : await call('evaluation.run', { project, seed, run, split: 'test' });
  const finished = await readFinished(project, run, { stoppedBy, ...(tested && { tested }) });
  await rm(path.join(project, run), { recursive: true });
  return { name, run: { ...finished, others: [] } };
}

/** A project of the first pictures of BCCD. @param change what becomes of each file of labels */
async function openSome(
  call: StudyRequest['call'],
  name: string,
  pictures: number,
  change: (xml: string, index: number) => string = (xml) => xml,
): Promise<string> {
  const project = studyFolder(`project-${name}`);
  if (await isProject(project)) return project;
  const [from, to] = [await bccdFolder(), studyFolder(name)];
  const [images, labels] = ['JPEGImages', 'Annotations'];
  const names = (await readdir(path.join(from, labels))).filter((one) => one.endsWith('.xml')).sort();
  await mkdir(path.join(to, images), { recursive: true });
  await mkdir(path.join(to, labels), { recursive: true });
  for (const [index, xml] of names.slice(0, pictures).entries()) {
    const image = `${path.parse(xml).name}.jpg`;
    await copyFile(path.join(from, images, image), path.join(to, images, image));
    const text = await readFile(path.join(from, labels, xml), 'utf8');
    await writeFile(path.join(to, labels, xml), change(text, index));
  }
  await call('images.import', { project, seed, data: to, name });
  await call('dataset.split', { project, seed });
  return project;
}

/** Gives each box one of three names, whatever it shows. */
function drawNames(xml: string, index: number): string {
  const random = createRandom(seed, index);
  return xml.replace(/<name>[^<]*<\/name>/g, () => `<name>${lots[random.int(lots.length)] ?? ''}</name>`);
}

/** Four digits say what a curve does. */
function shorter(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
