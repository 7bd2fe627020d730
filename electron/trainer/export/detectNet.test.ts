import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { postprocess } from '../detector/postprocess';
import { detectNetFinds, detectNetInput, type DetectNetFound } from './detectNet.testing';
import { detectNetLabels } from './detectNetLabels';
import { exportOnnx } from './onnx';
import { referenceForward, testNetwork, testParameters, testPixels, testSize } from './testNetwork';

const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('detectNet');
const [threshold, clustering] = [0.7, 0.75];

describe('the Jetson’s file', () => {
  test('has the names, order and shapes that detectNet binds, and gives it what the trainer finds', async () => {
    const session = await InferenceSession.create(exportOnnx(network, parameters, { outputs: 'detectNet' }));
    expect(session.inputNames).toEqual(['input_0']);
    expect(session.outputNames).toEqual(['scores', 'boxes']);
    const outputs = await session.run({
      input_0: new Tensor('float32', detectNetInput({ ...testSize, pixels }, testSize), [
        1,
        3,
        testSize.height,
        testSize.width,
      ]),
    });
    await session.release();
    const priors = network.priors.length / 4;
    expect(outputs['scores']?.dims).toEqual([1, priors, 3]);
    expect(outputs['boxes']?.dims).toEqual([1, priors, 4]);

    const clusters = detectNetFinds(outputs, { threshold, clustering });

    const { boxEncodings, classLogits } = referenceForward(network, parameters, 'picture', pixels);
    const options = { scoreThreshold: threshold, nmsThreshold: 0.45, maxDetections: 100, scores: 'softmax' } as const;
    const wanted = postprocess(boxEncodings, classLogits, network.priors, options);
    expect(wanted.length).toBeGreaterThan(10);
    for (const { box, classIndex, score } of wanted) {
      const [y1, x1, y2, x2] = box;
      const holds = ({ classId, score: sure, box: [left, top, right, bottom] }: DetectNetFound): boolean =>
        classId === classIndex + 1 &&
        sure >= score - 1e-4 &&
        [left - x1, top - y1, x2 - right, y2 - bottom].every((beyond) => beyond < 1e-4);
      expect(clusters.some(holds), `${classIndex} ${score}`).toBe(true);
    }
  });

  test('labels begin with background, and names that detectNet would misread are changed', () => {
    expect(detectNetLabels(['nut', 'void', 'nuts bolt x', 'needle no 7'])).toBe(
      'BACKGROUND\nnut\nvoid_\nnuts bolt_x\nneedle no_7\n',
    );
  });
});
