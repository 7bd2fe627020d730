import { type FastResizeFilter, type ResizeFit, Transformer } from '@napi-rs/image';
import { decodePicture } from './decode';

// The package declares these enums but has no values for them at run time.
const bilinear = 1 as unknown as FastResizeFilter.Bilinear;
const stretch = 1 as unknown as ResizeFit.Fill;

/**
 * A small upright JPEG of a picture.
 * @param maxSide longest side in pixels; a smaller picture keeps its size
 * @throws LinesideError 'badInput' where the picture cannot be read
 */
export async function thumbnail(path: string, maxSide: number): Promise<Buffer> {
  const { width, height, pixels } = await decodePicture(path);
  const rgba = new Uint8Array(width * height * 4);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    rgba[to] = pixels[from] as number;
    rgba[to + 1] = pixels[from + 1] as number;
    rgba[to + 2] = pixels[from + 2] as number;
    rgba[to + 3] = 255;
  }
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return Transformer.fromRgbaPixels(rgba, width, height)
    .fastResize({
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
      filter: bilinear,
      fit: stretch,
    })
    .jpeg(85);
}
