import type { ConvLayer, Layer, Network, Parameters } from '../detector/network';
import { networkInput } from '../detector/network';
import { convParameters, modelInput, pixelScale, type ExportOptions } from './graph';
import { TfliteGraph } from './tfliteGraph';
import { writeHeads, writeOutputs } from './tfliteOutputs';
import { operations } from './tfliteSchema';

/**
 * Writes the detector as a TFLite model that computes in float32. Same network and parameters, same bytes.
 *
 * @param weights how convolution weights are stored; float16 halves the file
 *
 * Input `images`: float32 [1, height, width, 3], RGB, 0–255 (the model scales to −1…1 itself).
 * Outputs: see `ExportOptions.outputs`; by position, or by name through the signature `serving_default`.
 */
export function exportTflite(
  network: Network,
  parameters: Parameters,
  options: ExportOptions = {},
  weights: 'float32' | 'float16' = 'float32',
): Uint8Array {
  const graph = new TfliteGraph();
  const { height, width } = network.input;
  graph.input(modelInput, [1, height, width, 3]);
  writeScaled(graph, network, networkInput, 1);
  for (const layer of network.layers) writeLayer(graph, parameters, layer, weights);
  writeHeads(graph, network);
  return graph.toBytes(writeOutputs(graph, network, options));
}

/** images / 127.5 − shift */
export function writeScaled(graph: TfliteGraph, network: Network, name: string, shift: number): string {
  const shape = [1, network.input.height, network.input.width, 3];
  const divisor = graph.scalar(`${name}/divisor`, pixelScale);
  const divided = graph.node(operations.div, `${name}/divided`, [modelInput, divisor], shape);
  return graph.node(operations.sub, name, [divided, graph.scalar(`${name}/shift`, shift)], shape);
}

/** A layer that computes in float32, from tensors that have its inputs' names. */
export function writeLayer(
  graph: TfliteGraph,
  parameters: Parameters,
  layer: Layer,
  stored: 'float32' | 'float16',
): void {
  if (layer.kind === 'add') {
    graph.node(operations.add, layer.name, layer.inputs, [1, layer.output.height, layer.output.width, layer.channels]);
    return;
  }
  const { shape, values, bias } = tfliteConv(parameters, layer);
  const name = `${layer.name}/weights`;
  const inputs = [
    layer.input,
    stored === 'float16' ? graph.halfConstant(name, shape, values) : graph.constant(name, shape, values),
    graph.constant(`${layer.name}/bias`, [layer.outChannels], bias),
  ];
  const { height, width } = layer.output;
  graph.node(convOperation(layer), layer.name, inputs, [1, height, width, layer.outChannels]);
}

export function convOperation({ kind, stride, activation }: ConvLayer) {
  const operation = kind === 'conv2d' ? operations.conv2d : operations.depthwiseConv2d;
  return operation(stride, activation);
}

/** A convolution's weights as TFLite has them: [filters, kernel, kernel, inputs], depthwise [1, kernel, kernel, filters]. */
export function tfliteConv(
  parameters: Parameters,
  layer: ConvLayer,
): { readonly shape: readonly number[]; readonly values: Float32Array; readonly bias: Float32Array } {
  const { weights, bias } = convParameters(parameters, layer);
  const { kernel, inChannels, outChannels } = layer;
  return layer.kind === 'conv2d'
    ? { shape: [outChannels, kernel, kernel, inChannels], values: filtersFirst(weights, outChannels), bias }
    : { shape: [1, kernel, kernel, outChannels], values: weights, bias };
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
