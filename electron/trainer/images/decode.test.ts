import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBytes, decodePicture } from './decode';
import { type Orientation, turnRectUpright, uprightSize } from './orientation';
import {
  cmykJpeg,
  greyTiff16,
  patterned,
  png,
  pngWithOrientation,
  quadrantPixels,
  quadrants,
  type Rgb,
  withOrientation,
} from './pictures.testing';
import { thumbnail } from './thumbnail';

const red: Rgb = [255, 0, 0];
const green: Rgb = [0, 255, 0];
const blue: Rgb = [0, 0, 255];
const white: Rgb = [255, 255, 255];
const upright = [red, green, blue, white];
const size = { width: 64, height: 48 };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'decode-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The four corners, a few pixels from the border, rounded to 0 or 255. */
function corners({ width, height, pixels }: { width: number; height: number; pixels: Uint8Array }): Rgb[] {
  const at = (x: number, y: number): Rgb => {
    const [r, g, b] = pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
    return [Math.round((r ?? 0) / 255) * 255, Math.round((g ?? 0) / 255) * 255, Math.round((b ?? 0) / 255) * 255];
  };
  return [at(4, 4), at(width - 5, 4), at(4, height - 5), at(width - 5, height - 5)];
}

describe('orientation', () => {
  // How a camera stores the upright picture for each value (Exif 2.32, 4.6.4: what the first row and column show).
  const stored: Readonly<Record<Orientation, readonly Rgb[]>> = {
    1: [red, green, blue, white],
    2: [green, red, white, blue],
    3: [white, blue, green, red],
    4: [blue, white, red, green],
    5: [red, blue, green, white],
    6: [green, white, red, blue],
    7: [white, green, blue, red],
    8: [blue, red, white, green],
  };
  const values = [1, 2, 3, 4, 5, 6, 7, 8] as const;

  test.each(values)('EXIF %i of a JPEG is turned upright', async (orientation) => {
    const jpeg = await quadrants(size, stored[orientation]).jpeg(95);
    const picture = await decodeBytes(withOrientation(jpeg, orientation), 'a.jpg');
    expect({ width: picture.width, height: picture.height }).toEqual(uprightSize(size, orientation));
    expect(corners(picture)).toEqual(upright);
  });

  test.each(values)('EXIF %i of a PNG is turned upright', async (orientation) => {
    const bytes = await quadrants(size, stored[orientation]).png();
    expect(corners(await decodeBytes(pngWithOrientation(bytes, orientation), 'a.png'))).toEqual(upright);
  });

  test.each(values)('a box drawn on a stored picture (%i) moves with its contents', (orientation) => {
    const quarter = stored[orientation].indexOf(green);
    const rect = { x: quarter % 2 === 0 ? 0 : 32, y: quarter < 2 ? 0 : 24, width: 32, height: 24 };
    const { width, height } = uprightSize(size, orientation);
    expect(turnRectUpright(rect, size, orientation)).toEqual({
      x: width / 2,
      y: 0,
      width: width / 2,
      height: height / 2,
    });
  });
});

describe('formats', () => {
  const picture = () => quadrants(size, upright);
  test.each([
    ['jpeg', () => picture().jpeg(95)],
    ['png', () => picture().png()],
    ['bmp', () => picture().bmp()],
    ['webp', () => picture().webpLossless()],
    ['tiff', () => picture().tiff()],
  ] as const)('%s becomes RGB, whatever the suffix', async (_name, encode) => {
    const file = path.join(folder, 'wrong.txt');
    await writeFile(file, await encode());
    const decoded = await decodePicture(file);
    expect(decoded.pixels.length).toBe(64 * 48 * 3);
    expect(corners(decoded)).toEqual(upright);
  });

  const grey16 = [0, 257, 32896, 65535];
  const rows16 = [Buffer.from([0, 0, 1, 1]), Buffer.from([128, 128, 255, 255])];
  const greyRgb = [0, 0, 0, 1, 1, 1, 128, 128, 128, 255, 255, 255];
  const two = { width: 2, height: 2 };

  test('grey, 16 bits, alpha', async () => {
    const grey8 = png(two, 8, 0, [Buffer.from([0, 1]), Buffer.from([128, 255])]);
    expect([...(await decodeBytes(grey8, 'g')).pixels]).toEqual(greyRgb);
    expect([...(await decodeBytes(png(two, 16, 0, rows16), 'g')).pixels]).toEqual(greyRgb);
    expect([...(await decodeBytes(greyTiff16(two, grey16), 'g')).pixels]).toEqual(greyRgb);
    const one = { width: 1, height: 1 };
    const rgb16 = png(one, 16, 2, [Buffer.from([255, 255, 128, 128, 0, 0])]);
    expect([...(await decodeBytes(rgb16, 'g')).pixels]).toEqual([255, 128, 0]);
    const clear = png(one, 8, 6, [Buffer.from([10, 20, 30, 0])]);
    expect([...(await decodeBytes(clear, 'g')).pixels]).toEqual([255, 255, 255]);
    const half = png(one, 8, 4, [Buffer.from([100, 51])]); // a fifth of 100 on white
    expect([...(await decodeBytes(half, 'g')).pixels]).toEqual([224, 224, 224]);
  });

  test('a grey and a CMYK JPEG', async () => {
    const rgba = quadrantPixels(size, [white, white, white, white]).fill(100);
    const grey = await Transformer.fromRgbaPixels(rgba, 64, 48).grayscale().jpeg(95);
    const { pixels } = await decodeBytes(grey, 'g');
    expect(pixels.length).toBe(64 * 48 * 3);
    for (const value of pixels.subarray(0, 3)) expect(Math.abs(value - 100)).toBeLessThanOrEqual(2);
    const [red0, green0, blue0] = (await decodeBytes(cmykJpeg, 'c')).pixels.subarray(9, 12);
    expect([red0, green0, blue0]).toEqual([200, 100, 50]);
  });
});

describe('pictures that cannot be used are named', () => {
  test.each([
    ['jpeg', () => patterned(size, 1)],
    ['png', () => quadrants(size, upright).png()],
    ['bmp', () => quadrants(size, upright).bmp()],
    ['webp', () => quadrants(size, upright).webp()],
    ['tiff', () => quadrants(size, upright).tiff()],
  ] as const)('%s cut short', async (_name, encode) => {
    const bytes = await encode();
    const cut = decodeBytes(bytes.subarray(0, Math.floor(bytes.length * 0.6)), 'nut.img');
    await expect(cut).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringContaining('nut.img') as string,
    });
  });

  test('not a picture, not there', async () => {
    const text = decodeBytes(Buffer.from('BM is how this text begins, and it goes on'), 'nut.jpg');
    await expect(text).rejects.toThrow(/nut\.jpg is not a picture/);
    await expect(decodePicture(path.join(folder, 'none.jpg'))).rejects.toThrow(/none\.jpg cannot be read/);
  });
});

test('a thumbnail is upright and fits', async () => {
  const file = path.join(folder, 'turned.jpg');
  await writeFile(file, withOrientation(await quadrants(size, [green, white, red, blue]).jpeg(95), 6));
  const small = await decodeBytes(await thumbnail(file, 32), 'small');
  expect([small.width, small.height]).toEqual([24, 32]);
  expect(corners(small)).toEqual(upright);
});
