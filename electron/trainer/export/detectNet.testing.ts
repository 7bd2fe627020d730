import type { InferenceSession } from 'onnxruntime-node';
import type { Size } from '../../../shared/boxes';

/**
 * What jetson-inference's detectNet does with a model: preProcess and postProcessSSD_ONNX of c/detectNet.cpp, and the kernel
 * gpuTensorNormMean of c/tensorConvert.cu. It takes one pixel of the picture for each of the network's, scales by 255, less
 * 0.5, by 0.5; takes the best class of each row from row 1 on; and puts together what overlaps by more than the clustering
 * threshold, as a share of the larger.
 */
export interface DetectNetFound {
  /** 1 for the first label: 0 is BACKGROUND. */
  classId: number;
  score: number;
  /** x1, y1, x2, y2 as fractions of the picture. */
  box: [number, number, number, number];
}

/** A picture as detectNet lays it out: [3, height, width] in −1…1. */
export function detectNetInput(picture: Size & { readonly pixels: Uint8Array }, size: Size): Float32Array {
  const area = size.height * size.width;
  return Float32Array.from({ length: area * 3 }, (_, at) => {
    const [channel, cell] = [Math.floor(at / area), at % area];
    const x = Math.floor(((cell % size.width) * picture.width) / size.width);
    const y = Math.floor((Math.floor(cell / size.width) * picture.height) / size.height);
    const pixel = picture.pixels[(y * picture.width + x) * 3 + channel] as number;
    return (pixel / 255 - 0.5) / 0.5;
  });
}

/** Detections of one picture, from the model's outputs. */
export function detectNetFinds(
  outputs: InferenceSession.OnnxValueMapType,
  { threshold, clustering }: { readonly threshold: number; readonly clustering: number },
): DetectNetFound[] {
  const [scores, boxes] = [outputs['scores']?.data as Float32Array, outputs['boxes']?.data as Float32Array];
  const priors = boxes.length / 4;
  const columns = scores.length / priors;
  const rows = Array.from({ length: priors }, (_, prior): DetectNetFound => {
    const own = [...scores.subarray(prior * columns + 1, (prior + 1) * columns)];
    const score = Math.max(...own);
    const box = [...boxes.subarray(prior * 4, prior * 4 + 4)] as DetectNetFound['box'];
    return { classId: own.indexOf(score) + 1, score, box };
  });
  return cluster(
    rows.filter(({ score }) => score >= threshold),
    clustering,
  );
}

const sizeOf = ([x1, y1, x2, y2]: DetectNetFound['box']): number => (x2 - x1) * (y2 - y1);

function isSame(a: DetectNetFound, b: DetectNetFound, clustering: number): boolean {
  const width = Math.min(a.box[2], b.box[2]) - Math.max(a.box[0], b.box[0]);
  const height = Math.min(a.box[3], b.box[3]) - Math.max(a.box[1], b.box[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  return a.classId === b.classId && shared / Math.max(sizeOf(a.box), sizeOf(b.box)) > clustering;
}

function cluster(rows: readonly DetectNetFound[], clustering: number): DetectNetFound[] {
  const clusters: DetectNetFound[] = [];
  for (const row of rows) {
    const known = clusters.find((other) => isSame(row, other, clustering));
    if (known === undefined) {
      clusters.push({ ...row });
      continue;
    }
    known.box = known.box.map((side, at) =>
      (at < 2 ? Math.min : Math.max)(side, row.box[at] as number),
    ) as DetectNetFound['box'];
    known.score = Math.max(known.score, row.score);
  }
  return clusters;
}
