import type { Losses } from '../../../shared/contract';
import { NotFiniteError } from '../training/step';

const notFinite: Losses = { total: NaN, regression: NaN, classification: NaN };

/**
 * The losses of a step of a sweep. Where they are no number, the same rate on other pictures tells whether the rate is to
 * blame or a picture: a step that failed has changed nothing.
 * @param step trains on a batch, counted from 0; throws NotFiniteError
 * @param shift how many batches further the other pictures are
 * @param onBadPicture told the picture that spoiled the first batch, where the second went well
 * @returns not finite where both are
 */
export async function lossesOfRate(
  step: (index: number) => Promise<Losses>,
  index: number,
  shift: number,
  onBadPicture: (picture: string) => void,
): Promise<Losses> {
  try {
    return await step(index);
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    try {
      const losses = await step(index + shift);
      onBadPicture(error.picture);
      return losses;
    } catch (again) {
      if (again instanceof NotFiniteError) return notFinite;
      throw again;
    }
  }
}
