import { deflateSync } from 'node:zlib';
import { Transformer } from '@napi-rs/image';
import type { Size } from '../../../shared/boxes';

/** Pictures made for tests: real files in every format, with contents that are known. */

export type Rgb = readonly [number, number, number];

/** Four quadrants: upper left, upper right, lower left, lower right. */
export function quadrantPixels({ width, height }: Size, colours: readonly Rgb[]): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(y * 2 >= height ? 2 : 0) + (x * 2 >= width ? 1 : 0)] as Rgb;
      rgba.set([...colour, 255], (y * width + x) * 4);
    }
  }
  return rgba;
}

export function quadrants(size: Size, colours: readonly Rgb[]): Transformer {
  return Transformer.fromRgbaPixels(quadrantPixels(size, colours), size.width, size.height);
}

/** A picture with a smooth pattern that differs for each seed, as JPEG. */
export function patterned(size: Size, seed: number): Promise<Buffer> {
  const rgba = new Uint8Array(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const wave =
        Math.sin((x / size.width) * (3 + (seed % 7)) + seed * 1.7) +
        Math.cos((y / size.height) * (4 + (seed % 5)) - seed);
      const value = 128 + 55 * wave;
      rgba.set([value, 255 - value, (value * (seed % 3)) / 2, 255], (y * size.width + x) * 4);
    }
  }
  return Transformer.fromRgbaPixels(rgba, size.width, size.height).jpeg(92);
}

/** Puts an EXIF block with an orientation behind the first marker of a JPEG. */
export function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation)]);
  const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]);
}

/** The same as a chunk of a PNG, behind its header. */
export function pngWithOrientation(png: Buffer, orientation: number): Buffer {
  return Buffer.concat([png.subarray(0, 33), pngChunk('eXIf', exif(orientation)), png.subarray(33)]);
}

/** Big-endian TIFF header and one directory with one entry. */
function exif(orientation: number): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.write('MM', 'latin1');
  bytes.writeUInt16BE(42, 2);
  bytes.writeUInt32BE(8, 4);
  bytes.writeUInt16BE(1, 8);
  bytes.writeUInt16BE(0x0112, 10);
  bytes.writeUInt16BE(3, 12);
  bytes.writeUInt32BE(1, 14);
  bytes.writeUInt16BE(orientation, 18);
  return bytes;
}

/** @param rows bytes of each row; colour types of PNG: 0 grey, 2 RGB, 4 grey and alpha, 6 RGB and alpha */
export function png(size: Size, bits: 8 | 16, colourType: 0 | 2 | 4 | 6, rows: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([bits, colourType, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(rows.flatMap((row) => [Buffer.from([0]), row])));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const none = Buffer.alloc(0);
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', data), pngChunk('IEND', none)]);
}

function pngChunk(name: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A grey TIFF, 16 bits a pixel, little-endian, one strip. */
export function greyTiff16({ width, height }: Size, values: readonly number[]): Buffer {
  const entries: readonly (readonly [number, number, number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 16],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, values.length * 2],
  ];
  const directory = 8 + values.length * 2;
  const bytes = Buffer.alloc(directory + 2 + entries.length * 12 + 4);
  bytes.write('II', 'latin1');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(directory, 4);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 8 + index * 2);
  bytes.writeUInt16LE(entries.length, directory);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = directory + 2 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
}

/** 8×6 CMYK JPEG as Photoshop writes them (Adobe marker, inverted), made with Pillow from RGB 200, 100, 50. */
export const cmykJpeg = Buffer.from(
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgABgAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD+ijw94e0DwjoGh+FPCmh6P4Y8LeGNH0zw94a8NeHtMstF0Dw9oGi2UGm6Poeh6PpsFtp2k6PpOnW1tYaZplhbW9lYWVvBa2sEUEUca/CtjY2WmWVnpum2drp+nafa29jYWFjbxWllY2VpElva2dna26RwW1rbQRxw29vDGkUMSJHGioqqP5jI40iRIokSOONFjjjjUIkaIAqIiKAqoqgKqqAFAAAAFf38V//Z',
  'base64',
);
