import { ByteBuffer } from 'flatbuffers';
import { tensorTypes } from './tfliteSchema';
import type { TensorDef } from './tfliteTables';

/** A tensor of a .tflite file; real = scale · (stored − zeroPoint) where it is quantized as a whole. */
export interface TensorFacts {
  readonly name: string;
  readonly type: TensorDef['type'];
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface TfliteFacts {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
}

/** What LiteRT.js does not tell of a model: what the integers of its inputs and outputs stand for. */
export function readTflite(file: Uint8Array): TfliteFacts {
  const buffer = new ByteBuffer(file);
  const model = buffer.__indirect(0);
  const subGraph = tablesAt(buffer, model, 2)[0] ?? 0;
  const tensors = tablesAt(buffer, subGraph, 0);
  const facts = (slot: number): TensorFacts[] =>
    indicesAt(buffer, subGraph, slot).map((index) => tensorFacts(buffer, tensors[index] ?? 0));
  return { inputs: facts(1), outputs: facts(2) };
}

/** The operators of a .tflite file in their order: code in the schema's enum BuiltinOperator, and the name of one beyond it. */
export function readTfliteOperators(file: Uint8Array): { readonly code: number; readonly custom: string | null }[] {
  const buffer = new ByteBuffer(file);
  const model = buffer.__indirect(0);
  const kinds = tablesAt(buffer, model, 1).map((kind) => {
    const [codeAt, customAt] = [fieldAt(buffer, kind, 3), fieldAt(buffer, kind, 1)];
    const custom = customAt === 0 ? null : (buffer.__string(customAt) as string);
    return { code: codeAt === 0 ? 0 : buffer.readInt32(codeAt), custom };
  });
  return tablesAt(buffer, tablesAt(buffer, model, 2)[0] ?? 0, 3).map((operator) => {
    const indexAt = fieldAt(buffer, operator, 0);
    return kinds[indexAt === 0 ? 0 : buffer.readInt32(indexAt)] as (typeof kinds)[number];
  });
}

function tensorFacts(buffer: ByteBuffer, tensor: number): TensorFacts {
  const typeAt = fieldAt(buffer, tensor, 1);
  const code = typeAt === 0 ? 0 : buffer.readInt8(typeAt);
  const type = Object.entries(tensorTypes).find(([, value]) => value === code)?.[0] as TensorDef['type'];
  const quantizationAt = fieldAt(buffer, tensor, 4);
  const quantization = quantizationAt === 0 ? 0 : buffer.__indirect(quantizationAt);
  const scaleAt = quantization === 0 ? 0 : fieldAt(buffer, quantization, 2);
  const zeroAt = quantization === 0 ? 0 : fieldAt(buffer, quantization, 3);
  return {
    name: buffer.__string(fieldAt(buffer, tensor, 3)) as string,
    type,
    scale: scaleAt === 0 ? 1 : buffer.readFloat32(buffer.__vector(scaleAt)),
    zeroPoint: zeroAt === 0 ? 0 : Number(buffer.readInt64(buffer.__vector(zeroAt))),
  };
}

/** Where a field of a table lies; 0 where the table has none. */
function fieldAt(buffer: ByteBuffer, table: number, slot: number): number {
  const offset = buffer.__offset(table, 4 + slot * 2);
  return offset === 0 ? 0 : table + offset;
}

function tablesAt(buffer: ByteBuffer, table: number, slot: number): number[] {
  return elements(buffer, table, slot, (at) => buffer.__indirect(at));
}

function indicesAt(buffer: ByteBuffer, table: number, slot: number): number[] {
  return elements(buffer, table, slot, (at) => buffer.readInt32(at));
}

function elements(buffer: ByteBuffer, table: number, slot: number, read: (at: number) => number): number[] {
  const at = fieldAt(buffer, table, slot);
  if (at === 0) return [];
  const start = buffer.__vector(at);
  return Array.from({ length: buffer.__vector_len(at) }, (_, index) => read(start + index * 4));
}
