import { workerData } from 'node:worker_threads';
import { decodePicture, type Picture } from '../images/decode';
import { createRandom } from '../random';
import { crop } from './resize';
import { augmentedSample, keepFor, type KeptPicture, plainSample, type Sample } from './sample';
import type { SampleRequest, Samples, WorkerSetup } from './workerMessages';
import { answerRequests } from '../workerAnswers';

/** Thread that decodes, keeps and augments pictures. */

const setup = workerData as WorkerSetup;

const kept = new Map<number, KeptPicture>();
let keptBytes = 0;

async function pictureOf(item: number): Promise<KeptPicture> {
  const found = kept.get(item);
  if (found !== undefined) return found;
  const { path, region } = itemAt(item);
  const decoded = await decode(path);
  const shown = region === undefined ? decoded : crop(decoded, region);
  const picture = keepFor(shown, setup.input, setup.augment !== undefined);
  // Every picture comes once an epoch: what is kept from the beginning serves as well as what was seen last.
  if (keptBytes + picture.pixels.byteLength <= setup.cacheBytes) {
    kept.set(item, picture);
    keptBytes += picture.pixels.byteLength;
  }
  return picture;
}

/** The last picture is kept, as its views follow one another. */
let lastDecoded: { readonly path: string; readonly picture: Picture } | undefined;

async function decode(path: string): Promise<Picture> {
  if (lastDecoded?.path !== path) lastDecoded = { path, picture: await decodePicture(path) };
  return lastDecoded.picture;
}

function itemAt(index: number): WorkerSetup['items'][number] {
  const item = setup.items[index];
  if (item === undefined) throw new Error(`no picture ${index}`);
  return item;
}

async function makeSample(epoch: number, item: number, repeat: number): Promise<Sample> {
  const picture = await pictureOf(item);
  if (setup.augment === undefined) return plainSample(picture, itemAt(item));
  const random = repeat === 0 ? createRandom(setup.seed, epoch, item) : createRandom(setup.seed, epoch, item, repeat);
  return augmentedSample(picture, itemAt(item), setup.input, setup.augment, random);
}

async function answer({ epoch, samples }: SampleRequest): Promise<Samples> {
  const length = setup.input.width * setup.input.height * 3;
  const pixels = new Uint8Array(samples.length * length);
  const made: Sample[] = [];
  for (const [slot, { item, repeat }] of samples.entries()) {
    const sample = await makeSample(epoch, item, repeat);
    pixels.set(sample.pixels, slot * length);
    made.push(sample);
  }
  return { pixels, boxes: made.map(({ boxes }) => boxes), labels: made.map(({ labels }) => labels) };
}

answerRequests(answer, ({ pixels }) => [pixels.buffer]);
