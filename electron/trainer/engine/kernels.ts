import * as tf from '@tensorflow/tfjs-core';

/** What a kernel needs to know of a convolution. Layout NHWC, TensorFlow's SAME padding, bias added, then the activation. */
export interface Convolution {
  readonly kind: 'conv2d' | 'depthwiseConv2d';
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly activation: 'relu6' | 'linear';
}

/**
 * The few operations that the detector is made of, forward and backward. A backend gives its fastest form of each; the
 * composed form below serves any tfjs backend. Callers own every tensor returned.
 *
 *   x        [batch, h, w, inChannels]
 *   y, dy    [batch, ceil(h / stride), ceil(w / stride), outChannels]
 *   weights  [kernel, kernel, inChannels, outChannels], depthwise [kernel, kernel, inChannels, 1]
 */
export interface Kernels {
  /** activation(conv(x, weights) + bias) */
  convolve(x: tf.Tensor4D, weights: tf.Tensor4D, bias: tf.Tensor1D, convolution: Convolution): tf.Tensor4D;
  /** dy · (0 < y < 6): the gradient before relu6, from its output. */
  relu6Gradient(dy: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D;
  /** dL/dx from the gradient before the activation. */
  inputGradient(
    dy: tf.Tensor4D,
    weights: tf.Tensor4D,
    inputShape: readonly [number, number, number, number],
    convolution: Convolution,
  ): tf.Tensor4D;
  /** dL/dweights from the gradient before the activation. */
  weightGradient(x: tf.Tensor4D, dy: tf.Tensor4D, convolution: Convolution): tf.Tensor4D;
  /** dL/dbias: dy summed over batch, rows and columns. */
  biasGradient(dy: tf.Tensor4D): tf.Tensor1D;
}

/** Rows or columns of padding that TensorFlow's SAME puts before and after. */
export function samePadding(size: number, kernel: number, stride: number): readonly [before: number, after: number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

function isPointwise(convolution: Convolution): boolean {
  return convolution.kind === 'conv2d' && convolution.kernel === 1 && convolution.stride === 1;
}

/** [batch, h, w, c] as [batch · h · w, c]. */
function asRows(x: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape[3]]);
}

/**
 * x padded, then the part of it that kernel tap (row, column) meets at each output position:
 * [batch, outHeight, outWidth, channels].
 */
function tap(
  padded: tf.Tensor4D,
  row: number,
  column: number,
  out: readonly [number, number],
  stride: number,
): tf.Tensor4D {
  const [batch, , , channels] = padded.shape;
  return tf.stridedSlice(
    padded,
    [0, row, column, 0],
    [batch, row + (out[0] - 1) * stride + 1, column + (out[1] - 1) * stride + 1, channels],
    [1, stride, stride, 1],
  ) as tf.Tensor4D;
}

function padSame(x: tf.Tensor4D, kernel: number, stride: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.pad4d(x, [
    [0, 0],
    [...samePadding(height, kernel, stride)],
    [...samePadding(width, kernel, stride)],
    [0, 0],
  ]);
}

/** dy with zeros between its rows and columns, so that a stride-2 convolution is undone by one of stride 1. */
function spread(dy: tf.Tensor4D, height: number, width: number, stride: number): tf.Tensor4D {
  if (stride === 1) return dy;
  const [batch, rows, columns, channels] = dy.shape;
  const wide = tf.pad(tf.reshape(dy, [batch, rows, 1, columns, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, stride - 1],
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const full = tf.reshape<tf.Rank.R4>(wide, [batch, rows * stride, columns * stride, channels]);
  // ceil(size / 2) · 2 may be one more than the size: the last row and column are zeros.
  return tf.slice4d(
    full,
    [0, 0, 0, 0],
    [batch, Math.min(height, rows * stride), Math.min(width, columns * stride), channels],
  );
}

/** Kernels made of the operations that every tfjs backend has: wasm lacks the convolution gradients. */
export const composedKernels: Kernels = {
  convolve(x, weights, bias, { kind, stride, activation }) {
    const convolve = kind === 'conv2d' ? tf.fused.conv2d : tf.fused.depthwiseConv2d;
    return convolve({ x, filter: weights, strides: stride, pad: 'same', bias, activation });
  },

  relu6Gradient(dy, y) {
    return tf.tidy(() => tf.mul(dy, tf.cast(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6)), 'float32')));
  },

  inputGradient(dy, weights, inputShape, convolution) {
    return tf.tidy(() => {
      if (isPointwise(convolution)) {
        const [, , inChannels, outChannels] = weights.shape;
        const flat = tf.matMul(asRows(dy), tf.reshape<tf.Rank.R2>(weights, [inChannels, outChannels]), false, true);
        return tf.reshape<tf.Rank.R4>(flat, [...inputShape]);
      }
      const { kernel, stride } = convolution;
      const [, height, width] = inputShape;
      const above = kernel - 1 - samePadding(height, kernel, stride)[0];
      const left = kernel - 1 - samePadding(width, kernel, stride)[0];
      const spreadOut = spread(dy, height, width, stride);
      const padded = tf.pad4d(spreadOut, [
        [0, 0],
        [above, height + kernel - 1 - above - spreadOut.shape[1]],
        [left, width + kernel - 1 - left - spreadOut.shape[2]],
        [0, 0],
      ]);
      const turned = tf.reverse4d(weights, [0, 1]);
      return convolution.kind === 'depthwiseConv2d'
        ? tf.depthwiseConv2d(padded, turned, 1, 'valid')
        : tf.conv2d(padded, tf.transpose(turned, [0, 1, 3, 2]), 1, 'valid');
    });
  },

  weightGradient(x, dy, convolution) {
    return tf.tidy(() => {
      const { kernel, stride, kind } = convolution;
      const [, rows, columns] = dy.shape;
      const inChannels = x.shape[3];
      const padded = isPointwise(convolution) ? x : padSame(x, kernel, stride);
      const taps: tf.Tensor[] = [];
      for (let row = 0; row < kernel; row++) {
        for (let column = 0; column < kernel; column++) {
          const seen = isPointwise(convolution) ? x : tap(padded, row, column, [rows, columns], stride);
          taps.push(
            kind === 'conv2d'
              ? tf.matMul(asRows(seen), asRows(dy), true, false) // [in, out]
              : tf.sum(tf.mul(seen, dy), [0, 1, 2]), // [channels]
          );
        }
      }
      const outChannels = kind === 'conv2d' ? dy.shape[3] : 1;
      return tf.reshape<tf.Rank.R4>(tf.stack(taps), [kernel, kernel, inChannels, outChannels]);
    });
  },

  biasGradient(dy) {
    return tf.sum<tf.Tensor1D>(dy, [0, 1, 2]);
  },
};
