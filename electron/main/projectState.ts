import { z } from 'zod';
import { isOfOtherLayout } from '../../shared/layout';
import type { ProjectState, StageStatus } from '../../shared/mainContract';
import type { ProjectFile } from '../../shared/project';
import { stages, type Stage } from '../../shared/stages';
import { openProject, readJson, writeJson } from '../trainer/projectStore';
import { lackedMemory } from '../trainer/sitting';
import { labelsDigest, type PictureLabels } from './labelIndex';
import { findInterrupted, findResults, hasDetector, hasRunAway, readLayout, type StageResult } from './stageResults';

/**
 * Which labels each result was made from. Times alone do not tell: a project that was copied to another machine has
 * them all anew. So the first time a result is seen, it is noted down with the labels of that moment.
 */
const recordFile = z.object({
  version: z.literal(1),
  made: z.partialRecord(z.enum(stages), z.object({ result: z.string(), labels: z.string() })),
});

type MadeFrom = z.output<typeof recordFile>['made'];

const recordName = 'state.json';

/** Sums up a project for the rail. @throws LinesideError 'badInput' or 'newerVersion' as openProject does */
export async function readState(dir: string, pictures: readonly PictureLabels[]): Promise<ProjectState> {
  const project = await openProject(dir);
  const basis = { labels: basisOf(pictures, project), changed: lastChange(pictures) };
  const results = await findResults(dir);
  const made = await noteResults(dir, basis, results);
  const layout = await readLayout(dir, project.classes.length);
  const boxesPerClass = countLabels(project.classes, pictures);
  const boxes = Object.values(boxesPerClass).reduce((sum, count) => sum + count, 0);
  const reviewed = pictures.filter((picture) => picture.reviewed).length;

  const interrupted = await findInterrupted(dir, project);
  const status = (stage: Stage): StageStatus => {
    if (stage === 'images') return pictures.length > 0 ? 'done' : 'empty';
    if (stage === 'annotations') return boxes > 0 && reviewed === pictures.length ? 'done' : 'empty';
    const record = made[stage];
    if (!record) return 'empty';
    const isOther = layout !== undefined && isOfOtherLayout(results[stage] ?? {}, layout);
    return record.labels === basis.labels && !isOther ? 'done' : 'outOfDate';
  };
  return {
    dir,
    name: project.name,
    classes: project.classes,
    baseLabels: project.baseLabels ?? {},
    pictures: pictures.length,
    reviewed,
    boxes,
    boxesPerClass,
    stages: Object.fromEntries(stages.map((stage) => [stage, status(stage)])) as Record<Stage, StageStatus>,
    interrupted,
    shortOfMemory: interrupted !== null && (await lackedMemory(dir, interrupted)),
    usable: await hasDetector(dir),
    ranAway: await hasRunAway(dir),
  };
}

/** What results are made from. */
interface Basis {
  /** Of all labels, and of the operator's choice of tiles and input where there is one. */
  readonly labels: string;
  /** When a label was changed last, in milliseconds. */
  readonly changed: number;
}

function basisOf(pictures: readonly PictureLabels[], { tiling, input }: ProjectFile): string {
  const chosen = [tiling === undefined ? [] : tiling ? 'tiles' : 'whole', input ?? []].flat();
  return [labelsDigest(pictures), ...chosen].join(' ');
}

function lastChange(pictures: readonly PictureLabels[]): number {
  return pictures.reduce((latest, { changed }) => Math.max(latest, changed), 0);
}

/** Brings state.json up to date and returns what it says about the results that there are. */
async function noteResults(dir: string, basis: Basis, results: Partial<Record<Stage, StageResult>>): Promise<MadeFrom> {
  const known = (await readJson(dir, recordName, recordFile))?.made ?? {};
  const made = recordResults(known, basis, results);
  if (JSON.stringify(made) !== JSON.stringify(known)) {
    await writeJson(dir, recordName, recordFile, { version: 1, made });
  }
  return made;
}

/**
 * A result that is known keeps its labels. A new one gets those of now, unless a label was changed after it was made:
 * then it is of labels that nobody noted down.
 */
export function recordResults(
  known: MadeFrom,
  { labels, changed }: Basis,
  results: Partial<Record<Stage, StageResult>>,
): MadeFrom {
  const entries = (Object.entries(results) as [Stage, StageResult][]).map(([stage, { digest, made }]) => {
    const record = known[stage];
    if (record?.result === digest) return [stage, record] as const;
    return [stage, { result: digest, labels: made >= changed ? labels : '' }] as const;
  });
  return Object.fromEntries(entries);
}

function countLabels(classes: readonly string[], pictures: readonly PictureLabels[]): Record<string, number> {
  const counts = new Map<string, number>(classes.map((name) => [name, 0]));
  for (const label of pictures.flatMap((picture) => picture.labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Object.fromEntries(counts);
}
