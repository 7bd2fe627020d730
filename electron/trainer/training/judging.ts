/** Rounds of very few steps are judged together: every so many steps at least. */
const fewestStepsBetweenJudging = 12;
/** Of a training step's time for a picture: going back costs twice as much as going forth. */
const forwardShare = 1 / 3;

/** Whether a round, counted from 1, is judged: each, or so many that a few steps lie between; the last always. */
export function isJudged(round: number, rounds: number, perRound: number): boolean {
  return round === rounds || round % Math.ceil(fewestStepsBetweenJudging / perRound) === 0;
}

/** How many rounds after `done` are judged. */
export function judgingsLeft(done: number, rounds: number, perRound: number): number {
  let count = 0;
  for (let round = done + 1; round <= rounds; round++) if (isJudged(round, rounds, perRound)) count++;
  return count;
}

/** Seconds of one judging before any has been seen. @param looks at validation pictures, of which a tiled one takes several */
export function secondsOfJudging(looks: number, secondsPerStep: number, batchSize: number): number {
  return (looks * secondsPerStep * forwardShare) / batchSize;
}
