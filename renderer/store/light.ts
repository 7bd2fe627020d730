import { brightness } from '../../shared/fingerprint';

/** How many of the pictures looked at are clearly darker or brighter than the middle one. */
export interface LightSeen {
  readonly looked: number;
  readonly other: number;
}

/** Half a stop, as a ratio of stored values (gamma 2.2): less may come from what lies in the picture. */
const clearlyOther = 2 ** (1 / 2 / 2.2);
/** Of fewer pictures the middle one says nothing. */
export const fewestLooked = 10;
/** So many tell it of any set: each has to be read from the disk. */
const mostLooked = 100;
/** Pictures are averaged down to this many pixels a side. */
const side = 16;

/** @param lumas mean luma of each picture, 0–255 @returns null for too few pictures */
export function lightSeen(lumas: readonly number[]): LightSeen | null {
  if (lumas.length < fewestLooked) return null;
  const sorted = [...lumas].sort((a, b) => a - b);
  const middle = Math.max(1, sorted[Math.floor(sorted.length / 2)] ?? 1);
  const other = sorted.filter((one) => one * clearlyOther < middle || one > middle * clearlyOther);
  return { looked: sorted.length, other: other.length };
}

/** Spread evenly over all of them, in their order. */
export function sampled<Item>(items: readonly Item[], most = mostLooked): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as Item);
}

/**
 * Mean luma of a picture, 0–255.
 * @param url of its thumbnail @returns null where it cannot be read
 */
export async function brightnessOf(url: string): Promise<number | null> {
  try {
    const blob = await (await fetch(url)).blob();
    const bitmap = await createImageBitmap(blob, {
      resizeWidth: side,
      resizeHeight: side,
      resizeQuality: 'medium',
    });
    const context = new OffscreenCanvas(side, side).getContext('2d');
    if (!context) return null;
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, side, side);
    return brightness({ width: side, height: side, pixels: data }, 4);
  } catch {
    return null;
  }
}
