import { describe, expect, test } from 'vitest';
import { certify } from './parity';

const compared = { maxAbsError: 2.5, images: 40, milliseconds: 10 };

describe('the certificate of a format that rounds', () => {
  test('counts the mAP50 that is lost, up to its limit, and not the raw outputs', () => {
    const parity = certify('tfliteInt8', { ...compared, mAP50: 0.871, trainerMAP50: 0.88 });
    expect(parity).toMatchObject({ judgedBy: 'mAP50', limit: 0.01 });
    expect(parity.difference).toBeCloseTo(0.009, 6);
    expect(certify('coral', { ...compared, mAP50: 0.9, trainerMAP50: 0.88 }).difference).toBeCloseTo(-0.02, 6);
  });

  test('is red past the limit: what to leave out is said', () => {
    const lost = { ...compared, mAP50: 0.8775, trainerMAP50: 0.88 };
    expect(certify('coral', lost).difference).toBeCloseTo(0.0025, 6);
    expect(() => certify('tfliteFloat16', lost)).toThrow(
      'mAP50 0.8775 instead of 0.8800 on 40 pictures (at most 0.002 less is allowed), so it was not kept; export again without tfliteFloat16',
    );
    expect(() => certify('coral', { ...lost, mAP50: 0.86 })).toThrow('finds less than the trained one');
  });

  test('an exact one is judged by the raw outputs', () => {
    expect(certify('tflite', { ...compared, maxAbsError: 5e-5, mAP50: null, trainerMAP50: null })).toMatchObject({
      judgedBy: 'rawOutputs',
      difference: 5e-5,
      limit: 1e-3,
    });
  });
});
