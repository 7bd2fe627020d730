import { networkInput, type ConvLayer, type Layer, type Network } from '../detector/network';

/** Numbers that each keeps of earlier steps, for each parameter: none, the velocity, or both moments of the gradient. */
const optimizerArrays = { sgd: 0, momentum: 1, adam: 2 } as const;

export interface StepShape {
  readonly batchSize: number;
  /** Leading layers that are not differentiated: their outputs need not be kept for the way back. */
  readonly frozenLayers: number;
  /** Threads of the engine, each with its own workspace. */
  readonly threads?: number;
  /** What updates the parameters; momentum, as the trainer does it, by default. */
  readonly optimizer?: keyof typeof optimizerArrays;
  /** What computes; TensorFlow by default. */
  readonly engine?: 'tensorflow' | 'wasm';
}

/** Bytes of one training step, by what they are for. */
export interface MemoryParts {
  /** Node, the engine's library and its threads, before any model. */
  readonly runtime: number;
  /** On the host, where they are updated, and in the engine. */
  readonly parameters: number;
  readonly gradients: number;
  /** What the optimizer keeps of earlier steps. */
  readonly optimizer: number;
  /** The averaged copy of the weights that is evaluated. */
  readonly average: number;
  readonly input: number;
  /** Layer outputs kept for the way back. */
  readonly activations: number;
  /** Gradients of the activations that live at the same time on the way back. */
  readonly activationGradients: number;
  /** Encoded targets, softmax and its gradient over all priors. */
  readonly loss: number;
  readonly workspace: number;
  /** What the engine's arena holds and cannot use. */
  readonly arena: number;
}

export interface PredictedMemory {
  readonly total: number;
  readonly parts: MemoryParts;
}

const bytesPerNumber = 4; // float32
/**
 * Resident memory of Node with the TensorFlow library, its threads and the heap of a running step, fitted
 * (docs/studies/memory.md). On the same computer it differed by 90 MB between two days, presumably by what of the
 * library's file was resident: this is the middle.
 */
const tensorflowBytes = 530e6;
/**
 * TensorFlow's arena takes memory in regions that double in size, and no tensor lies across two: while those up to 1 GiB
 * suffice, 2 GiB together, hardly anything is left over; beyond them a sixth. The shares are fitted (docs/studies/memory.md).
 */
const arenaShare = (engineBytes: number): number => (engineBytes < 2 ** 31 ? 0.02 : 0.17);

/** What the engines differ in. Of each convolution one output is kept with bias and activation fused into it, else two. */
const engines = {
  tensorflow: { runtime: tensorflowBytes, keptPerConvolution: 1, arenaShare },
  /** Node and the module, and the gaps between tensors in its heap: fitted likewise. */
  wasm: { runtime: 180e6, keptPerConvolution: 2, arenaShare: () => 0.08 },
} as const;
/** Class logits, softmax, log softmax, one-hot targets, mask and gradient live at the same time. */
const lossCopies = 6;

/**
 * Predicts the peak resident memory of one training step by adding up what is alive at the turn from the way forward to
 * the way back. `calibrate` corrects it by measured peaks.
 */
export function predictBytes(network: Network, step: StepShape): PredictedMemory {
  const { batchSize, frozenLayers, threads = 2, optimizer = 'momentum', engine = 'tensorflow' } = step;
  const { runtime, keptPerConvolution, arenaShare: unusable } = engines[engine];
  const trained = network.layers.slice(frozenLayers);
  const sizes = outputSizes(network);
  const sizeOf = (name: string): number => sizes.get(name) ?? 0;
  const perPicture = bytesPerNumber * batchSize;

  // One array each over all parameters, frozen ones included (training/step).
  const allParameters = bytesPerNumber * sum(network.layers.map(parametersOf));
  const kept = sum(trained.map((layer) => sizeOf(layer.name) * (layer.kind === 'add' ? 1 : keptPerConvolution)));
  const enteringTrained = new Set(trained.flatMap(inputsOf));
  const keptFrozen = sum(
    network.layers.slice(0, frozenLayers).map(({ name }) => (enteringTrained.has(name) ? sizeOf(name) : 0)),
  );
  const passing = (layers: readonly Layer[]): number =>
    Math.max(0, ...layers.map((layer) => sizeOf(layer.name) + sum(inputsOf(layer).map(sizeOf))));
  const frozenPassing = passing(network.layers.slice(0, frozenLayers));
  const pictureNumbers = sizeOf(networkInput);

  const activations = perPicture * (kept + keptFrozen);
  const activationGradients = perPicture * Math.max(passing(trained), frozenPassing);
  // Beside the activations: the parameters, and the pictures twice, as they come and scaled.
  const inEngine = activations + activationGradients + allParameters + 2 * perPicture * pictureNumbers;
  const parts: MemoryParts = {
    runtime,
    parameters: 2 * allParameters,
    gradients: allParameters,
    optimizer: optimizerArrays[optimizer] * allParameters,
    average: allParameters,
    input: batchSize * pictureNumbers * (1 + 3 * bytesPerNumber), // bytes; numbers on the host, in the engine, scaled
    activations,
    activationGradients,
    loss: perPicture * (network.priors.length / 4) * (4 + network.outputs) * lossCopies,
    workspace: bytesPerNumber * Math.min(batchSize, threads) * Math.max(0, ...network.layers.map(im2colNumbers)),
    arena: unusable(inEngine) * (activations + activationGradients),
  };
  return { total: sum(Object.values(parts)), parts };
}

/** Of decoded pictures kept (preprocessing/batches). */
const mostKeptBytes = 512 * 2 ** 20;
/** A kept picture has 1.5 times the input's sides, and the usual shape of pictures. */
const keptPerInput = 1.5 ** 2 * (4 / 3);
/** Decoding thread, copies of the weights to go back to and to write, validation: measured (docs/studies/memory.md). */
const otherBytes = 340e6;

/** What a training holds beside its steps. @param trainPictures pictures, or views of them, in a round */
export function besideStepsBytes({ input }: Network, trainPictures: number): number {
  return otherBytes + Math.min(mostKeptBytes, trainPictures * keptPerInput * input.width * input.height * 3);
}

export interface MemoryMeasurement {
  readonly batchSize: number;
  readonly bytes: number;
}

/**
 * Measured bytes rise with the predicted ones by a factor between these. The upper one leaves room for an engine that keeps
 * more of each convolution than is known; below the lower one it is not the model but the measuring that is off.
 */
const leastSlope = 0.5;
const mostSlope = 4;

/**
 * Corrects a prediction by measured peaks. One measured size shifts it; two or more stretch it as well: measured =
 * a + b · predicted by least squares, so that what the model knows of larger batches, the step of the arena, is kept.
 */
export function calibrate(
  predict: (batchSize: number) => number,
  measurements: readonly MemoryMeasurement[],
): (batchSize: number) => number {
  const points = measurements.map(({ batchSize, bytes }) => ({ predicted: predict(batchSize), bytes }));
  if (points.length === 0) return predict;
  const meanPredicted = sum(points.map(({ predicted }) => predicted)) / points.length;
  const meanBytes = sum(points.map(({ bytes }) => bytes)) / points.length;
  const spread = sum(points.map(({ predicted }) => (predicted - meanPredicted) ** 2));
  const together = sum(points.map(({ predicted, bytes }) => (predicted - meanPredicted) * (bytes - meanBytes)));
  const slope = spread === 0 ? 1 : Math.min(mostSlope, Math.max(leastSlope, together / spread));
  return (batchSize) => meanBytes + slope * (predict(batchSize) - meanPredicted);
}

/** Numbers in each layer's output for one picture, the network's input included. */
function outputSizes(network: Network): ReadonlyMap<string, number> {
  const sizes = new Map([[networkInput, network.input.width * network.input.height * 3]]);
  for (const layer of network.layers) {
    const channels = layer.kind === 'add' ? layer.channels : layer.outChannels;
    sizes.set(layer.name, layer.output.width * layer.output.height * channels);
  }
  return sizes;
}

function inputsOf(layer: Layer): readonly string[] {
  return layer.kind === 'add' ? layer.inputs : [layer.input];
}

function parametersOf(layer: Layer): number {
  switch (layer.kind) {
    case 'conv2d':
      return layer.kernel ** 2 * layer.inChannels * layer.outChannels + layer.outChannels;
    case 'depthwiseConv2d':
      return layer.kernel ** 2 * layer.inChannels + layer.inChannels;
    case 'add':
      return 0;
    default:
      return layer satisfies never;
  }
}

/** Unfolded patches of one picture: 1×1 and depthwise convolutions need none. */
function im2colNumbers(layer: Layer): number {
  const unfolded = (conv: ConvLayer): number =>
    conv.output.width * conv.output.height * conv.kernel ** 2 * conv.inChannels;
  return layer.kind === 'conv2d' && layer.kernel > 1 ? unfolded(layer) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
