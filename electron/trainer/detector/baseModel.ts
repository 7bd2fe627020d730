import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { resourcePath } from '../engine/resources';
import type { Random } from '../random';
import type { ConvLayer, Network, Parameters } from './network';
import { baseModelShapes } from './priorBoxes';
import { buildSsd } from './ssd';
import { biasOf, weightsOf } from './weights';

/** epsilon of the base model's batch norm, from its graph. */
const batchNormEpsilon = 1e-3;
/**
 * Small, so that fresh logits hardly differ at first: hard negative mining looks for the largest of thousands, and with
 * TF Object Detection API's 0.03 the first loss is twice as high and dozens of steps go into taking it back.
 */
const headDeviation = 0.01;
/** Background among the priors that count: three mined negatives for each match (SSD paper, section 2.2). */
const backgroundShare = 0.75;
/** Classes of COCO's numbering, 1–90; some numbers are unused. */
const cocoNumbers = 90;

interface Value {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const modelJson = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.enum(['float32', 'int32']) })),
    }),
  ),
});

/** Folder of the COCO base model, SSDLite-MobileNetV2 300×300, as set-up unpacked it. */
export function baseModelFolder(): string {
  return resourcePath('baseModel');
}

/** The values of the base model's graph by name. */
export function readBaseModel(folder = baseModelFolder()): ReadonlyMap<string, Value> {
  let text: string;
  try {
    text = readFileSync(path.join(folder, 'model.json'), 'utf8');
  } catch (cause) {
    const said: Said = { code: 'engineMissing', values: {} };
    throw new LinesideError('engine', `The base model is missing (${folder}): run \`npm run setup\``, { cause, said });
  }
  const values = new Map<string, Value>();
  for (const group of modelJson.parse(JSON.parse(text)).weightsManifest) {
    const bytes = Buffer.concat(group.paths.map((file) => readFileSync(path.join(folder, file))));
    let offset = 0;
    for (const { name, shape, dtype } of group.weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      if (dtype === 'float32') {
        const copy = new Uint8Array(bytes.subarray(offset, offset + length * 4));
        values.set(name, { shape, values: new Float32Array(copy.buffer) });
      }
      offset += length * 4;
    }
  }
  return values;
}

/** The base model itself as a network of ours: 90 COCO numbers, 1,917 priors. */
export function baseNetwork(): Network {
  return buildSsd({
    input: { width: 300, height: 300 },
    classes: cocoNumbers,
    priorShapes: baseModelShapes,
    fineMap: false,
  });
}

/**
 * Parameters for a network: from the base model wherever it has them, with batch norm folded in, freshly drawn for what is
 * new: class predictors for other classes, heads of the stride-8 map, predictors of added priors.
 */
export function initialParameters(network: Network, random: Random, base = readBaseModel()): Parameters {
  const parameters = new Map<string, Value>();
  for (const layer of network.layers) {
    if (layer.kind === 'add') continue;
    const { weights, bias } =
      layer.group === 'head' ? headParameters(layer, network, base, random) : folded(layer, base);
    parameters.set(weightsOf(layer), weights);
    parameters.set(biasOf(layer), bias);
  }
  return parameters;
}

interface LayerValues {
  readonly weights: Value;
  readonly bias: Value;
}

function pick(base: ReadonlyMap<string, Value>, name: string): Value {
  const value = base.get(name);
  if (value === undefined)
    throw new LinesideError('engine', `The base model has no ${name}: run \`npm run setup\` again`);
  return value;
}

/** Backbone and extra layers: convolutions come folded; depthwise ones are to be multiplied by their batch norm. */
function folded(layer: ConvLayer, base: ReadonlyMap<string, Value>): LayerValues {
  const name = `FeatureExtractor/MobilenetV2/${layer.name}`;
  const bias = pick(base, `${name}/BatchNorm/batchnorm/sub`);
  if (layer.kind === 'conv2d') return { weights: pick(base, `${name}/Conv2D/merged_input`), bias };
  const factor = pick(base, `${name}/BatchNorm/batchnorm/mul`).values;
  return { weights: scaled(pick(base, `${name}/depthwise_weights`), factor), bias };
}

/** Depthwise weights [3, 3, channels, 1] times a factor a channel. */
function scaled({ shape, values }: Value, factor: Float32Array): Value {
  return { shape, values: values.map((value, index) => value * (factor[index % factor.length] as number)) };
}

const headPattern = /^heads\/(\d|fine)\/(box|class)\/(depthwise|predict)$/;

function headParameters(
  layer: ConvLayer,
  network: Network,
  base: ReadonlyMap<string, Value>,
  random: Random,
): LayerValues {
  const [, map, kind, part] = headPattern.exec(layer.name) as unknown as [string, string, 'box' | 'class', string];
  const name = `BoxPredictor_${map}/${kind === 'box' ? 'BoxEncodingPredictor' : 'ClassPredictor'}`;
  if (part === 'depthwise')
    return map === 'fine' ? freshDepthwise(layer, random) : headDepthwise(`${name}_depthwise`, base);
  const fresh = freshPredictor(layer, random);
  if (kind === 'class') expectBackground(fresh.bias.values, network.outputs);
  const keep = map !== 'fine' && (kind === 'box' || network.outputs === cocoNumbers + 1);
  return keep ? withBase(fresh, pick(base, `${name}/weights`), pick(base, `${name}/biases`)) : fresh;
}

function headDepthwise(name: string, base: ReadonlyMap<string, Value>): LayerValues {
  const norm = (part: string): Float32Array => pick(base, `${name}/BatchNorm/${part}`).values;
  const [gamma, beta, mean, variance] = [norm('gamma'), norm('beta'), norm('moving_mean'), norm('moving_variance')];
  const factor = gamma.map((value, index) => value / Math.sqrt((variance[index] as number) + batchNormEpsilon));
  return {
    weights: scaled(pick(base, `${name}/depthwise_weights`), factor),
    bias: {
      shape: [beta.length],
      values: beta.map((value, index) => value - (mean[index] as number) * (factor[index] as number)),
    },
  };
}

/** Biases such that the softmax says background as often as it is among the priors that count, the classes evenly. */
function expectBackground(bias: Float32Array, outputs: number): void {
  const logit = Math.log((backgroundShare * (outputs - 1)) / (1 - backgroundShare));
  for (let at = 0; at < bias.length; at += outputs) bias[at] = logit;
}

/** He et al. 2015, equation 10, for nine inputs. */
function freshDepthwise({ kernel, inChannels }: ConvLayer, random: Random): LayerValues {
  const deviation = Math.sqrt(2 / (kernel * kernel));
  return drawn([kernel, kernel, inChannels, 1], inChannels, deviation, random);
}

function freshPredictor({ inChannels, outChannels }: ConvLayer, random: Random): LayerValues {
  return drawn([1, 1, inChannels, outChannels], outChannels, headDeviation, random);
}

function drawn(shape: readonly number[], biases: number, deviation: number, random: Random): LayerValues {
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    weights: { shape, values: Float32Array.from({ length }, () => random.normal() * deviation) },
    bias: { shape: [biases], values: new Float32Array(biases) },
  };
}

/** The base model's predictor in the first columns; columns beyond, of priors that were added, stay fresh. */
function withBase(fresh: LayerValues, weights: Value, bias: Value): LayerValues {
  const columns = fresh.bias.values.length;
  const baseColumns = bias.values.length;
  const copied = fresh.weights.values.slice();
  weights.values.forEach((value, index) => {
    const column = index % baseColumns;
    if (column < columns) copied[Math.floor(index / baseColumns) * columns + column] = value;
  });
  const copiedBias = fresh.bias.values.slice();
  copiedBias.set(bias.values.subarray(0, columns));
  return {
    weights: { shape: fresh.weights.shape, values: copied },
    bias: { shape: fresh.bias.shape, values: copiedBias },
  };
}
