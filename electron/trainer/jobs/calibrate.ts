import type { EventOf, JobContext } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import type { DatasetItem } from '../dataset/items';
import { layerOutputs } from '../detector/detect';
import { Calibrator, type Calibration } from '../export/calibration';
import { eachPicture } from './eachPicture';
import type { TrainedDetector } from './runs';

/** More pictures hardly move the ranges. */
const calibrationPictures = 100;

/**
 * Measures on real pictures how far the outputs of the detector's layers reach.
 * @param items pictures that it has learned from; of many, some spread evenly
 * @throws LinesideError when there are none
 */
export async function calibrateOn(
  detector: TrainedDetector,
  items: readonly DatasetItem[],
  { emit, signal }: JobContext<EventOf<'export.run'>>,
): Promise<Calibration> {
  if (items.length === 0) {
    throw new LinesideError(
      'badInput',
      'a model in whole numbers (int8, Coral) is fitted to the project’s pictures, and there are none: add pictures with boxes, or export without these formats',
      { said: { code: 'noCalibrationPictures', values: {} } satisfies Said },
    );
  }
  const stride = Math.max(1, Math.floor(items.length / calibrationPictures));
  const chosen = items.filter((_, index) => index % stride === 0).slice(0, calibrationPictures);
  const calibrator = new Calibrator();
  let done = 0;
  await eachPicture(detector, chosen, signal, (runner, picture) => {
    calibrator.add(layerOutputs(runner, picture));
    emit({ kind: 'progress', done: ++done, total: chosen.length, text: 'Fitting the model to small boards' });
  });
  return calibrator.finish(detector.network);
}
