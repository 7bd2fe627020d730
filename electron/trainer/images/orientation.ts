import type { PixelRect, Size } from '../../../shared/boxes';
import type { PictureFormat } from './pictureFormat';

/** EXIF tag 0x0112, values 1–8 (Exif 2.32, section 4.6.4). 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Reads the orientation that the camera wrote into a picture file; 1 where there is none. */
export function readOrientation(bytes: Buffer, format: PictureFormat): Orientation {
  const exif = exifBlock(bytes, format);
  return exif === undefined ? 1 : orientationOf(exif);
}

/** The TIFF-structured block that holds the EXIF tags. */
function exifBlock(bytes: Buffer, format: PictureFormat): Buffer | undefined {
  switch (format) {
    case 'tiff':
      return bytes;
    case 'jpeg':
      return jpegExif(bytes);
    case 'png':
      return chunk(bytes, 8, 'eXIf', { nameFirst: false });
    case 'webp':
      return withoutExifHeader(chunk(bytes, 12, 'EXIF', { nameFirst: true }));
    case 'bmp':
      return undefined;
    default:
      return format satisfies never;
  }
}

function jpegExif(bytes: Buffer): Buffer | undefined {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return undefined; // start of scan: no more headers
    const length = bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xe1 && body.subarray(0, 6).equals(exifHeader)) return body.subarray(6);
    at += 2 + length;
  }
  return undefined;
}

const exifHeader = Buffer.from('Exif\0\0', 'latin1');

function withoutExifHeader(block: Buffer | undefined): Buffer | undefined {
  return block?.subarray(0, 6).equals(exifHeader) === true ? block.subarray(6) : block;
}

/** A chunk of a PNG (length, name, body, checksum) or of a RIFF file (name, length, body padded to even). */
function chunk(bytes: Buffer, start: number, name: string, { nameFirst }: { nameFirst: boolean }): Buffer | undefined {
  let at = start;
  while (at + 8 <= bytes.length) {
    const length = nameFirst ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at);
    const found = bytes.toString('latin1', nameFirst ? at : at + 4, nameFirst ? at + 4 : at + 8);
    if (found === name) return bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + (nameFirst ? length % 2 : 4);
  }
  return undefined;
}

function orientationOf(tiff: Buffer): Orientation {
  if (tiff.length < 8) return 1;
  const littleEndian = tiff[0] === 0x49;
  const uint16 = (at: number): number => (littleEndian ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = littleEndian ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return 1;
  const entries = uint16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return 1;
    if (uint16(at) !== 0x0112) continue;
    const value = uint16(at + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** The size of the upright picture. */
export function uprightSize(stored: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: stored.height, height: stored.width } : stored;
}

/**
 * Turns RGB pixels upright.
 * @param pixels [height, width, 3] as stored in the file
 * @returns [uprightHeight, uprightWidth, 3]; the same array where nothing is to be done
 */
export function turnUpright(pixels: Uint8Array, stored: Size, orientation: Orientation): Uint8Array {
  if (orientation === 1) return pixels;
  const { width, height } = stored;
  const upright = uprightSize(stored, orientation);
  const result = new Uint8Array(pixels.length);
  const { originX, originY, stepX, stepY, transposed } = steps[orientation];
  // Distance in the stored picture between neighbours in a row, and in a column, of the upright picture.
  const alongRow = 3 * (transposed ? stepY * width : stepX);
  const alongColumn = 3 * (transposed ? stepX : stepY * width);
  let to = 0;
  for (let row = 0; row < upright.height; row++) {
    let from = 3 * (originY * (height - 1) * width + originX * (width - 1)) + row * alongColumn;
    for (let column = 0; column < upright.width; column++, from += alongRow, to += 3) {
      result[to] = pixels[from] as number;
      result[to + 1] = pixels[from + 1] as number;
      result[to + 2] = pixels[from + 2] as number;
    }
  }
  return result;
}

/** Where the upright picture's first pixel lies in the stored one (0 first, 1 last) and which way it walks. */
const steps: Readonly<
  Record<
    Orientation,
    {
      readonly originX: 0 | 1;
      readonly originY: 0 | 1;
      readonly stepX: 1 | -1;
      readonly stepY: 1 | -1;
      readonly transposed: boolean;
    }
  >
> = {
  1: { originX: 0, originY: 0, stepX: 1, stepY: 1, transposed: false },
  2: { originX: 1, originY: 0, stepX: -1, stepY: 1, transposed: false },
  3: { originX: 1, originY: 1, stepX: -1, stepY: -1, transposed: false },
  4: { originX: 0, originY: 1, stepX: 1, stepY: -1, transposed: false },
  5: { originX: 0, originY: 0, stepX: 1, stepY: 1, transposed: true },
  6: { originX: 0, originY: 1, stepX: 1, stepY: -1, transposed: true },
  7: { originX: 1, originY: 1, stepX: -1, stepY: -1, transposed: true },
  8: { originX: 1, originY: 0, stepX: -1, stepY: 1, transposed: true },
};

/** Moves a rectangle drawn on the picture as stored to where it lies on the upright picture. */
export function turnRectUpright(rect: PixelRect, stored: Size, orientation: Orientation): PixelRect {
  const { originX, originY, transposed } = steps[orientation];
  const x = originX === 1 ? stored.width - rect.x - rect.width : rect.x;
  const y = originY === 1 ? stored.height - rect.y - rect.height : rect.y;
  return transposed
    ? { x: y, y: x, width: rect.height, height: rect.width }
    : { x, y, width: rect.width, height: rect.height };
}
