/**
 * The safetensors format (Hugging Face, format description 0.4): 8 bytes little-endian header length, a JSON header with
 * dtype, shape and offsets of each tensor and text metadata, then the values. Float32 only.
 */

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export function encodeSafetensors({ tensors, metadata }: TensorFile): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Padded with blanks so that the values are aligned to 8 bytes.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = Buffer.alloc(8 + headerLength + offset, ' ');
  file.writeBigUInt64LE(BigInt(headerLength), 0);
  json.copy(file, 8);
  let at = 8 + headerLength;
  for (const { values } of tensors.values()) {
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(file, at);
    at += values.byteLength;
  }
  return file;
}

/** @throws Error that says what is wrong with the bytes */
export function decodeSafetensors(file: Buffer): TensorFile {
  if (file.length < 8) throw new Error('it is cut short');
  const headerLength = Number(file.readBigUInt64LE(0));
  if (headerLength > file.length - 8) throw new Error('it is cut short');
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>;
  const data = file.subarray(8 + headerLength);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { shape, data_offsets } = entry as { shape: number[]; data_offsets: [number, number] };
    if (data_offsets[1] > data.length) throw new Error('it is cut short');
    const bytes = new Uint8Array(data.subarray(...data_offsets));
    tensors.set(name, { shape, values: new Float32Array(bytes.buffer) });
  }
  return { tensors, metadata: (header['__metadata__'] ?? {}) as Record<string, string> };
}
