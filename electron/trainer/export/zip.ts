import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { OutputFile } from './formats';

/** The earliest time that a zip can hold. In local parts: zip has no time zones, so the bytes are the same everywhere. */
const always = new Date(1980, 0, 1, 0, 0, 0);
const readable = 0o100644;

/** Weights hardly get smaller; packing them would only take time. */
const packed = /\.(onnx|tflite|bin)$/;

/**
 * A zip of some files. The same files give the same bytes, in whatever order they come.
 * @param folder the one folder at its top, so that nothing is strewn about where it is unpacked
 */
export async function zip(folder: string, files: readonly OutputFile[]): Promise<Uint8Array> {
  const archive = new ZipFile();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, bytes } of sorted) {
    archive.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), `${folder}/${path}`, {
      mtime: always,
      forceDosTimestamp: true,
      mode: readable,
      compress: !packed.test(path),
    });
  }
  archive.end();
  return buffer(Readable.from(archive.outputStream));
}
