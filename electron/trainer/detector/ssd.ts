import type { Size } from '../../../shared/boxes';
import { networkInput, type ConvLayer, type FeatureMap, type Layer, type Network } from './network';
import { priorBoxes, type PriorShape } from './priorBoxes';

export interface SsdOptions {
  readonly input: Size;
  /** Classes without background. */
  readonly classes: number;
  /** Prior shapes of each map, finest first: 7 lists with the stride-8 map, 6 without. */
  readonly priorShapes: readonly (readonly PriorShape[])[];
  readonly fineMap: boolean;
}

/** MobileNetV2, table 2: expansion, channels, blocks, stride of the first. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Channels of the base model's layer_19 pairs: 1×1, then depthwise 3×3 at stride 2 and 1×1. */
const extraLayers = [
  [256, 512],
  [128, 256],
  [128, 256],
  [64, 128],
] as const;

/**
 * SSDLite on MobileNetV2 as in the COCO base model: maps on the expansion of block 13 (stride 16), Conv_1 (stride 32) and
 * four extra layers; with `fineMap` also on the expansion of block 6 (stride 8, 192 channels). Layer names are the base
 * model's, so that its weights find their place.
 */
export function buildSsd({ input, classes, priorShapes, fineMap }: SsdOptions): Network {
  const builder = new Builder(input);
  backbone(builder);
  const taps = [
    ...(fineMap ? ['expanded_conv_6/expand'] : []),
    'expanded_conv_13/expand',
    'Conv_1',
    ...extraLayers.map(([, out], index) => extraName(index, out)),
  ];
  if (priorShapes.length !== taps.length)
    throw new Error(`${priorShapes.length} lists of prior shapes for ${taps.length} maps`);
  const outputs = classes + 1;
  const maps = taps.map((features, index): { map: FeatureMap; shapes: readonly PriorShape[] } => {
    const shapes = priorShapes[index] as readonly PriorShape[];
    const { size, channels } = builder.at(features);
    const head = (kind: string, perPrior: number): string => {
      const name = `${headName(index, fineMap)}/${kind}`;
      builder.depthwise(`${name}/depthwise`, features, 1, 'head');
      return builder.conv(`${name}/predict`, `${name}/depthwise`, {
        outChannels: shapes.length * perPrior,
        activation: 'linear',
        group: 'head',
      });
    };
    const boxHead = head('box', 4);
    const classHead = head('class', outputs);
    return { map: { features, cells: size, channels, boxHead, classHead, priorsPerCell: shapes.length }, shapes };
  });
  return {
    input,
    layers: builder.layers,
    featureMaps: maps.map(({ map }) => map),
    outputs,
    priors: priorBoxes(maps.map(({ map, shapes }) => ({ cells: map.cells, shapes }))),
  };
}

/** 'heads/fine' for the added map, 'heads/0' … 'heads/5' for those of the base model. */
export function headName(index: number, fineMap: boolean): string {
  if (!fineMap) return `heads/${index}`;
  return index === 0 ? 'heads/fine' : `heads/${index - 1}`;
}

function backbone(builder: Builder): void {
  let previous = builder.conv('Conv', networkInput, { kernel: 3, stride: 2, outChannels: 32 });
  let block = 0;
  for (const [expansion, outChannels, repeats, firstStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++, block++) {
      const name = block === 0 ? 'expanded_conv' : `expanded_conv_${block}`;
      const inChannels = builder.at(previous).channels;
      let inner = previous;
      if (expansion > 1) inner = builder.conv(`${name}/expand`, inner, { outChannels: inChannels * expansion });
      inner = builder.depthwise(`${name}/depthwise`, inner, repeat === 0 ? firstStride : 1, 'backbone');
      inner = builder.conv(`${name}/project`, inner, { outChannels, activation: 'linear' });
      previous = repeat === 0 ? inner : builder.add(`${name}/add`, previous, inner);
    }
  }
  previous = builder.conv('Conv_1', previous, { outChannels: 1280 });
  extraLayers.forEach(([squeeze, out], index) => {
    const squeezed = builder.conv(`layer_19_1_Conv2d_${index + 2}_1x1_${squeeze}`, previous, {
      outChannels: squeeze,
      group: 'extra',
    });
    const name = extraName(index, out);
    builder.depthwise(`${name}_depthwise`, squeezed, 2, 'extra');
    previous = builder.conv(name, `${name}_depthwise`, { outChannels: out, group: 'extra' });
  });
}

const extraName = (index: number, out: number): string => `layer_19_2_Conv2d_${index + 2}_3x3_s2_${out}`;

/** Collects layers and knows the size and channels of each one's output. */
class Builder {
  readonly layers: Layer[] = [];
  readonly #outputs = new Map<string, { readonly size: Size; readonly channels: number }>();

  constructor(input: Size) {
    this.#outputs.set(networkInput, { size: input, channels: 3 });
  }

  at(name: string): { readonly size: Size; readonly channels: number } {
    const output = this.#outputs.get(name);
    if (output === undefined) throw new Error(`no layer ${name} yet`);
    return output;
  }

  conv(
    name: string,
    input: string,
    options: { readonly outChannels: number } & Partial<Pick<ConvLayer, 'kernel' | 'stride' | 'activation' | 'group'>>,
  ): string {
    return this.#push(
      { kind: 'conv2d', kernel: 1, stride: 1, activation: 'relu6', group: 'backbone', ...options },
      name,
      input,
    );
  }

  depthwise(name: string, input: string, stride: 1 | 2, group: ConvLayer['group']): string {
    const outChannels = this.at(input).channels;
    return this.#push(
      { kind: 'depthwiseConv2d', kernel: 3, stride, activation: 'relu6', group, outChannels },
      name,
      input,
    );
  }

  add(name: string, first: string, second: string): string {
    const { size, channels } = this.at(first);
    this.layers.push({ kind: 'add', name, inputs: [first, second], channels, output: size });
    this.#outputs.set(name, { size, channels });
    return name;
  }

  #push(layer: Omit<ConvLayer, 'name' | 'input' | 'inChannels' | 'output'>, name: string, input: string): string {
    const { size, channels } = this.at(input);
    const output = { height: Math.ceil(size.height / layer.stride), width: Math.ceil(size.width / layer.stride) };
    this.layers.push({ ...layer, name, input, inChannels: channels, output });
    this.#outputs.set(name, { size: output, channels: layer.outChannels });
    return name;
  }
}
