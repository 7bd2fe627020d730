import { encode } from 'flatbuffers/js/flexbuffers.js';
import { boxVariances, type Network } from '../detector/network';
import { boxDecoding, defaultPostprocessing, priorCount, type ExportOptions, type Postprocessing } from './graph';
import type { TfliteGraph } from './tfliteGraph';
import { operations } from './tfliteSchema';

/**
 * What a model gives, from boxEncodings [1, priors, 4] and classLogits [1, priors, outputs] in float32.
 * @returns the outputs' names, in order
 */
export function writeOutputs(graph: TfliteGraph, network: Network, options: ExportOptions): readonly string[] {
  const raw = ['boxEncodings', 'classLogits'];
  switch (options.outputs) {
    case 'raw':
      return raw;
    case 'detections':
      return writeDetections(graph, network, options.postprocessing ?? defaultPostprocessing);
    default:
      writeDecoded(graph, network);
      return ['boxes', 'scores', ...raw];
  }
}

/**
 * The operator that TensorFlow's detection models end with: decoding and suppression a class, on the processor. Its results,
 * in this order, are what programs for such models expect: boxes [1, most, 4] as y1, x1, y2, x2, not clipped; classes
 * [1, most], 0 for the first label; scores [1, most]; how many there are [1].
 */
function writeDetections(graph: TfliteGraph, network: Network, postprocessing: Postprocessing): readonly string[] {
  const { threshold, iouThreshold, maxDetections } = postprocessing;
  const priors = network.priors.length / 4;
  const [y, x, height, width] = boxVariances;
  const options = encode({
    max_detections: maxDetections,
    max_classes_per_detection: 1,
    detections_per_class: maxDetections,
    use_regular_nms: true,
    nms_score_threshold: threshold,
    nms_iou_threshold: iouThreshold,
    num_classes: network.outputs - 1,
    y_scale: 1 / y,
    x_scale: 1 / x,
    h_scale: 1 / height,
    w_scale: 1 / width,
  });
  const scores = graph.node(operations.softmax, 'scores', ['classLogits'], [1, priors, network.outputs]);
  const anchors = graph.constant('priors', [priors, 4], network.priors);
  const results = [
    { name: 'detectionBoxes', shape: [1, maxDetections, 4] },
    { name: 'detectionClasses', shape: [1, maxDetections] },
    { name: 'detectionScores', shape: [1, maxDetections] },
    { name: 'detectionCount', shape: [1] },
  ];
  graph.nodes(operations.custom('TFLite_Detection_PostProcess', options), ['boxEncodings', scores, anchors], results);
  return results.map(({ name }) => name);
}

/** Heads of all maps as boxEncodings [1, priors, 4] (y, x, h, w) and classLogits [1, priors, outputs]. */
export function writeHeads(graph: TfliteGraph, network: Network): void {
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
