import { LinesideError } from '../../../shared/errors';
import { networkInput, type ConvLayer, type Network, type Parameters } from '../detector/network';
import { boxDecoding, convParameters, modelInput, pixelScale, priorCount, type ExportOptions } from './graph';
import { TfliteGraph } from './tfliteGraph';
import { operations } from './tfliteSchema';

/**
 * Writes the detector as a TFLite model that computes in float32. Same network and parameters, same bytes.
 *
 * @param weights how convolution weights are stored; float16 halves the file
 *
 * Input `images`: float32 [1, height, width, 3], RGB, 0–255 (the model scales to −1…1 itself).
 * Outputs: see `ExportOptions.outputs`, raw or decoded; by position, or by name through the signature `serving_default`.
 */
export function exportTflite(
  network: Network,
  parameters: Parameters,
  options: ExportOptions = {},
  weights: 'float32' | 'float16' = 'float32',
): Uint8Array {
  const outputs = options.outputs ?? 'decoded';
  if (outputs !== 'raw' && outputs !== 'decoded') {
    throw new LinesideError(
      'wrongUse',
      `a TFLite model has outputs 'raw' or 'decoded', not '${outputs}': choose one of them`,
    );
  }
  const graph = new TfliteGraph();
  const shape = [1, network.input.height, network.input.width, 3];
  const images = graph.input(modelInput, shape);
  const divided = graph.node(operations.div, 'scale/div', [images, graph.scalar('scale/divisor', pixelScale)], shape);
  graph.node(operations.sub, networkInput, [divided, graph.scalar('scale/one', 1)], shape);
  for (const layer of network.layers) {
    if (layer.kind === 'add') {
      const { height, width } = layer.output;
      graph.node(operations.add, layer.name, layer.inputs, [1, height, width, layer.channels]);
    } else {
      writeConv(graph, parameters, layer, weights);
    }
  }
  writeHeads(graph, network);
  if (outputs === 'decoded') writeDecoded(graph, network);
  return graph.toBytes([...(outputs === 'decoded' ? ['boxes', 'scores'] : []), 'boxEncodings', 'classLogits']);
}

function writeConv(graph: TfliteGraph, parameters: Parameters, layer: ConvLayer, stored: 'float32' | 'float16'): void {
  const { weights, bias } = convParameters(parameters, layer);
  const { kernel, stride, inChannels, outChannels, activation, output } = layer;
  const isConv2d = layer.kind === 'conv2d';
  const shape = isConv2d ? [outChannels, kernel, kernel, inChannels] : [1, kernel, kernel, outChannels];
  const values = isConv2d ? filtersFirst(weights, outChannels) : weights;
  const name = `${layer.name}/weights`;
  const inputs = [
    layer.input,
    stored === 'float16' ? graph.halfConstant(name, shape, values) : graph.constant(name, shape, values),
    graph.constant(`${layer.name}/bias`, [outChannels], bias),
  ];
  const operation = isConv2d ? operations.conv2d : operations.depthwiseConv2d;
  graph.node(operation(stride, activation), layer.name, inputs, [1, output.height, output.width, outChannels]);
}

/** Weights [kernel, kernel, inputs, filters] as [filters, kernel, kernel, inputs]. */
function filtersFirst(weights: Float32Array, filters: number): Float32Array {
  const taps = weights.length / filters;
  const moved = new Float32Array(weights.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let filter = 0; filter < filters; filter++) {
      moved[filter * taps + tap] = weights[tap * filters + filter] as number;
    }
  }
  return moved;
}

/** Heads of all maps as boxEncodings [1, priors, 4] (y, x, h, w) and classLogits [1, priors, outputs]. */
function writeHeads(graph: TfliteGraph, network: Network): void {
  const join = (name: string, values: number, head: 'boxHead' | 'classHead'): void => {
    const parts = network.featureMaps.map((map, index) => {
      const shape = [1, priorCount(map), values];
      const target = graph.integers(`${name}/${index}/shape`, ...shape);
      return graph.node(operations.reshape, `${name}/${index}`, [map[head], target], shape);
    });
    graph.node(operations.concatenation(1), name, parts, [1, network.priors.length / 4, values]);
  };
  join('boxEncodings', 4, 'boxHead');
  join('classLogits', network.outputs, 'classHead');
}

/** boxes [1, priors, 4] as x1, y1, x2, y2 and scores [1, priors, outputs], background first. */
function writeDecoded(graph: TfliteGraph, network: Network): void {
  const decoding = boxDecoding(network);
  const pairs = [1, decoding.priors, 2];
  const quads = [1, decoding.priors, 4];
  const columns = (name: string, indices: readonly number[]): string =>
    graph.node(operations.gather(2), name, ['boxEncodings', graph.integers(`${name}/columns`, ...indices)], pairs);

  const offsetScales = graph.constant('decode/offsetScales', pairs, decoding.offsetScales);
  const priorCentres = graph.constant('decode/priorCentres', pairs, decoding.centres);
  const priorSizes = graph.constant('decode/priorSizes', pairs, decoding.sizes);
  const sizeVariances = graph.constant('decode/sizeVariances', [2], decoding.sizeVariances);
  const limit = graph.scalar('decode/largestLogScale', decoding.largestLogScale);

  const offsets = columns('decode/offsets', decoding.centreColumns);
  const moved = graph.node(operations.mul, 'decode/moved', [offsets, offsetScales], pairs);
  const centres = graph.node(operations.add, 'decode/centres', [moved, priorCentres], pairs);
  const logSizes = columns('decode/logSizes', decoding.sizeColumns);
  const scaled = graph.node(operations.mul, 'decode/scaledLogSizes', [logSizes, sizeVariances], pairs);
  const limited = graph.node(operations.minimum, 'decode/limited', [scaled, limit], pairs);
  const growth = graph.node(operations.exp, 'decode/growth', [limited], pairs);
  const sizes = graph.node(operations.mul, 'decode/sizes', [growth, priorSizes], pairs);
  const halves = graph.node(operations.mul, 'decode/halves', [sizes, graph.scalar('decode/half', 0.5)], pairs);
  const low = graph.node(operations.sub, 'decode/low', [centres, halves], pairs);
  const high = graph.node(operations.add, 'decode/high', [centres, halves], pairs);
  const unclipped = graph.node(operations.concatenation(2), 'decode/unclipped', [low, high], quads);
  const capped = graph.node(operations.minimum, 'decode/capped', [unclipped, graph.scalar('decode/one', 1)], quads);
  graph.node(operations.maximum, 'boxes', [capped, graph.scalar('decode/zero', 0)], quads);
  graph.node(operations.softmax, 'scores', ['classLogits'], [1, decoding.priors, network.outputs]);
}
