import { box } from '../../../shared/boxes';
import type { ExportedFile } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import type { Detection } from '../detector/detections';
import { rawOutputNames, type Network } from '../detector/network';
import { decodedOutputs, detectionsAmong, evaluationPostprocess, postprocess } from '../detector/postprocess';
import { exportFormats } from './formats';
import { openRuntime, openTflite, type InputPicture, type NamedOutputs } from './runtimes';

type Parity = ExportedFile['parity'];

export interface RawOutputs {
  /** [priors, 4], in the order y, x, h, w. */
  readonly boxEncodings: Float32Array;
  /** [priors, outputs], background first. */
  readonly classLogits: Float32Array;
}

/** A picture and what the trainer's own forward pass makes of it. */
export interface ParitySample extends InputPicture, RawOutputs {}

export interface ParityResult {
  readonly maxAbsError: number;
  /** What the exported model finds in each sample, to be evaluated as the trainer's detections are. */
  readonly detections: readonly (readonly Detection[])[];
  /** Time of one picture in the runtime here: the median, without the first, which warms up; null where there was but one. */
  readonly milliseconds: number | null;
}

/** How the outputs of a format are compared with the trainer's, and become detections. */
interface Proof {
  readonly outputs: readonly string[];
  readonly expected: (sample: RawOutputs, network: Network) => NamedOutputs;
  readonly detections: (outputs: NamedOutputs, network: Network) => Detection[];
}

const rawProof: Proof = {
  outputs: rawOutputNames,
  expected: ({ boxEncodings, classLogits }) => ({ boxEncodings, classLogits }),
  detections: (outputs, { priors }) =>
    postprocess(valuesOf(outputs, 'boxEncodings'), valuesOf(outputs, 'classLogits'), priors, evaluationPostprocess),
};

/** A model for detectNet has no raw outputs: scores and corners are compared. */
const decodedProof: Proof = {
  outputs: ['scores', 'boxes'],
  expected: ({ boxEncodings, classLogits }, { priors }) => decodedOutputs(boxEncodings, classLogits, priors),
  detections: (outputs, network) => {
    const boxes = valuesOf(outputs, 'boxes');
    const boxOf = (prior: number) => {
      const [x1, y1, x2, y2] = boxes.subarray(prior * 4, prior * 4 + 4) as unknown as [number, number, number, number];
      return box(y1, x1, y2, x2);
    };
    return detectionsAmong(valuesOf(outputs, 'scores'), network.outputs, boxOf, evaluationPostprocess);
  },
};

/**
 * Runs an exported file in its own runtime and compares its outputs with the trainer's.
 *
 * @param path the format's `modelFile`
 * @throws LinesideError naming the picture and the output when they differ by more than the format's limit; where the format
 *   is judged by its mAP50, only when they have another shape or are no numbers
 */
export async function checkParity(
  format: ExportedFile['format'],
  path: string,
  network: Network,
  samples: readonly ParitySample[],
): Promise<ParityResult> {
  const proof = format === 'jetson' ? decodedProof : rawProof;
  const { judgedBy, limit } = exportFormats[format];
  const largest = judgedBy === 'rawOutputs' ? limit : Number.MAX_VALUE;
  const runtime = await openRuntime[format](path);
  try {
    const detections: Detection[][] = [];
    const times: number[] = [];
    let maxAbsError = 0;
    for (const sample of samples) {
      const run = runtime.prepare(sample, proof.outputs);
      const started = performance.now();
      const outputs = await run();
      times.push(performance.now() - started);
      const expected = proof.expected(sample, network);
      for (const name of proof.outputs) {
        const error = largestDifference(valuesOf(outputs, name), valuesOf(expected, name));
        if (!(error <= largest)) throw differs(format, sample.name, name, error, largest);
        maxAbsError = Math.max(maxAbsError, error);
      }
      detections.push(proof.detections(outputs, network));
    }
    return { maxAbsError, detections, milliseconds: median(times.slice(1)) };
  } finally {
    await runtime.close();
  }
}

/** What a TFLite model that has raw outputs finds in each sample. */
export async function detectionsIn(
  file: Uint8Array,
  network: Network,
  samples: readonly ParitySample[],
): Promise<Detection[][]> {
  const runtime = await openTflite(file);
  try {
    const detections: Detection[][] = [];
    for (const sample of samples) {
      detections.push(rawProof.detections(await runtime.prepare(sample, rawProof.outputs)(), network));
    }
    return detections;
  } finally {
    await runtime.close();
  }
}

function valuesOf(outputs: NamedOutputs, name: string): Float32Array {
  return outputs[name] ?? new Float32Array();
}

function median(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

/**
 * The certificate of a format.
 * @param compared what `checkParity` measured, and the mAP50 on the same pictures (null without pictures)
 * @throws LinesideError when a format that is judged by its mAP50 lost more of it than its limit
 */
export function certify(
  format: ExportedFile['format'],
  compared: Pick<Parity, 'maxAbsError' | 'mAP50' | 'trainerMAP50' | 'images' | 'milliseconds'>,
): Parity {
  const { judgedBy, limit } = exportFormats[format];
  const { maxAbsError, mAP50, trainerMAP50, images } = compared;
  const difference = judgedBy === 'rawOutputs' ? maxAbsError : (trainerMAP50 ?? 0) - (mAP50 ?? 0);
  if (difference > limit) {
    throw new LinesideError(
      'engine',
      `the exported ${format} model finds less than the trained one: mAP50 ${mAP50?.toFixed(4)} instead of ` +
        `${trainerMAP50?.toFixed(4)} on ${images} pictures (at most ${limit} less is allowed), so it was not kept; ` +
        `export again without ${format}, or train with more pictures`,
      { said: { code: 'findsLess', values: { format, found: mAP50 ?? 0, trained: trainerMAP50 ?? 0, count: images } } },
    );
  }
  return { ...compared, judgedBy, difference, limit };
}

/** Outputs that say where something is; the others say what it is. */
const places: readonly string[] = ['boxEncodings', 'boxes'];

function differs(format: string, picture: string, output: string, error: number, largest: number): LinesideError {
  const said: Said = {
    code: places.includes(output) ? 'otherPlaces' : 'otherScores',
    values: { format, picture, difference: Math.min(error, Number.MAX_VALUE), limit: largest },
  };
  return new LinesideError(
    'engine',
    `the exported ${format} model does not give what the trained one gives: on ${picture}, ${output} differ by ` +
      `${error.toPrecision(3)} (at most ${largest} is allowed), so it was not kept; export again, or report this`,
    { said },
  );
}

/** Infinite when the lengths differ or a value is not a number. */
function largestDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs((actual[index] as number) - (expected[index] as number));
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}
