import { Transformer } from '@napi-rs/image';
import { answerRequests } from '../workerAnswers';
import { renderPracticePicture, type PracticePicture } from './picture';

/** Thread that renders pictures of the practice project. */

export interface PracticeRequest {
  /** Of the picture in the project, from 0. */
  readonly index: number;
  readonly seed: number;
}

export interface SavedPicture extends Pick<PracticePicture, 'width' | 'height' | 'boxes'> {
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** What a shop-floor camera typically saves with. */
const jpegQuality = 88;

async function answer({ index, seed }: PracticeRequest): Promise<SavedPicture> {
  const { width, height, pixels, boxes } = renderPracticePicture(index, seed);
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    rgba[to] = pixels[from] as number;
    rgba[to + 1] = pixels[from + 1] as number;
    rgba[to + 2] = pixels[from + 2] as number;
  }
  const jpeg = await Transformer.fromRgbaPixels(rgba, width, height).jpeg(jpegQuality);
  return { width, height, boxes, jpeg: new Uint8Array(jpeg) };
}

answerRequests(answer, ({ jpeg }) => [jpeg.buffer]);
