import * as tf from '@tensorflow/tfjs-core';
import type { Convolution, Kernels } from './kernels';

/** The part of the TensorFlow backend that runs an operation by its name. */
export interface OpRunner {
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  readonly binding: Readonly<Record<`TF_${string}`, number>>;
}

interface OpAttribute {
  readonly name: string;
  readonly type: number | undefined;
  readonly value: unknown;
}

/**
 * TensorFlow's own operations, forward and backward. Stock tfjs writes relu6's gradient out in elementwise steps, splits
 * a fused convolution into three passes, and reaches the depthwise gradients by slow paths; here each is one native op.
 * A 1×1 convolution is a matrix product over all pixels, with bias and relu6 fused into it.
 */
export function tensorflowKernels(runner: OpRunner): Kernels {
  const { binding } = runner;
  const attribute = (name: string, type: `TF_ATTR_${string}`, value: unknown): OpAttribute => ({
    name,
    type: binding[type],
    value,
  });
  const float = attribute('T', 'TF_ATTR_TYPE', binding['TF_FLOAT']);
  const nhwc = attribute('data_format', 'TF_ATTR_STRING', 'NHWC');
  const sliding = new Map(
    ([1, 2] as const).map((stride) => [
      stride,
      [
        float,
        attribute('strides', 'TF_ATTR_INT', [1, stride, stride, 1]),
        attribute('padding', 'TF_ATTR_STRING', 'SAME'),
        nhwc,
        attribute('dilations', 'TF_ATTR_INT', [1, 1, 1, 1]),
      ],
    ]),
  );
  const useGpu = attribute('use_cudnn_on_gpu', 'TF_ATTR_BOOL', true);

  function convolutionAttributes({ kind, stride }: Convolution): readonly OpAttribute[] {
    const common = sliding.get(stride) as readonly OpAttribute[];
    return kind === 'conv2d' ? [...common, useGpu] : common;
  }

  function run(name: string, attributes: readonly OpAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor {
    return runner.executeSingleOutput(name, attributes, inputs);
  }

  function product(a: tf.Tensor2D, b: tf.Tensor2D, transposeA: boolean, transposeB: boolean): tf.Tensor2D {
    return run(
      'MatMul',
      [
        float,
        attribute('transpose_a', 'TF_ATTR_BOOL', transposeA),
        attribute('transpose_b', 'TF_ATTR_BOOL', transposeB),
      ],
      [a, b],
    ) as tf.Tensor2D;
  }

  const fusedProduct = new Map(
    (['relu6', 'linear'] as const).map((activation) => [
      activation,
      [
        float,
        attribute('transpose_a', 'TF_ATTR_BOOL', false),
        attribute('transpose_b', 'TF_ATTR_BOOL', false),
        attribute('num_args', 'TF_ATTR_INT', 1),
        attribute('fused_ops', 'TF_ATTR_STRING', activation === 'relu6' ? ['BiasAdd', 'Relu6'] : ['BiasAdd']),
        attribute('epsilon', 'TF_ATTR_FLOAT', 0.0001),
      ],
    ]),
  );

  const rows = (x: tf.Tensor4D): tf.Tensor2D => tf.reshape(x, [x.size / x.shape[3], x.shape[3]]);
  const matrix = (weights: tf.Tensor4D): tf.Tensor2D => tf.reshape(weights, [weights.shape[2], weights.shape[3]]);
  const isPointwise = ({ kind, kernel, stride }: Convolution): boolean =>
    kind === 'conv2d' && kernel === 1 && stride === 1;
  const opName = ({ kind }: Convolution): string => (kind === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative');

  return {
    convolve(x, weights, bias, convolution) {
      return tf.tidy(() => {
        if (isPointwise(convolution)) {
          const attributes = fusedProduct.get(convolution.activation) as readonly OpAttribute[];
          const flat = run('_FusedMatMul', attributes, [rows(x), matrix(weights), bias]);
          return tf.reshape<tf.Rank.R4>(flat, [x.shape[0], x.shape[1], x.shape[2], weights.shape[3]]);
        }
        const linear = run(opName(convolution), convolutionAttributes(convolution), [x, weights]);
        const biased = run('BiasAdd', [float, nhwc], [linear, bias]);
        linear.dispose();
        return (convolution.activation === 'relu6' ? run('Relu6', [float], [biased]) : biased) as tf.Tensor4D;
      });
    },

    relu6Gradient(dy, y) {
      return run('Relu6Grad', [float], [dy, y]) as tf.Tensor4D;
    },

    inputGradient(dy, weights, inputShape, convolution) {
      return tf.tidy(() => {
        if (isPointwise(convolution)) {
          return tf.reshape<tf.Rank.R4>(product(rows(dy), matrix(weights), false, true), [...inputShape]);
        }
        const shape = tf.tensor1d([...inputShape], 'int32');
        return run(`${opName(convolution)}BackpropInput`, convolutionAttributes(convolution), [
          shape,
          weights,
          dy,
        ]) as tf.Tensor4D;
      });
    },

    weightGradient(x, dy, convolution) {
      return tf.tidy(() => {
        const outChannels = dy.shape[3];
        if (isPointwise(convolution)) {
          return tf.reshape<tf.Rank.R4>(product(rows(x), rows(dy), true, false), [1, 1, x.shape[3], outChannels]);
        }
        const { kernel, kind } = convolution;
        const shape = tf.tensor1d([kernel, kernel, x.shape[3], kind === 'conv2d' ? outChannels : 1], 'int32');
        return run(`${opName(convolution)}BackpropFilter`, convolutionAttributes(convolution), [
          x,
          shape,
          dy,
        ]) as tf.Tensor4D;
      });
    },

    biasGradient(dy) {
      return run('BiasAddGrad', [float, nhwc], [dy]) as tf.Tensor1D;
    },
  };
}
