import type { Size } from '../../../shared/boxes';

/**
 * A detector as data: a list of layers in execution order. The forward pass, the memory model and every exporter read
 * this one description. Layout is NHWC, padding is TensorFlow's SAME (asymmetric at stride 2).
 *
 * Parameters live beside it in a `Parameters` map: `<layer>/weights` and `<layer>/bias`.
 *   conv2d           weights [kernel, kernel, inChannels, outChannels], bias [outChannels]
 *   depthwiseConv2d  weights [kernel, kernel, inChannels, 1],           bias [inChannels]
 */
export interface ConvLayer {
  readonly kind: 'conv2d' | 'depthwiseConv2d';
  readonly name: string;
  readonly input: string;
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly activation: 'relu6' | 'linear';
  /** Output height and width. */
  readonly output: Size;
  /** Which group trains together: each has its own share of the rate (training/optimizer.ts). */
  readonly group: 'backbone' | 'extra' | 'head';
}

export interface AddLayer {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [string, string];
  readonly channels: number;
  readonly output: Size;
}

export type Layer = ConvLayer | AddLayer;

/** One grid of cells that priors sit on, finest first. */
export interface FeatureMap {
  /** Layer whose output feeds the heads. */
  readonly features: string;
  readonly cells: Size;
  readonly channels: number;
  /** Last layers of the two heads: outputs [batch, h, w, priorsPerCell * 4] and [batch, h, w, priorsPerCell * outputs]. */
  readonly boxHead: string;
  readonly classHead: string;
  readonly priorsPerCell: number;
}

/** Name of the picture's tensor [batch, height, width, 3], values −1…1, RGB. */
export const networkInput = 'input';

export interface Network {
  readonly input: Size;
  readonly layers: readonly Layer[];
  readonly featureMaps: readonly FeatureMap[];
  /** Class logits per prior: 1 background + classes (softmax); index 0 is background. */
  readonly outputs: number;
  /** Prior boxes [priors][cy, cx, h, w], in the order of the concatenated heads: map, row, column, prior. */
  readonly priors: Float32Array;
}

/** Raw outputs: box encodings [batch, priors, 4] in the order y, x, h, w, and class logits [batch, priors, outputs]. */
export const rawOutputNames = ['boxEncodings', 'classLogits'] as const;

/** Host-side weights by parameter name, as stored in checkpoints and written by exporters. */
export type Parameters = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** SSD paper's box variances 0.1 and 0.2, as the divisors the TF Object Detection API uses: y, x, h, w scaled by 10, 10, 5, 5. */
export const boxVariances = [0.1, 0.1, 0.2, 0.2] as const;
