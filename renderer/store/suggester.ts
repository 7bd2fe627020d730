import type { PixelDetection } from '../../shared/contract';
import type { ProjectState } from '../../shared/mainContract';

/** Who suggests boxes in a project: its own trained detector, else the base model where it knows a class; null: nobody yet. */
export function suggesterOf({
  stages,
  baseLabels,
}: Pick<ProjectState, 'stages' | 'baseLabels'>): 'own' | 'base' | null {
  if (stages.training !== 'empty') return 'own';
  return Object.keys(baseLabels).length > 0 ? 'base' : null;
}

/** What the base model saw, in the project's names; whatever the project has no class for is left out. */
export function inOwnNames(
  seen: readonly PixelDetection[],
  baseLabels: ProjectState['baseLabels'],
): readonly PixelDetection[] {
  const ownNames = new Map(Object.entries(baseLabels).map(([label, known]) => [known, label]));
  return seen.flatMap((detection) => {
    const label = ownNames.get(detection.label);
    return label === undefined ? [] : [{ ...detection, label }];
  });
}
