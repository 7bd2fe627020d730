import { expect, test } from 'vitest';
import { calibrateOn } from './calibrate';
import type { TrainedDetector } from './runs';

test('without pictures nothing can be fitted to whole numbers, and the remedy is said', async () => {
  const context = { emit: () => undefined, signal: new AbortController().signal };
  const failed = calibrateOn({} as TrainedDetector, [], context);
  await expect(failed).rejects.toThrow('add pictures with boxes, or export without these formats');
  await expect(failed).rejects.toMatchObject({ code: 'badInput', said: { code: 'noCalibrationPictures' } });
});
