import { boxToPixels } from '../../../shared/boxes';
import { evaluationResult, type PixelDetection, type Tiling } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { baseNetwork, initialParameters } from '../detector/baseModel';
import { cocoName } from '../detector/cocoClasses';
import { detectionsOf, rawOutputs } from '../detector/detect';
import { Runner } from '../detector/forward';
import type { Network, Parameters } from '../detector/network';
import { evaluationPostprocess, type PostprocessOptions } from '../detector/postprocess';
import { mergeViews, viewsOf } from '../detector/tiling';
import { Weights } from '../detector/weights';
import { openEngine } from '../engine/engine';
import { defaultThreshold } from '../evaluation/thresholds';
import type { Picture } from '../images/decode';
import { resample } from '../preprocessing/resize';
import { readJson } from '../projectStore';
import { createRandom } from '../random';
import { evaluationFile } from '../runTable';
import { openTrained } from './runs';

interface Detector {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly nameOf: (classIndex: number) => string;
  readonly threshold: number;
  readonly scores: PostprocessOptions['scores'];
  readonly tiling: Tiling | undefined;
}

/** A detector that is loaded and looks at pictures until it is disposed of. */
export interface OpenDetector {
  /** @param threshold 0–1; absent: the detector's own */
  readonly look: (picture: Picture, threshold: number | undefined) => PixelDetection[];
  readonly dispose: () => void;
}

/** @param run 'base' for the COCO base model, else a run of the project. @throws LinesideError 'wrongUse' without one */
export async function openDetector(project: string | undefined, run: string): Promise<OpenDetector> {
  const detector = run === 'base' ? base() : await trained(project, run);
  const { network, parameters, nameOf, scores, tiling } = detector;
  const engine = await openEngine();
  const weights = new Weights(network, parameters);
  const runner = new Runner(network, weights, engine.kernels);
  return {
    look: (picture, threshold) => {
      const options = { ...evaluationPostprocess, scoreThreshold: threshold ?? detector.threshold, scores };
      const seen = viewsOf(picture, tiling).map((region) => {
        const pixels = resample(picture, region, network.input);
        const outputs = rawOutputs(runner, { pixels, batchSize: 1, ...network.input });
        const [detections = []] = detectionsOf(outputs, 1, network.priors, options);
        return { region, detections };
      });
      return mergeViews(seen, picture, options.nmsThreshold).map(({ box, classIndex, score }) => ({
        label: nameOf(classIndex),
        score,
        box: boxToPixels(box, picture),
      }));
    },
    dispose: () => weights.dispose(),
  };
}

function base(): Detector {
  const network = baseNetwork();
  return {
    network,
    parameters: initialParameters(network, createRandom('base')),
    nameOf: cocoName,
    threshold: defaultThreshold,
    scores: 'sigmoid',
    tiling: undefined,
  };
}

async function trained(project: string | undefined, run: string): Promise<Detector> {
  if (project === undefined)
    throw new LinesideError('wrongUse', 'No project was given: name one, or use the base model');
  const { run: found, model, network } = await openTrained(project, run);
  const evaluation = await readJson(project, `${found}/${evaluationFile}`, evaluationResult);
  return {
    network,
    parameters: model.parameters,
    nameOf: (classIndex) => model.classes[classIndex] ?? '',
    threshold: evaluation?.threshold ?? defaultThreshold,
    scores: 'softmax',
    tiling: model.plan.tiling,
  };
}
