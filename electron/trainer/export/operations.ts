import type { Network } from '../detector/network';

export interface NetworkCost {
  /** Multiplications with an addition, of one picture: what papers call MAdds or MACs. */
  readonly multiplyAdds: number;
  /** Weights and biases. */
  readonly parameters: number;
}

/** What the convolutions of a detector cost. Additions of branches, activations and the decoding of boxes are not counted. */
export function costOf(network: Network): NetworkCost {
  let [multiplyAdds, parameters] = [0, 0];
  for (const layer of network.layers) {
    if (layer.kind === 'add') continue;
    const inputs = layer.kind === 'conv2d' ? layer.inChannels : 1;
    const weights = layer.kernel * layer.kernel * inputs * layer.outChannels;
    multiplyAdds += weights * layer.output.height * layer.output.width;
    parameters += weights + layer.outChannels;
  }
  return { multiplyAdds, parameters };
}
