import { LinesideError } from '../../../shared/errors';
import type { Said, Sentence } from '../../../shared/said';
import { besideStepsBytes } from '../batchSize/memoryModel';
import { fastInput, networkOf } from '../dataset/plan';
import { tellMemory } from '../engine/memory';
import { gigabytes } from '../memoryText';
import { stepBytes } from './stepBytes';
import type { Workplace } from './workplace';

/**
 * What to say where not even one picture at a time fits, with what would help: a smaller input, or tiles of that size, which
 * keep small parts large. Neither is done unasked.
 * @param onePicture bytes of a step with one picture: as it was measured, else as it is predicted
 */
export function nothingFits(place: Workplace, onePicture?: number): LinesideError {
  const { text, said } = nothingFitsSentence(place, onePicture);
  return new LinesideError('outOfMemory', text, { said });
}

/** The same as a sentence. */
export function nothingFitsSentence(
  { plan, network, items, frozenLayers }: Workplace,
  onePicture = stepBytes(network, { batchSize: 1, frozenLayers }),
): Sentence {
  const { budgetBytes } = tellMemory();
  const besideSteps = besideStepsBytes(network, items.train.length);
  const small = { ...plan, inputWidth: fastInput, inputHeight: fastInput };
  const smallBytes = stepBytes(networkOf(small, items.classes.length), { batchSize: 1, frozenLayers });
  const helps = plan.inputWidth > fastInput && smallBytes + besideSteps <= budgetBytes;
  const tileable = items.train.some(({ size }) => size.width > fastInput || size.height > fastInput);
  const offer = !helps ? 'none' : tileable ? 'smallerOrTiles' : 'smaller';
  const remedy = {
    none: 'close other programs and measure again',
    smaller: `close other programs, or let it learn at ${fastInput} pixels (lineside plan --input ${fastInput})`,
    smallerOrTiles:
      `close other programs, or let it learn at ${fastInput} pixels (lineside plan --input ${fastInput}), ` +
      `or, where parts are small, in tiles of that size (lineside plan --input ${fastInput} --tiles on)`,
  }[offer];
  const needed = gigabytes(onePicture + besideSteps);
  const budget = gigabytes(budgetBytes);
  const said: Said = { code: 'nothingFits', values: { needed, budget, offer } };
  const text = `Training needs ${needed} GB even with 1 picture at a time, but ${budget} GB may be used: ${remedy}`;
  return { text, said };
}
