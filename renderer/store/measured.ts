import type { BatchSizeResult, LrFinderResult } from '../../shared/contract';
import { isOfOtherLayout, layoutOf } from '../../shared/layout';
import type { ProjectResults } from '../../shared/mainContract';

/** What a training uses of what was measured: nothing that is of another layout of the detector. */
export function measuredNow(
  results: ProjectResults | null,
  classes: number,
): { readonly lrFinder: LrFinderResult | null; readonly batchSize: BatchSizeResult | null } {
  if (results === null) return { lrFinder: null, batchSize: null };
  const { plan, lrFinder, batchSize } = results;
  const layout = plan && layoutOf(plan, classes);
  const isUsed = (measured: LrFinderResult | BatchSizeResult | null): boolean =>
    measured !== null && (layout === null || !isOfOtherLayout(measured, layout));
  return { lrFinder: isUsed(lrFinder) ? lrFinder : null, batchSize: isUsed(batchSize) ? batchSize : null };
}
