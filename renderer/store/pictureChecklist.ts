import type { Picture, ProjectState } from '../../shared/mainContract';
import { fewestLooked, type LightSeen } from './light';

export type CheckMark = 'yes' | 'notYet' | 'unknown';

export interface ChecklistItem {
  readonly id: 'enough' | 'light' | 'eachPart' | 'alone' | 'among' | 'background';
  readonly mark: CheckMark;
  /** How far it is, against `goal`. */
  readonly have: number;
  readonly goal: number;
  /** Of how many pictures, where not all are looked at. */
  readonly looked?: number;
}

/** From here on a small set is worth training; the practice project has 80. */
const enoughPictures = 50;
/** Each class wants this many examples before its figures mean anything. */
const enoughBoxes = 30;
/** Of the pictures, darker or brighter than the middle one: fewer may be chance. */
const otherLight = 1 / 10;

/**
 * What a good set of pictures has, as far as it can be read off the project. Before any label the rest is unknown.
 * @param light null as long as it has not been looked at
 */
export function pictureChecklist(
  project: ProjectState,
  pictures: readonly Picture[],
  light: LightSeen | null,
): readonly ChecklistItem[] {
  const labelled = project.boxes > 0;
  const counts = project.classes.map((label) => project.boxesPerClass[label] ?? 0);
  const rarest = counts.length > 0 ? Math.min(...counts) : 0;
  const alone = pictures.filter(({ boxes }) => boxes === 1).length;
  const among = pictures.filter(({ boxes }) => boxes > 1).length;
  const background = pictures.filter(({ boxes, reviewed }) => reviewed && boxes === 0).length;
  const mark = (have: number, goal: number): CheckMark => (have >= goal ? 'yes' : labelled ? 'notYet' : 'unknown');
  return [
    {
      id: 'enough',
      mark: project.pictures >= enoughPictures ? 'yes' : 'notYet',
      have: project.pictures,
      goal: enoughPictures,
    },
    lightItem(light),
    { id: 'eachPart', mark: mark(rarest, enoughBoxes), have: rarest, goal: enoughBoxes },
    { id: 'alone', mark: mark(alone, 1), have: alone, goal: 1 },
    { id: 'among', mark: mark(among, 1), have: among, goal: 1 },
    { id: 'background', mark: mark(background, 1), have: background, goal: 1 },
  ];
}

function lightItem(light: LightSeen | null): ChecklistItem {
  if (light === null) return { id: 'light', mark: 'unknown', have: 0, goal: fewestLooked };
  const { looked, other } = light;
  const goal = Math.ceil(otherLight * looked);
  return { id: 'light', mark: other >= goal ? 'yes' : 'notYet', have: other, goal, looked };
}
