import { networkInput, type AddLayer, type ConvLayer, type Network, type Parameters } from '../detector/network';
import { samePadding } from '../engine/kernels';
import {
  boxDecoding,
  convParameters,
  defaultPostprocessing,
  detectNetInput,
  inputSize,
  modelInput,
  pixelScale,
  priorCount,
  type ExportOptions,
  type OutputKind,
  type Postprocessing,
} from './graph';
import { OnnxGraph, type Opset } from './onnxGraph';

/** Opset 13 (2020) is read by every runtime in use: ONNX Runtime ≥ 1.6, TensorRT ≥ 8, OpenVINO. */
const usualOpset: Opset = 13;
/** Read by TensorRT 7.1 of JetPack 4.4, the first on which detectNet runs SSD from ONNX. */
const detectNetOpset: Opset = 11;

/**
 * Writes the detector as an ONNX model. Same network and parameters, same bytes.
 *
 * Input `images`: float32 [batch, 3, height, width], RGB, 0–255 (the model scales to −1…1 itself); for detectNet see
 * `detectNetInput`. Outputs: see `ExportOptions.outputs`; but for detectNet boxEncodings and classLogits are among them.
 */
export function exportOnnx(network: Network, parameters: Parameters, options: ExportOptions = {}): Uint8Array {
  const outputs = options.outputs ?? 'decoded';
  const isDetectNet = outputs === 'detectNet';
  const batch = isDetectNet || outputs === 'detections' ? 1 : 'batch';
  const graph = new OnnxGraph(isDetectNet ? detectNetOpset : usualOpset);

  const shape = [batch, 3, network.input.height, network.input.width];
  const scaled = isDetectNet ? graph.input(detectNetInput, shape) : writeScaling(graph, graph.input(modelInput, shape));
  graph.scalar('relu6/low', 0);
  graph.scalar('relu6/high', 6);
  for (const layer of network.layers) {
    if (layer.kind === 'add') writeAdd(graph, layer);
    else writeConv(graph, network, parameters, layer, layer.input === networkInput ? scaled : layer.input);
  }

  writeHeads(graph, network);
  if (outputs !== 'raw') writeDecoded(graph, network);
  if (outputs === 'detections') writeDetections(graph, network, options.postprocessing ?? defaultPostprocessing);
  declareOutputs(graph, network, outputs, batch);
  return graph.toBytes(options.labels === undefined ? {} : { labels: JSON.stringify(options.labels) });
}

/** Pixels 0–255 to −1…1. */
function writeScaling(graph: OnnxGraph, images: string): string {
  const divided = graph.node('Div', 'scale/div', [images, graph.scalar('scale/divisor', pixelScale)]);
  return graph.node('Sub', networkInput, [divided, graph.scalar('scale/one', 1)]);
}

function declareOutputs(graph: OnnxGraph, network: Network, outputs: OutputKind, batch: number | string): void {
  const priors = network.priors.length / 4;
  const boxes = (name: string): void => graph.output(name, [batch, priors, 4]);
  const scores = (name: string): void => graph.output(name, [batch, priors, network.outputs]);
  if (outputs === 'detectNet') {
    // detectNet takes the first as confidences and the second as corners.
    scores('scores');
    boxes('boxes');
    return;
  }
  if (outputs === 'detections') {
    graph.output('detectionBoxes', ['detections', 4]);
    graph.output('detectionClasses', ['detections'], 'int64');
    graph.output('detectionScores', ['detections']);
  } else if (outputs === 'decoded') {
    boxes('boxes');
    scores('scores');
  }
  boxes('boxEncodings');
  scores('classLogits');
}

function writeAdd(graph: OnnxGraph, layer: AddLayer): void {
  graph.node('Add', layer.name, layer.inputs);
}

function writeConv(graph: OnnxGraph, network: Network, parameters: Parameters, layer: ConvLayer, input: string): void {
  const { weights, bias } = convParameters(parameters, layer);
  const { height, width } = inputSize(network, layer);
  const [above, below] = samePadding(height, layer.kernel, layer.stride);
  const [left, right] = samePadding(width, layer.kernel, layer.stride);
  const inputs = [
    input,
    graph.constant(`${layer.name}/weights`, onnxWeightShape(layer), channelsFirst(weights, layer)),
    graph.constant(`${layer.name}/bias`, [layer.outChannels], bias),
  ];
  const attributes = {
    kernel_shape: [layer.kernel, layer.kernel],
    strides: [layer.stride, layer.stride],
    pads: [above, left, below, right],
    group: layer.kind === 'conv2d' ? 1 : layer.inChannels,
  };
  if (layer.activation === 'linear') {
    graph.node('Conv', layer.name, inputs, attributes);
  } else {
    const linear = graph.node('Conv', `${layer.name}/linear`, inputs, attributes);
    graph.node('Clip', layer.name, [linear, 'relu6/low', 'relu6/high']);
  }
}

function onnxWeightShape(layer: ConvLayer): readonly number[] {
  return [layer.outChannels, layer.kind === 'conv2d' ? layer.inChannels : 1, layer.kernel, layer.kernel];
}

/**
 * Weights [kernel, kernel, inputs, filters] as [filters, inputs, kernel, kernel]. A depthwise convolution's
 * [kernel, kernel, channels, 1] becomes [channels, 1, kernel, kernel], which is the same move with the last two swapped.
 */
function channelsFirst(weights: Float32Array, layer: ConvLayer): Float32Array {
  const area = layer.kernel * layer.kernel;
  const inputs = layer.kind === 'conv2d' ? layer.inChannels : 1;
  const filters = layer.outChannels;
  const moved = new Float32Array(weights.length);
  for (let cell = 0; cell < area; cell++) {
    for (let input = 0; input < inputs; input++) {
      for (let filter = 0; filter < filters; filter++) {
        moved[(filter * inputs + input) * area + cell] = weights[(cell * inputs + input) * filters + filter] as number;
      }
    }
  }
  return moved;
}

/** Heads of all maps as boxEncodings [N, priors, 4] (y, x, h, w) and classLogits [N, priors, outputs]. */
function writeHeads(graph: OnnxGraph, network: Network): void {
  const join = (name: string, values: number, head: 'boxHead' | 'classHead'): void => {
    const parts = network.featureMaps.map((map, index) => {
      const last = graph.node('Transpose', `${name}/${index}/channelsLast`, [map[head]], { perm: [0, 2, 3, 1] }); // [N, h, w, priorsPerCell * values]
      const shape = graph.integers(`${name}/${index}/shape`, 0, priorCount(map), values); // 0: as the input's
      return graph.node('Reshape', `${name}/${index}`, [last, shape]); // [N, priors of the map, values]
    });
    graph.node('Concat', name, parts, { axis: 1 });
  };
  join('boxEncodings', 4, 'boxHead');
  join('classLogits', network.outputs, 'classHead');
}

/** boxes [N, priors, 4] as x1, y1, x2, y2 and scores [N, priors, outputs], background first. */
function writeDecoded(graph: OnnxGraph, network: Network): void {
  const decoding = boxDecoding(network);
  const perPrior = [decoding.priors, 2];
  const offsetColumns = graph.integers('decode/centreColumns', ...decoding.centreColumns);
  const sizeColumns = graph.integers('decode/sizeColumns', ...decoding.sizeColumns);
  const offsetScales = graph.constant('decode/offsetScales', perPrior, decoding.offsetScales);
  const priorCentres = graph.constant('decode/priorCentres', perPrior, decoding.centres);
  const priorSizes = graph.constant('decode/priorSizes', perPrior, decoding.sizes);
  const sizeVariances = graph.constant('decode/sizeVariances', [2], decoding.sizeVariances);

  const offsets = graph.node('Gather', 'decode/offsets', ['boxEncodings', offsetColumns], { axis: 2 });
  const moved = graph.node('Mul', 'decode/moved', [offsets, offsetScales]);
  const centres = graph.node('Add', 'decode/centres', [moved, priorCentres]); // [N, priors, 2]
  const logSizes = graph.node('Gather', 'decode/logSizes', ['boxEncodings', sizeColumns], { axis: 2 });
  const scaled = graph.node('Mul', 'decode/scaledLogSizes', [logSizes, sizeVariances]);
  const limit = graph.scalar('decode/largestLogScale', decoding.largestLogScale);
  const growth = graph.node('Exp', 'decode/growth', [graph.node('Min', 'decode/limited', [scaled, limit])]);
  const sizes = graph.node('Mul', 'decode/sizes', [growth, priorSizes]); // [N, priors, 2]
  const halves = graph.node('Mul', 'decode/halves', [sizes, graph.scalar('decode/half', 0.5)]);
  const corners = [
    graph.node('Sub', 'decode/low', [centres, halves]),
    graph.node('Add', 'decode/high', [centres, halves]),
  ];
  const unclipped = graph.node('Concat', 'decode/unclipped', corners, { axis: 2 });
  graph.node('Clip', 'boxes', [unclipped, graph.scalar('decode/edge0', 0), graph.scalar('decode/edge1', 1)]);
  graph.node('Softmax', 'scores', ['classLogits'], { axis: 2 });
}

/** Non-maximum suppression per class in the graph, then the best of all classes. Boxes outside the picture count for nothing. */
function writeDetections(graph: OnnxGraph, network: Network, postprocessing: Postprocessing): void {
  const zero = graph.integers('nms/zero', 0);
  const one = graph.integers('nms/one', 1);
  const two = graph.integers('nms/two', 2);
  const most = graph.integers('nms/most', postprocessing.maxDetections);
  const iou = graph.floats('nms/iouThreshold', postprocessing.iouThreshold);
  const threshold = graph.floats('nms/threshold', postprocessing.threshold);

  const end = graph.integers('nms/outputs', network.outputs);
  const classScores = graph.node('Slice', 'nms/classScores', ['scores', one, end, two]); // [1, priors, classes]
  const allByClass = graph.node('Transpose', 'nms/allByClass', [classScores], { perm: [0, 2, 1] }); // [1, classes, priors]
  const byClass = graph.node('Mul', 'nms/byClass', [allByClass, writeInside(graph)]);
  const kept = graph.node('NonMaxSuppression', 'nms/kept', ['boxes', byClass, most, iou, threshold]); // [kept, 3]: image, class, prior
  const scores = graph.node('GatherND', 'nms/scores', [byClass, kept]); // [kept]
  const count = graph.node('Min', 'nms/count', [graph.node('Shape', 'nms/keptCount', [scores]), most]);
  graph.node('TopK', 'detectionScores', [scores, count], { axis: 0 }, ['nms/order']);

  const column = (name: string, index: string): string =>
    graph.node('Squeeze', name, [graph.node('Gather', `${name}/column`, [kept, index], { axis: 1 }), one]); // [kept]
  graph.node('Gather', 'detectionClasses', [column('nms/classes', one), 'nms/order']);
  const priors = graph.node('Gather', 'nms/bestPriors', [column('nms/priors', two), 'nms/order']);
  const boxes = graph.node('Squeeze', 'nms/boxes', ['boxes', zero]); // [priors, 4]
  graph.node('Gather', 'detectionBoxes', [boxes, priors]);
}

/** [1, 1, priors]: 1 where a box has an area, 0 where clipping left nothing of it. */
function writeInside(graph: OnnxGraph): string {
  const corner = (name: string, ...columns: readonly number[]): string =>
    graph.node('Gather', name, ['boxes', graph.integers(`${name}/columns`, ...columns)], { axis: 2 });
  const sides = graph.node('Sub', 'nms/sides', [corner('nms/high', 2, 3), corner('nms/low', 0, 1)]); // [1, priors, 2]
  const shortest = graph.node('ReduceMin', 'nms/shortest', [sides], { axes: [2], keepdims: 0 }); // [1, priors]
  const inside = graph.node('Sign', 'nms/inside', [shortest]);
  return graph.node('Unsqueeze', 'nms/insideByClass', [inside, graph.integers('nms/classAxis', 1)]);
}
