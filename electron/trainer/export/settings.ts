import type { DetectorPlan } from '../../../shared/contract';
import { boxVariances, type Network } from '../detector/network';
import { modelInput, pixelScale, type Postprocessing } from './graph';

/** settings.json of an export: all that a program must know to use the model, so that nothing is guessed. */
export function settingsJson(
  network: Network,
  labels: readonly string[],
  postprocessing: Postprocessing,
  tiling: DetectorPlan['tiling'],
): string {
  const priors = network.priors.length / 4;
  const settings = {
    version: 1,
    input: {
      name: modelInput,
      width: network.input.width,
      height: network.input.height,
      colour: 'RGB',
      values: 'float32, 0 to 255',
      resize: 'stretch the upright picture to width × height, without keeping its proportions',
      shape: { onnx: '[batch, 3, height, width]', tfjs: '[batch, height, width, 3]', tflite: '[1, height, width, 3]' },
      normalisation: `in the model: value / ${pixelScale} - 1`,
    },
    outputs: {
      boxes: `[batch, ${priors}, 4]: x1, y1, x2, y2 as fractions of the picture, clipped to it`,
      scores: `[batch, ${priors}, ${network.outputs}]: probabilities; column 0 is background, column k is label k of labels.txt`,
      boxEncodings: `[batch, ${priors}, 4]: y, x, h, w before decoding`,
      classLogits: `[batch, ${priors}, ${network.outputs}]: scores before softmax`,
    },
    labels,
    ...postprocessing,
    ...(tiling && { tiling }),
    boxVariances,
    priors: 'priors.json: a prior box [cy, cx, h, w] for each row of the outputs, as fractions of the picture',
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** [cy, cx, h, w] of each prior, one a line, in the order of the model's outputs. Nine digits give back the same float32. */
export function priorsJson(network: Network): string {
  const rows: string[] = [];
  for (let start = 0; start < network.priors.length; start += 4) {
    const prior = network.priors.subarray(start, start + 4);
    rows.push(JSON.stringify(Array.from(prior, (value) => Number(value.toPrecision(9)))));
  }
  return `[\n${rows.join(',\n')}\n]\n`;
}
