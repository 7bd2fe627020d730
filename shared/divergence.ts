import type { LrFinderResult } from './contract';

/** The lowest rate at which one of the losses of a sweep turns up; undefined where none does. */
export function firstTurn({ divergence }: Pick<LrFinderResult, 'divergence'>): number | undefined {
  const turns = Object.values(divergence).filter((rate) => rate !== undefined);
  return turns.length > 0 ? Math.min(...turns) : undefined;
}
