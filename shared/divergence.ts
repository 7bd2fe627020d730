import type { LrFinderResult } from './contract';

/** The lowest rate at which one of the losses of a sweep turns up; undefined where none does. */
export function firstTurn({ divergence }: Pick<LrFinderResult, 'divergence'>): number | undefined {
  const turns = Object.values(divergence).filter((rate) => rate !== undefined);
  return turns.length > 0 ? Math.min(...turns) : undefined;
}

/** How far on either side of the pick a training still ends about as well. */
const zoneFactor = 3;
/** No nearer to divergence than this share of the rate where the first curve turns up. */
const safeShare = 0.7;

/** The rates where it learns and does not fall apart: three times around the pick, short of the first divergence. */
export function rateZone(result: Pick<LrFinderResult, 'divergence' | 'learningRate'>): readonly [number, number] {
  const { learningRate } = result;
  const limit = (firstTurn(result) ?? Infinity) * safeShare;
  return [learningRate / zoneFactor, Math.max(learningRate, Math.min(learningRate * zoneFactor, limit))];
}
