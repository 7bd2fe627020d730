/** The picture formats that Lineside reads. */
export type PictureFormat = 'jpeg' | 'png' | 'bmp' | 'webp' | 'tiff';

export const readableFormats = 'JPEG, PNG, BMP, WebP or TIFF';

/** How many bytes `pictureFormat` looks at. */
export const magicLength = 26;

/**
 * Tells the format from the first bytes, whatever the file's suffix says.
 * @param head at least `magicLength` bytes of the file, or all of a shorter one
 */
export function pictureFormat(head: Uint8Array): PictureFormat | undefined {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (startsWith(head, ascii('RIFF')) && startsWith(head.subarray(8), ascii('WEBP'))) return 'webp';
  if (startsWith(head, [0x49, 0x49, 0x2a, 0x00]) || startsWith(head, [0x4d, 0x4d, 0x00, 0x2a])) return 'tiff';
  if (isBitmap(head)) return 'bmp';
  return undefined;
}

/** 'BM' alone also begins ordinary text, so the size of the header that follows must be one of those in use. */
function isBitmap(head: Uint8Array): boolean {
  const headerSizes = [12, 40, 52, 56, 64, 108, 124];
  return startsWith(head, ascii('BM')) && head.length >= 18 && headerSizes.includes(head[14] ?? 0) && head[15] === 0;
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((value, index) => bytes[index] === value);
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
