import type { Size } from '../../../shared/boxes';
import {
  networkInput,
  type AddLayer,
  type ConvLayer,
  type FeatureMap,
  type Network,
  type Parameters,
} from '../detector/network';
import { createRandom } from '../random';
import { Calibrator, type Calibration } from './calibration';
import type { Quantizing } from './graph';
import type { ParitySample } from './parity';

/**
 * A small random detector for the exporters' tests, and its forward pass in plain loops over doubles: the oracle. Heights
 * and widths differ and are both odd and even on the way, so that a swapped side or a wrong SAME padding shows.
 */
export const testSize: Size = { height: 46, width: 65 };
export const testLabels = ['nut', 'washer'] as const;

const outputs = 1 + testLabels.length;

type Shape = Pick<ConvLayer, 'kind' | 'kernel' | 'stride' | 'inChannels' | 'outChannels' | 'activation' | 'output'>;

function conv(name: string, input: string, shape: Shape): ConvLayer {
  return { name, input, group: 'backbone', ...shape };
}

const half: Size = { height: 23, width: 33 };
const quarter: Size = { height: 12, width: 17 };
const eighth: Size = { height: 6, width: 9 };

function pointwise(inChannels: number, outChannels: number, output: Size, activation: ConvLayer['activation']): Shape {
  return { kind: 'conv2d', kernel: 1, stride: 1, inChannels, outChannels, activation, output };
}

function depthwise(channels: number, stride: 1 | 2, output: Size): Shape {
  const sizes = { inChannels: channels, outChannels: channels, output };
  return { kind: 'depthwiseConv2d', kernel: 3, stride, activation: 'relu6', ...sizes };
}

function spatial(inChannels: number, outChannels: number, stride: 1 | 2, output: Size): Shape {
  return { kind: 'conv2d', kernel: 3, stride, inChannels, outChannels, activation: 'relu6', output };
}

const add: AddLayer = { kind: 'add', name: 'block/add', inputs: ['stem', 'block/project'], channels: 8, output: half };

const layers = [
  conv('stem', networkInput, spatial(3, 8, 2, half)),
  conv('block/depthwise', 'stem', depthwise(8, 1, half)),
  conv('block/project', 'block/depthwise', pointwise(8, 8, half, 'linear')),
  add,
  conv('down/depthwise', 'block/add', depthwise(8, 2, quarter)),
  conv('down/project', 'down/depthwise', pointwise(8, 12, quarter, 'relu6')),
  conv('extra', 'down/project', spatial(12, 16, 2, eighth)),
  conv('map0/box/depthwise', 'down/project', depthwise(12, 1, quarter)),
  conv('map0/box', 'map0/box/depthwise', pointwise(12, 2 * 4, quarter, 'linear')),
  conv('map0/class', 'down/project', pointwise(12, 2 * outputs, quarter, 'linear')),
  conv('map1/box', 'extra', pointwise(16, 3 * 4, eighth, 'linear')),
  conv('map1/class', 'extra', pointwise(16, 3 * outputs, eighth, 'linear')),
];

function featureMap(name: string, features: string, cells: Size, channels: number, priorsPerCell: number): FeatureMap {
  return { features, cells, channels, boxHead: `${name}/box`, classHead: `${name}/class`, priorsPerCell };
}

export function testNetwork(): Network {
  const featureMaps = [featureMap('map0', 'down/project', quarter, 12, 2), featureMap('map1', 'extra', eighth, 16, 3)];
  const random = createRandom('priors');
  const count = 12 * 17 * 2 + 6 * 9 * 3;
  const priors = Float32Array.from({ length: count * 4 }, (_, index) =>
    index % 4 < 2 ? random.range(0, 1) : random.range(0.05, 0.6),
  );
  return { input: testSize, layers, featureMaps, outputs, priors };
}

export function testParameters(network: Network): Parameters {
  const random = createRandom('weights');
  const parameters = new Map<string, { shape: number[]; values: Float32Array }>();
  const draw = (name: string, shape: number[], scale: number): void => {
    const length = shape.reduce((product, size) => product * size, 1);
    parameters.set(name, { shape, values: Float32Array.from({ length }, () => random.normal() * scale) });
  };
  for (const layer of network.layers) {
    if (layer.kind === 'add') continue;
    const filters = layer.kind === 'conv2d' ? layer.outChannels : 1;
    const fanIn = layer.kernel * layer.kernel * (layer.kind === 'conv2d' ? layer.inChannels : 1);
    draw(`${layer.name}/weights`, [layer.kernel, layer.kernel, layer.inChannels, filters], Math.sqrt(2 / fanIn));
    draw(`${layer.name}/bias`, [layer.outChannels], 0.5);
  }
  return parameters;
}

/** Size encodings of 40 on priors a hundredth as large: exp(40 × 0.2) times their size would fill the picture. */
export function growingBoxes(): { readonly tiny: Network; readonly grown: Parameters } {
  const network = testNetwork();
  const priors = network.priors.map((value, index) => (index % 4 < 2 ? value : value / 100));
  const values = Float32Array.from({ length: 12 }, (_, index) => (index % 4 < 2 ? 0 : 40));
  const grown = new Map(testParameters(network)).set('map1/box/bias', { shape: [12], values });
  return { tiny: { ...network, priors }, grown };
}

export function testPixels(...keys: readonly (number | string)[]): Uint8Array {
  const random = createRandom('pixels', ...keys);
  return Uint8Array.from({ length: testSize.height * testSize.width * 3 }, () => random.int(256));
}

type Activations = ReadonlyMap<string, readonly number[]>;

/** The outputs of every layer for one picture, worked out value by value. */
export function referenceActivations(network: Network, parameters: Parameters, pixels: Uint8Array): Activations {
  const activations = new Map<string, readonly number[]>();
  activations.set(
    networkInput,
    Array.from(pixels, (value) => value / 127.5 - 1),
  );
  for (const layer of network.layers) {
    activations.set(
      layer.name,
      layer.kind === 'add' ? referenceAdd(layer, activations) : referenceConv(network, layer, parameters, activations),
    );
  }
  return activations;
}

/** The raw outputs of one picture. */
export function referenceForward(
  network: Network,
  parameters: Parameters,
  name: string,
  pixels: Uint8Array,
): ParitySample {
  const activations = referenceActivations(network, parameters, pixels);
  const join = (heads: readonly string[]): Float32Array =>
    Float32Array.from(heads.flatMap((head) => read(activations, head)));
  return {
    name,
    pixels,
    boxEncodings: join(network.featureMaps.map((map) => map.boxHead)),
    classLogits: join(network.featureMaps.map((map) => map.classHead)),
  };
}

function read(activations: Activations, name: string): readonly number[] {
  const found = activations.get(name);
  if (found === undefined) throw new Error(`no activation ${name}`);
  return found;
}

function referenceAdd(layer: AddLayer, activations: Activations): number[] {
  const [first, second] = layer.inputs.map((name) => read(activations, name)) as [readonly number[], readonly number[]];
  return first.map((value, index) => value + (second[index] ?? NaN));
}

function referenceConv(network: Network, layer: ConvLayer, parameters: Parameters, activations: Activations): number[] {
  const input = read(activations, layer.input);
  const from = network.layers.find(({ name }) => name === layer.input)?.output ?? network.input;
  const weights = parameters.get(`${layer.name}/weights`)?.values ?? new Float32Array();
  const bias = parameters.get(`${layer.name}/bias`)?.values ?? new Float32Array();
  const { kernel, stride, inChannels, outChannels } = layer;
  // What TensorFlow calls SAME: as many outputs as strides begin inside the input, the surplus of padding at the end.
  const padY = Math.floor(Math.max(0, (layer.output.height - 1) * stride + kernel - from.height) / 2);
  const padX = Math.floor(Math.max(0, (layer.output.width - 1) * stride + kernel - from.width) / 2);
  const result: number[] = [];
  for (let y = 0; y < layer.output.height; y++) {
    for (let x = 0; x < layer.output.width; x++) {
      for (let filter = 0; filter < outChannels; filter++) {
        let sum = bias[filter] ?? NaN;
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            const row = y * stride - padY + ky;
            const column = x * stride - padX + kx;
            if (row < 0 || column < 0 || row >= from.height || column >= from.width) continue;
            const pixel = (row * from.width + column) * inChannels;
            const tap = (ky * kernel + kx) * inChannels;
            if (layer.kind === 'depthwiseConv2d') {
              sum += (input[pixel + filter] ?? NaN) * (weights[tap + filter] ?? NaN);
              continue;
            }
            for (let channel = 0; channel < inChannels; channel++) {
              sum += (input[pixel + channel] ?? NaN) * (weights[(tap + channel) * outChannels + filter] ?? NaN);
            }
          }
        }
        result.push(layer.activation === 'relu6' ? Math.min(Math.max(sum, 0), 6) : sum);
      }
    }
  }
  return result;
}

/** Clipped boxes x1, y1, x2, y2 from encodings y, x, h, w: SSD paper, section 2.2, with variances 0.1 and 0.2. */
export function referenceBoxes(network: Network, boxEncodings: Float32Array): number[] {
  const boxes: number[] = [];
  for (let start = 0; start < boxEncodings.length; start += 4) {
    const [ty, tx, th, tw] = [...boxEncodings.subarray(start, start + 4)] as [number, number, number, number];
    const [cy, cx, height, width] = [...network.priors.subarray(start, start + 4)] as [number, number, number, number];
    const y = (ty / 10) * height + cy;
    const x = (tx / 10) * width + cx;
    const h = Math.min(Math.exp(th / 5), 62.5) * height;
    const w = Math.min(Math.exp(tw / 5), 62.5) * width;
    const corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
    boxes.push(...corners.map((corner) => Math.min(Math.max(corner, 0), 1)));
  }
  return boxes;
}

/** Softmax over each prior's logits. */
export function referenceScores(network: Network, classLogits: Float32Array): number[] {
  const scores: number[] = [];
  for (let start = 0; start < classLogits.length; start += network.outputs) {
    const powers = [...classLogits.subarray(start, start + network.outputs)].map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    scores.push(...powers.map((power) => power / total));
  }
  return scores;
}

/** Ranges of the test network's layers on the pictures given. */
export function testCalibration(
  network: Network,
  parameters: Parameters,
  pictures: readonly Uint8Array[],
): Calibration {
  const calibrator = new Calibrator();
  for (const picture of pictures) {
    const outputs = referenceActivations(network, parameters, picture);
    calibrator.add(new Map([...outputs].map(([name, values]) => [name, Float32Array.from(values)])));
  }
  return calibrator.finish(network);
}

/** What formats that round ask, answered with the pictures given. */
export function testQuantizing(network: Network, parameters: Parameters, pictures: readonly Uint8Array[]): Quantizing {
  return {
    calibrate: () => Promise.resolve(testCalibration(network, parameters, pictures)),
    lostMAP50: () => Promise.resolve(0),
  };
}
