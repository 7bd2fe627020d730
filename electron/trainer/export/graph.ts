import type { Size } from '../../../shared/boxes';
import { LinesideError } from '../../../shared/errors';
import { evaluationPostprocess } from '../detector/postprocess';
import type { Calibration } from './calibration';
import {
  boxVariances,
  networkInput,
  type ConvLayer,
  type FeatureMap,
  type Network,
  type Parameters,
} from '../detector/network';

/** What an exported model gives. */
export type OutputKind = 'raw' | 'decoded' | 'detections' | 'detectNet';

export interface ExportOptions {
  /**
   * raw: boxEncodings [N, priors, 4] and classLogits [N, priors, outputs], exactly as the trainer has them.
   * decoded (default): also boxes [N, priors, 4] and scores [N, priors, outputs].
   * detections (ONNX, batch 1): also detectionBoxes [K, 4], detectionClasses [K], detectionScores [K], best first.
   * detections (TFLite): those alone, as TFLite_Detection_PostProcess gives them.
   * detectNet (ONNX only, batch 1): scores and boxes alone, and a picture that is scaled already: see `detectNetInput`.
   * Boxes are x1, y1, x2, y2 as fractions of the picture, clipped to it.
   */
  readonly outputs?: OutputKind;
  /** Class names without background; written into the model where the format has a place for them. */
  readonly labels?: readonly string[];
  readonly postprocessing?: Postprocessing;
}

/** What a format that rounds to int8 asks of the trainer. */
export interface Quantizing {
  /** @throws LinesideError when there are no pictures to measure on */
  readonly calibrate: () => Promise<Calibration>;
  /** How much less mAP50 a TFLite model has than the trained one, on pictures that are kept for such questions. */
  readonly lostMAP50: (model: Uint8Array) => Promise<number>;
}

/** How decoded outputs become detections. */
export interface Postprocessing {
  /** Detections with a lower softmax score are dropped, 0–1. */
  readonly threshold: number;
  /** Of two boxes of one class that overlap more than this IoU, only the better stays, 0–1. */
  readonly iouThreshold: number;
  readonly maxDetections: number;
}

/** Suppression as in the trainer's evaluation; the threshold is an even chance until evaluation chooses a better one. */
export const defaultPostprocessing: Postprocessing = {
  threshold: 0.5,
  iouThreshold: evaluationPostprocess.nmsThreshold,
  maxDetections: evaluationPostprocess.maxDetections,
};

/** Name of the exported model's input: RGB pixels, float32, 0–255. The model scales them itself. */
export const modelInput = 'images';

/**
 * The input's name where jetson-inference's detectNet is to read the model, as pytorch-ssd's onnx_export.py names it. detectNet
 * scales the picture to −1…1 itself (preProcess in c/detectNet.cpp: pixel / 255, less 0.5, by 0.5).
 */
export const detectNetInput = 'input_0';

/** pixel / 127.5 − 1 is what the network reads: −1…1. */
export const pixelScale = 127.5;

/** Height and width of what a layer reads. */
export function inputSize(network: Network, layer: ConvLayer): Size {
  if (layer.input === networkInput) return network.input;
  return findLayer(network, layer.input).output;
}

function findLayer(network: Network, name: string): Network['layers'][number] {
  const found = network.layers.find((layer) => layer.name === name);
  if (found === undefined) throw new LinesideError('internal', `the network has no layer ${name}: report this`);
  return found;
}

export interface ConvParameters {
  /** [kernel, kernel, inChannels, outChannels]; depthwise [kernel, kernel, inChannels, 1]. */
  readonly weights: Float32Array;
  /** [outChannels] */
  readonly bias: Float32Array;
}

export function convParameters(parameters: Parameters, layer: ConvLayer): ConvParameters {
  return {
    weights: parameter(parameters, `${layer.name}/weights`, weightShape(layer)),
    bias: parameter(parameters, `${layer.name}/bias`, [layer.outChannels]),
  };
}

export function weightShape(layer: ConvLayer): readonly number[] {
  const filters = layer.kind === 'conv2d' ? layer.outChannels : 1;
  return [layer.kernel, layer.kernel, layer.inChannels, filters];
}

function parameter(parameters: Parameters, name: string, shape: readonly number[]): Float32Array {
  const found = parameters.get(name);
  if (found?.shape.join() !== shape.join()) {
    const actual = found === undefined ? 'missing' : `[${found.shape.join(', ')}]`;
    throw new LinesideError('internal', `weights ${name} are ${actual}, expected [${shape.join(', ')}]: report this`);
  }
  const broken = found.values.findIndex((value) => !Number.isFinite(value));
  if (broken !== -1) {
    throw new LinesideError(
      'badInput',
      `weight ${broken} of ${name} is ${found.values[broken]}, so the model cannot detect anything: train again`,
    );
  }
  return found.values;
}

/** Priors on one feature map. */
export function priorCount(map: FeatureMap): number {
  return map.cells.height * map.cells.width * map.priorsPerCell;
}

/** The box coder's constants, laid out for corners in the order x, y. */
export interface BoxDecoding {
  readonly priors: number;
  /** [priors, 2]: centre x, y. */
  readonly centres: Float32Array;
  /** [priors, 2]: width, height. */
  readonly sizes: Float32Array;
  /** [priors, 2]: how far an encoding of 1 moves the centre: variance × size. */
  readonly offsetScales: Float32Array;
  /** Which columns of the encodings (y, x, h, w) are x, y and w, h. */
  readonly centreColumns: readonly [number, number];
  readonly sizeColumns: readonly [number, number];
  /** A size is exp(min(encoding × variance, largestLogScale)) × prior size, for w and h. */
  readonly sizeVariances: Float32Array;
  readonly largestLogScale: number;
}

/** box = decode(encoding, prior): SSD paper, section 2.2, with the variances of `boxVariances`. */
export function boxDecoding(network: Network): BoxDecoding {
  const priors = network.priors.length / 4;
  const heads = network.featureMaps.reduce((sum, map) => sum + priorCount(map), 0);
  if (heads !== priors) {
    throw new LinesideError('internal', `the heads predict ${heads} boxes for ${priors} priors: report this`);
  }
  const centres = new Float32Array(priors * 2);
  const sizes = new Float32Array(priors * 2);
  const offsetScales = new Float32Array(priors * 2);
  for (let prior = 0; prior < priors; prior++) {
    const [cy, cx, height, width] = network.priors.subarray(prior * 4, prior * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    centres.set([cx, cy], prior * 2);
    sizes.set([width, height], prior * 2);
    offsetScales.set([boxVariances[1] * width, boxVariances[0] * height], prior * 2);
  }
  return {
    priors,
    centres,
    sizes,
    offsetScales,
    centreColumns: [1, 0],
    sizeColumns: [3, 2],
    sizeVariances: Float32Array.of(boxVariances[3], boxVariances[2]),
    largestLogScale: Math.log(1000 / 16), // as in torchvision's BoxCoder, and in the trainer's
  };
}
