import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Metadata, Transformer } from '@napi-rs/image';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';
import { type Orientation, readOrientation, turnUpright, uprightSize } from './orientation';
import { pictureFormat, type PictureFormat, readableFormats } from './pictureFormat';

export interface Picture {
  /** Of the upright picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], RGB, 0–255, upright. */
  readonly pixels: Uint8Array;
}

export interface DecodedPicture extends Picture {
  /** How the picture lay in the file before it was turned upright. */
  readonly orientation: Orientation;
}

/**
 * Reads a picture of any readable format, by its contents and not by its suffix, as upright 8-bit RGB.
 * @throws LinesideError 'badInput' naming the file where it is not a picture, cut short or of an unknown kind
 */
export async function decodePicture(path: string): Promise<DecodedPicture> {
  return decodeBytes(await readPicture(path), path);
}

async function readPicture(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new LinesideError('badInput', `${path} cannot be read: put the picture back or take it out of the project`, {
      cause: error,
      said: { code: 'pictureGone', values: { file: basename(path) } } satisfies Said,
    });
  }
}

/** As `decodePicture`, for the bytes of a file. @param name goes into messages */
export async function decodeBytes(bytes: Buffer, name: string): Promise<DecodedPicture> {
  const format = pictureFormat(bytes);
  if (format === undefined) throw notAPicture(name);
  if (format === 'jpeg' && !jpegIsComplete(bytes)) throw cutShort(name);
  const { metadata, raw } = await decodeNatively(bytes, name, format);
  const stored = { width: metadata.width, height: metadata.height };
  const orientation = readOrientation(bytes, format);
  const pixels = turnUpright(toRgb(raw, metadata, name), stored, orientation);
  return { ...uprightSize(stored, orientation), pixels, orientation };
}

async function decodeNatively(
  bytes: Buffer,
  name: string,
  format: PictureFormat,
): Promise<{ readonly metadata: Metadata; readonly raw: Buffer }> {
  try {
    const transformer = new Transformer(bytes);
    return { metadata: await transformer.metadata(), raw: await transformer.rawPixels() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/unexpected end|fill whole buffer|corrupt|truncat|eof/i.test(reason)) throw cutShort(name, reason);
    throw new LinesideError(
      'badInput',
      `${name} is a ${format.toUpperCase()} picture that cannot be decoded: save it again as JPEG or PNG`,
      { detail: reason, cause: error, said: { code: 'pictureKind', values: { file: basename(name) } } satisfies Said },
    );
  }
}

function notAPicture(name: string): LinesideError {
  return new LinesideError(
    'badInput',
    `${name} is not a picture, whatever its name says: replace it with a ${readableFormats} picture or delete it`,
    { said: { code: 'pictureNone', values: { file: basename(name) } } satisfies Said },
  );
}

function cutShort(name: string, detail?: string): LinesideError {
  return new LinesideError('badInput', `${name} is cut short or damaged: copy it again from the camera or delete it`, {
    detail,
    said: { code: 'pictureCutShort', values: { file: basename(name) } } satisfies Said,
  });
}

/**
 * The native decoder fills what is missing with grey and says nothing. A complete JPEG ends in an end-of-image marker
 * after its last scan; inside the scans 0xff is always followed by 0 or a restart marker (ITU T.81, B.1.1.5).
 */
function jpegIsComplete(bytes: Buffer): boolean {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) at += 2 + bytes.readUInt16BE(at + 2);
  return bytes.lastIndexOf(endOfImage) > at;
}

const endOfImage = Buffer.from([0xff, 0xd9]);

/** Pixel layouts of the native decoder (its JsColorType, which has no values at run time). */
const layouts: Readonly<Record<number, { readonly channels: 1 | 2 | 3 | 4; readonly bits: 8 | 16 }>> = {
  0: { channels: 1, bits: 8 },
  1: { channels: 2, bits: 8 },
  2: { channels: 3, bits: 8 },
  3: { channels: 4, bits: 8 },
  4: { channels: 1, bits: 16 },
  5: { channels: 2, bits: 16 },
  6: { channels: 3, bits: 16 },
  7: { channels: 4, bits: 16 },
};

/** Grey is repeated, 16 bits are scaled to 8, transparent parts are laid on white. */
function toRgb(raw: Buffer, metadata: Metadata, name: string): Uint8Array {
  const layout = layouts[metadata.colorType];
  const count = metadata.width * metadata.height;
  if (layout === undefined || raw.length !== count * layout.channels * (layout.bits / 8)) {
    throw new LinesideError('badInput', `${name} has pixels that are not 8 or 16-bit numbers: save it as 8-bit PNG`, {
      said: { code: 'pictureKind', values: { file: basename(name) } } satisfies Said,
    });
  }
  const values = layout.bits === 8 ? raw : to8Bit(raw);
  if (layout.channels === 3) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const colours = layout.channels >= 3 ? 3 : 1;
  const hasAlpha = layout.channels % 2 === 0;
  const rgb = new Uint8Array(count * 3);
  for (let pixel = 0; pixel < count; pixel++) {
    const from = pixel * layout.channels;
    const alpha = hasAlpha ? (values[from + layout.channels - 1] as number) : 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = values[from + (colours === 3 ? channel : 0)] as number;
      rgb[pixel * 3 + channel] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return rgb;
}

function to8Bit(raw: Buffer): Uint8Array {
  const result = new Uint8Array(raw.length / 2);
  for (let index = 0; index < result.length; index++) {
    result[index] = Math.round(((raw[index * 2] as number) + 256 * (raw[index * 2 + 1] as number)) / 257);
  }
  return result;
}
