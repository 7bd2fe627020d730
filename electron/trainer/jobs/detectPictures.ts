import { stat } from 'node:fs/promises';
import path from 'node:path';
import { boxToPixels } from '../../../shared/boxes';
import { evaluationResult, type Handlers, type Tiling } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
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
import { decodePicture } from '../images/decode';
import { scanFolder } from '../images/scan';
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

/** Handler of 'evaluation.detect': what a detector finds in pictures or folders of pictures. */
export const detectPictures: Handlers['evaluation.detect'] = async (input, { emit, signal }) => {
  const { network, parameters, nameOf, threshold, scores, tiling } =
    input.run === 'base' ? base() : await trained(input.project, input.run);
  const files = (await Promise.all(input.data.map(picturesIn))).flat();
  const engine = await openEngine();
  const weights = new Weights(network, parameters);
  try {
    const runner = new Runner(network, weights, engine.kernels);
    const options = { ...evaluationPostprocess, scoreThreshold: input.threshold ?? threshold, scores };
    const images = [];
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted();
      const picture = await decodePicture(file);
      const seen = viewsOf(picture, tiling).map((region) => {
        const pixels = resample(picture, region, network.input);
        const outputs = rawOutputs(runner, { pixels, batchSize: 1, ...network.input });
        const [detections = []] = detectionsOf(outputs, 1, network.priors, options);
        return { region, detections };
      });
      const detections = mergeViews(seen, picture, options.nmsThreshold).map(({ box, classIndex, score }) => ({
        label: nameOf(classIndex),
        score,
        box: boxToPixels(box, picture),
      }));
      images.push({ file, detections });
      emit({ kind: 'progress', done: index + 1, total: files.length, text: `Looked at ${path.basename(file)}` });
    }
    return { images };
  } finally {
    weights.dispose();
  }
};

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

/** A picture as it is; of a folder the pictures in it. */
async function picturesIn(place: string): Promise<string[]> {
  const found = await stat(place).catch((cause: unknown) => {
    const said: Said = { code: 'pictureGone', values: { file: path.basename(place) } };
    throw new LinesideError('badInput', `${place} does not exist: check its name`, { cause, said });
  });
  if (!found.isDirectory()) return [place];
  const { pictures } = await scanFolder(place);
  if (pictures.length === 0) {
    const said: Said = { code: 'noPictures', values: { folder: place } };
    throw new LinesideError('badInput', `${place} has no pictures: choose another folder`, { said });
  }
  return pictures.map((picture) => picture.path);
}
