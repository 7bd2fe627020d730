import { networkInput, type ConvLayer, type Network, type Parameters } from '../detector/network';
import { LinesideError } from '../../../shared/errors';
import {
  boxDecoding,
  convParameters,
  modelInput,
  pixelScale,
  priorCount,
  weightShape,
  type ExportOptions,
} from './graph';
import { attribute, TfjsGraph } from './tfjsGraph';

export interface TfjsModel {
  /** Text of model.json. */
  readonly modelJson: string;
  /** Shards in order, to be named as `weightsManifest` in model.json does: see `shardName`. */
  readonly weights: Uint8Array[];
}

/**
 * Writes the detector as a TF.js graph model, for `tf.loadGraphModel`. Same network and parameters, same bytes.
 *
 * Input `images`: float32 [batch, height, width, 3], RGB, 0–255 (the model scales to −1…1 itself).
 * Outputs: see `ExportOptions.outputs`, raw or decoded. Suppression is left to `tf.image.nonMaxSuppressionAsync`, because
 * in the graph it would force every caller from `execute` to `executeAsync`.
 */
export function exportTfjs(network: Network, parameters: Parameters, options: ExportOptions = {}): TfjsModel {
  const outputs = options.outputs ?? 'decoded';
  if (outputs !== 'raw' && outputs !== 'decoded') {
    throw new LinesideError(
      'wrongUse',
      `a TF.js model has outputs 'raw' or 'decoded', not '${outputs}': choose one of them`,
    );
  }
  const graph = new TfjsGraph();
  const { height, width } = network.input;
  const images = graph.input(modelInput, [-1, height, width, 3]);
  const divided = graph.node('RealDiv', 'scale/div', [images, graph.scalar('scale/divisor', pixelScale)]);
  graph.node('Sub', networkInput, [divided, graph.scalar('scale/one', 1)]);
  for (const layer of network.layers) {
    if (layer.kind === 'add') graph.node('AddV2', layer.name, layer.inputs);
    else writeConv(graph, parameters, layer);
  }
  writeHeads(graph, network);
  if (outputs === 'decoded') writeDecoded(graph, network);

  const priors = network.priors.length / 4;
  const boxShape = [-1, priors, 4];
  const scoreShape = [-1, priors, network.outputs];
  return graph.toFiles(
    { [modelInput]: [-1, height, width, 3] },
    {
      ...(outputs === 'decoded' ? { boxes: boxShape, scores: scoreShape } : {}),
      boxEncodings: boxShape,
      classLogits: scoreShape,
    },
    options.labels,
  );
}

function writeConv(graph: TfjsGraph, parameters: Parameters, layer: ConvLayer): void {
  const { weights, bias } = convParameters(parameters, layer);
  const inputs = [
    layer.input,
    graph.constant(`${layer.name}/weights`, weightShape(layer), weights),
    graph.constant(`${layer.name}/bias`, [layer.outChannels], bias),
  ];
  graph.node(layer.kind === 'conv2d' ? '_FusedConv2D' : 'FusedDepthwiseConv2dNative', layer.name, inputs, {
    strides: attribute.ints([1, layer.stride, layer.stride, 1]),
    dilations: attribute.ints([1, 1, 1, 1]),
    padding: attribute.text('SAME'),
    data_format: attribute.text('NHWC'),
    fused_ops: attribute.texts(layer.activation === 'relu6' ? ['BiasAdd', 'Relu6'] : ['BiasAdd']),
    num_args: attribute.int(1),
  });
}

/** Heads of all maps as boxEncodings [N, priors, 4] (y, x, h, w) and classLogits [N, priors, outputs]. */
function writeHeads(graph: TfjsGraph, network: Network): void {
  const join = (name: string, values: number, head: 'boxHead' | 'classHead'): void => {
    const parts = network.featureMaps.map((map, index) => {
      const shape = graph.integers(`${name}/${index}/shape`, -1, priorCount(map), values);
      return graph.node('Reshape', `${name}/${index}`, [map[head], shape]); // [N, priors of the map, values]
    });
    const axis = graph.integer(`${name}/axis`, 1);
    graph.node('ConcatV2', name, [...parts, axis], { N: attribute.int(parts.length) });
  };
  join('boxEncodings', 4, 'boxHead');
  join('classLogits', network.outputs, 'classHead');
}

/** boxes [N, priors, 4] as x1, y1, x2, y2 and scores [N, priors, outputs], background first. */
function writeDecoded(graph: TfjsGraph, network: Network): void {
  const decoding = boxDecoding(network);
  const perPrior = [decoding.priors, 2];
  const axis = graph.integer('decode/axis', 2);
  const columns = (name: string, indices: readonly number[]): string =>
    graph.node('GatherV2', name, ['boxEncodings', graph.integers(`${name}/columns`, ...indices), axis]);

  const offsetScales = graph.constant('decode/offsetScales', perPrior, decoding.offsetScales);
  const priorCentres = graph.constant('decode/priorCentres', perPrior, decoding.centres);
  const priorSizes = graph.constant('decode/priorSizes', perPrior, decoding.sizes);
  const sizeVariances = graph.constant('decode/sizeVariances', [2], decoding.sizeVariances);

  const moved = graph.node('Mul', 'decode/moved', [columns('decode/offsets', decoding.centreColumns), offsetScales]);
  const centres = graph.node('AddV2', 'decode/centres', [moved, priorCentres]); // [N, priors, 2]
  const scaled = graph.node('Mul', 'decode/scaledLogSizes', [
    columns('decode/logSizes', decoding.sizeColumns),
    sizeVariances,
  ]);
  const limit = graph.scalar('decode/largestLogScale', decoding.largestLogScale);
  const growth = graph.node('Exp', 'decode/growth', [graph.node('Minimum', 'decode/limited', [scaled, limit])]);
  const sizes = graph.node('Mul', 'decode/sizes', [growth, priorSizes]); // [N, priors, 2]
  const halves = graph.node('Mul', 'decode/halves', [sizes, graph.scalar('decode/half', 0.5)]);
  const low = graph.node('Sub', 'decode/low', [centres, halves]);
  const high = graph.node('AddV2', 'decode/high', [centres, halves]);
  const unclipped = graph.node('ConcatV2', 'decode/unclipped', [low, high, axis], { N: attribute.int(2) });
  const capped = graph.node('Minimum', 'decode/capped', [unclipped, graph.scalar('decode/one', 1)]);
  graph.node('Maximum', 'boxes', [capped, graph.scalar('decode/zero', 0)]);
  graph.node('Softmax', 'scores', ['classLogits']);
}
