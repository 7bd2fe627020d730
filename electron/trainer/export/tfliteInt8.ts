import { networkInput, type ConvLayer, type Layer, type Network, type Parameters } from '../detector/network';
import type { Calibration } from './calibration';
import { modelInput, pixelScale, priorCount, type ExportOptions } from './graph';
import { activationQuantization, quantizeConv } from './quantize';
import { convOperation, tfliteConv, writeLayer, writeScaled } from './tflite';
import { TfliteGraph, type Stored } from './tfliteGraph';
import { writeHeads, writeOutputs } from './tfliteOutputs';
import { onInt8, operations } from './tfliteSchema';
import type { Quantization } from './tfliteTables';

/** The int8 step of a pixel is the pixel less this. */
const centre = 128;

/** The picture's steps stand for (pixel − 128) / 127.5, so that zero, the padding, is one of them. */
const pictureSteps: Quantization = { scale: [Math.fround(1 / pixelScale)], zeroPoint: [0] };

/** The network reads half a step more: pixel / 127.5 − 1. The first layer's bias makes up for it. */
const halfStep = (centre - pixelScale) / pixelScale;

/**
 * Writes the detector as a TFLite model that computes in int8: weights with a scale a filter, outputs of layers with a scale a
 * tensor. Inputs and outputs are float32, as in the model that is not quantized (`exportTflite`).
 *
 * @param floatLayers layers that compute in float32 all the same
 */
export function exportTfliteInt8(
  network: Network,
  parameters: Parameters,
  calibration: Calibration,
  floatLayers: ReadonlySet<string>,
  options: ExportOptions = {},
): Uint8Array {
  const writer = new Int8Writer(network, parameters, ({ name }) => rangeOf(calibration, name));
  const { graph } = writer;
  const { height, width } = network.input;
  graph.input(modelInput, [1, height, width, 3]);
  for (const layer of network.layers) {
    if (floatLayers.has(layer.name)) writer.floatLayer(layer);
    else writer.int8Layer(layer);
  }
  for (const head of network.featureMaps.flatMap(({ boxHead, classHead }) => [boxHead, classHead])) writer.float(head);
  writeHeads(graph, network);
  return graph.toBytes(writeOutputs(graph, network, options));
}

/**
 * Writes the detector for a Coral Edge TPU: all of the network computes in int8, and the picture goes in as uint8. What comes
 * out is boxEncodings and classLogits as uint8, or detections as `TFLite_Detection_PostProcess` gives them, which runs on the
 * processor.
 */
export function exportCoral(
  network: Network,
  parameters: Parameters,
  calibration: Calibration,
  options: ExportOptions = {},
): Uint8Array {
  const boxHeads = new Set(network.featureMaps.map(({ boxHead }) => boxHead));
  const classHeads = new Set(network.featureMaps.map(({ classHead }) => classHead));
  const writer = new Int8Writer(network, parameters, ({ name }) => {
    if (boxHeads.has(name)) return calibration.boxEncodings;
    return classHeads.has(name) ? calibration.classLogits : rangeOf(calibration, name);
  });
  const { graph } = writer;
  const shape = [1, network.input.height, network.input.width, 3];
  graph.input(modelInput, shape, {
    type: 'uint8',
    quantization: { scale: pictureSteps.scale, zeroPoint: [centre] },
  });
  graph.node(operations.requantize, int8Name(networkInput), [modelInput], shape, int8(pictureSteps));
  for (const layer of network.layers) writer.int8Layer(layer);
  const heads = [
    writer.joinHeads('boxEncodings', 'boxHead', 4, activationQuantization(calibration.boxEncodings)),
    writer.joinHeads('classLogits', 'classHead', network.outputs, activationQuantization(calibration.classLogits)),
  ];
  if (options.outputs !== 'detections') {
    return graph.toBytes(
      heads.map(({ name, shape: of, steps }) =>
        graph.node(operations.requantize, name, [int8Name(name)], of, uint8(steps)),
      ),
    );
  }
  for (const { name, shape: of } of heads) graph.node(operations.dequantize, name, [int8Name(name)], of);
  return graph.toBytes(writeOutputs(graph, network, options));
}

type Range = { readonly low: number; readonly high: number };

function rangeOf({ ranges }: Calibration, layer: string): Range {
  const range = ranges.get(layer);
  if (range === undefined) throw new Error(`layer ${layer} was not calibrated`);
  return range;
}

function int8Name(name: string): string {
  return `${name}/int8`;
}

function int8(quantization: Quantization): Stored {
  return { type: 'int8', quantization };
}

/** The same steps, counted from 0. */
function uint8({ scale, zeroPoint }: Quantization): Stored {
  return { type: 'uint8', quantization: { scale, zeroPoint: zeroPoint.map((zero) => zero + centre) } };
}

/** Writes layers in int8 or float32; a tensor NAME has its int8 twin in NAME/int8, made where a layer asks for it. */
class Int8Writer {
  readonly graph = new TfliteGraph();
  readonly #network: Network;
  readonly #parameters: Parameters;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #steps: ReadonlyMap<string, Quantization>;

  constructor(network: Network, parameters: Parameters, range: (layer: Layer) => Range) {
    this.#network = network;
    this.#parameters = parameters;
    this.#shapes = new Map(network.layers.map((layer) => [layer.name, shapeOf(layer)]));
    this.#steps = new Map([
      [networkInput, pictureSteps],
      ...network.layers.map((layer) => [layer.name, activationQuantization(range(layer))] as const),
    ]);
  }

  floatLayer(layer: Layer): void {
    for (const name of layer.kind === 'add' ? layer.inputs : [layer.input]) this.float(name);
    writeLayer(this.graph, this.#parameters, layer, 'float32');
  }

  int8Layer(layer: Layer): void {
    const stored = int8(this.#stepsOf(layer.name));
    if (layer.kind === 'add') {
      const inputs = layer.inputs.map((name) => this.#int8(name));
      this.graph.node(onInt8(operations.add), int8Name(layer.name), inputs, shapeOf(layer), stored);
    } else {
      const inputs = [this.#int8(layer.input), ...this.#constants(layer)];
      this.graph.node(onInt8(convOperation(layer)), int8Name(layer.name), inputs, shapeOf(layer), stored);
    }
  }

  /** The named tensor in float32. */
  float(name: string): void {
    if (this.graph.has(name)) return;
    if (name === networkInput) writeScaled(this.graph, this.#network, name, 1);
    else this.graph.node(operations.dequantize, name, [int8Name(name)], this.#shapeOf(name));
  }

  /** Heads of all maps, which must have the same steps, as one tensor [1, priors, values]. */
  joinHeads(
    name: string,
    head: 'boxHead' | 'classHead',
    values: number,
    steps: Quantization,
  ): { readonly name: string; readonly shape: readonly number[]; readonly steps: Quantization } {
    const parts = this.#network.featureMaps.map((map, index) => {
      const shape = [1, priorCount(map), values];
      const target = this.graph.integers(`${name}/${index}/shape`, ...shape);
      return this.graph.node(operations.reshape, `${name}/${index}`, [int8Name(map[head]), target], shape, int8(steps));
    });
    const shape = [1, this.#network.priors.length / 4, values];
    this.graph.node(onInt8(operations.concatenation(1)), int8Name(name), parts, shape, int8(steps));
    return { name, shape, steps };
  }

  #int8(name: string): string {
    const twin = int8Name(name);
    if (this.graph.has(twin)) return twin;
    const isInput = name === networkInput;
    const from = isInput ? writeScaled(this.graph, this.#network, `${name}/centred`, centre / pixelScale) : name;
    return this.graph.node(operations.quantize, twin, [from], this.#shapeOf(name), int8(this.#stepsOf(name)));
  }

  #constants(layer: ConvLayer): readonly string[] {
    const { shape, values, bias } = tfliteConv(this.#parameters, layer);
    const inputScale = this.#stepsOf(layer.input).scale[0] as number;
    const shifted = layer.input === networkInput ? withHalfStep(values, bias) : bias;
    const quantized = quantizeConv(values, shifted, inputScale, layer.kind === 'conv2d' ? 0 : 3);
    const name = `${layer.name}/weights`;
    return [
      this.graph.quantizedConstant(name, shape, quantized.weights, quantized.weightQuantization),
      this.graph.quantizedConstant(`${layer.name}/bias`, [bias.length], quantized.bias, quantized.biasQuantization),
    ];
  }

  #stepsOf(name: string): Quantization {
    return this.#steps.get(name) as Quantization;
  }

  #shapeOf(name: string): readonly number[] {
    const { height, width } = this.#network.input;
    return this.#shapes.get(name) ?? [1, height, width, 3];
  }
}

function shapeOf(layer: Layer): readonly number[] {
  const { height, width } = layer.output;
  return [1, height, width, layer.kind === 'add' ? layer.channels : layer.outChannels];
}

/** The bias of the first convolution, whose input is half a step too low. Weights are [filters, taps]. */
function withHalfStep(weights: Float32Array, bias: Float32Array): Float32Array {
  const taps = weights.length / bias.length;
  return bias.map((value, filter) => {
    const sum = weights.subarray(filter * taps, (filter + 1) * taps).reduce((total, weight) => total + weight, 0);
    return value + halfStep * sum;
  });
}
