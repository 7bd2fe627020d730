import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { postprocess } from '../detector/postprocess';
import { detectNetLabels } from './detectNetLabels';
import { exportOnnx } from './onnx';
import { referenceForward, testNetwork, testParameters, testPixels, testSize } from './testNetwork';

/**
 * The Jetson's file, read as jetson-inference's detectNet reads it: preProcess and postProcessSSD_ONNX of c/detectNet.cpp
 * (scales by 255, less 0.5, by 0.5; the best class of each row from row 1 on; what overlaps by more than the clustering
 * threshold, as a share of the larger, is put together).
 */
const network = testNetwork();
const parameters = testParameters(network);
const pixels = testPixels('detectNet');
const [threshold, clustering] = [0.7, 0.75];
const area = testSize.height * testSize.width;

interface Found {
  classId: number;
  score: number;
  box: [number, number, number, number];
}

const sizeOf = ([x1, y1, x2, y2]: Found['box']): number => (x2 - x1) * (y2 - y1);

function isSame(a: Found, b: Found): boolean {
  const width = Math.min(a.box[2], b.box[2]) - Math.max(a.box[0], b.box[0]);
  const height = Math.min(a.box[3], b.box[3]) - Math.max(a.box[1], b.box[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  return a.classId === b.classId && shared / Math.max(sizeOf(a.box), sizeOf(b.box)) > clustering;
}

function cluster(rows: readonly Found[]): Found[] {
  const clusters: Found[] = [];
  for (const row of rows) {
    const known = clusters.find((other) => isSame(row, other));
    if (known === undefined) {
      clusters.push({ ...row });
      continue;
    }
    known.box = known.box.map((side, at) =>
      (at < 2 ? Math.min : Math.max)(side, row.box[at] as number),
    ) as Found['box'];
    known.score = Math.max(known.score, row.score);
  }
  return clusters;
}

describe('the Jetson’s file', () => {
  test('has the names, order and shapes that detectNet binds, and gives it what the trainer finds', async () => {
    const session = await InferenceSession.create(exportOnnx(network, parameters, { outputs: 'detectNet' }));
    expect(session.inputNames).toEqual(['input_0']);
    expect(session.outputNames).toEqual(['scores', 'boxes']);
    const input = Float32Array.from({ length: area * 3 }, (_, at) => {
      const pixel = pixels[(at % area) * 3 + Math.floor(at / area)] as number;
      return (pixel / 255 - 0.5) / 0.5;
    });
    const outputs = await session.run({
      input_0: new Tensor('float32', input, [1, 3, testSize.height, testSize.width]),
    });
    await session.release();
    const priors = network.priors.length / 4;
    expect(outputs['scores']?.dims).toEqual([1, priors, 3]);
    expect(outputs['boxes']?.dims).toEqual([1, priors, 4]);

    const [scores, boxes] = [outputs['scores']?.data as Float32Array, outputs['boxes']?.data as Float32Array];
    const rows = Array.from({ length: priors }, (_, prior): Found => {
      const own = [...scores.subarray(prior * 3 + 1, prior * 3 + 3)];
      const score = Math.max(...own);
      const box = [...boxes.subarray(prior * 4, prior * 4 + 4)] as Found['box'];
      return { classId: own.indexOf(score) + 1, score, box };
    }).filter(({ score }) => score >= threshold);
    const clusters = cluster(rows);

    const { boxEncodings, classLogits } = referenceForward(network, parameters, 'picture', pixels);
    const options = { scoreThreshold: threshold, nmsThreshold: 0.45, maxDetections: 100, scores: 'softmax' } as const;
    const wanted = postprocess(boxEncodings, classLogits, network.priors, options);
    expect(wanted.length).toBeGreaterThan(10);
    for (const { box, classIndex, score } of wanted) {
      const [y1, x1, y2, x2] = box;
      const holds = ({ classId, score: sure, box: [left, top, right, bottom] }: Found): boolean =>
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
