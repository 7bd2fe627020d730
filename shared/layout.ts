import type { DetectorPlan } from './contract';

/**
 * Leading layers that keep the base model's weights. Everything learns: with the first layers frozen, BCCD ended 0.007
 * mAP50 lower and training was a fifth faster.
 */
export const frozenLayers = 0;

/**
 * A part whose short side is below this many pixels at the detector's input leaves hardly a cell of the stride-8 map to see
 * it by (SEED.md: 2.7×4.7 px cannot be learned).
 */
export const smallestVisible = 9;

/**
 * The layout of a detector in one line: all that the memory of a step and the right rate depend on, and nothing that
 * changes with each new picture. So priors are counted, not compared, and the share of tiles is left out.
 * @param classes how many there are
 */
export function layoutOf(
  { inputWidth, inputHeight, fineMap, priorShapes, tiling }: DetectorPlan,
  classes: number,
  frozen = frozenLayers,
): string {
  return [
    `input ${inputWidth}×${inputHeight}`,
    tiling === undefined ? 'whole pictures' : `tiles ${tiling.width}×${tiling.height}`,
    `${fineMap ? 'finer map, ' : ''}priors ${priorShapes.map(({ length }) => length).join(' ')}`,
    `${classes} classes`,
    `${frozen} layers frozen`,
  ].join('; ');
}

/** Whether figures are known to be of another layout. Those of an older Lineside do not say, and are taken as they are. */
export function isOfOtherLayout(measured: { readonly layout?: string | undefined }, layout: string): boolean {
  return measured.layout !== undefined && measured.layout !== layout;
}
