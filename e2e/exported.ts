import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { exportResult } from '../shared/contract';

/** Loads what was exported in another runtime, shows it a picture, and holds the shapes of its answers against the labels. */
export async function expectToRun(exported: string, labels: readonly string[]): Promise<void> {
  const { files } = exportResult.parse(JSON.parse(await readFile(path.join(exported, 'export.json'), 'utf8')));
  expect(files.map(({ format }) => format)).toContain('onnx');
  expect((await readFile(path.join(exported, 'labels.txt'), 'utf8')).trim().split('\n')).toEqual(labels);
  const session = await InferenceSession.create(path.join(exported, 'model.onnx'));
  try {
    const pixels = Float32Array.from({ length: 3 * 300 * 300 }, (_, index) => (index * 37) % 256);
    const { boxes, scores } = await session.run({ images: new Tensor('float32', pixels, [1, 3, 300, 300]) });
    const priors = boxes?.dims[1];
    expect(priors).toBeGreaterThan(1000);
    expect(boxes?.dims).toEqual([1, priors, 4]);
    expect(scores?.dims).toEqual([1, priors, labels.length + 1]);
    for (const output of [boxes, scores]) expect((output?.data as Float32Array).every(Number.isFinite)).toBe(true);
  } finally {
    await session.release();
  }
}
