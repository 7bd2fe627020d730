import type { Builder } from 'flatbuffers';

/**
 * The part of TensorFlow Lite's schema.fbs (version 3) that a detector needs, as numbers: field slots in the order of the
 * schema, enum values. Read from the Python code that PyPI's ai-edge-litert 2.3.0 carries (schema_py_generated.py).
 */

/** One scalar or offset of a table. */
export interface Field {
  readonly slot: number;
  readonly kind: 'int8' | 'int32' | 'uint32' | 'float32' | 'offset';
  readonly value: number;
}

/** TensorType */
export const tensorTypes = { float32: 0, float16: 1, int32: 2 } as const;

const relu6 = 3; // ActivationFunctionType
const samePadding = 0; // Padding

/** An operator's code, the type of its options in the union BuiltinOptions, and the options. */
export interface Operation {
  readonly code: number;
  readonly optionsType: number;
  readonly options: readonly Field[];
}

type Activation = 'relu6' | 'linear';

function int8(slot: number, value: number): Field {
  return { slot, kind: 'int8', value };
}

function int32(slot: number, value: number): Field {
  return { slot, kind: 'int32', value };
}

function activation(slot: number, value: Activation): readonly Field[] {
  return value === 'relu6' ? [int8(slot, relu6)] : [];
}

/** The operators that a detector is written with. Options left out have the schema's defaults. */
export const operations = {
  conv2d: (stride: number, after: Activation): Operation => ({
    code: 3,
    optionsType: 1,
    options: [int8(0, samePadding), int32(1, stride), int32(2, stride), ...activation(3, after)],
  }),
  depthwiseConv2d: (stride: number, after: Activation): Operation => ({
    code: 4,
    optionsType: 2,
    options: [int8(0, samePadding), int32(1, stride), int32(2, stride), int32(3, 1), ...activation(4, after)],
  }),
  /** A stored constant as float32. */
  dequantize: { code: 6, optionsType: 38, options: [] },
  add: { code: 0, optionsType: 11, options: [] },
  mul: { code: 18, optionsType: 21, options: [] },
  sub: { code: 41, optionsType: 28, options: [] },
  div: { code: 42, optionsType: 29, options: [] },
  exp: { code: 47, optionsType: 33, options: [] },
  minimum: { code: 57, optionsType: 39, options: [] },
  maximum: { code: 55, optionsType: 39, options: [] },
  /** The new shape is the second input. */
  reshape: { code: 22, optionsType: 17, options: [] },
  concatenation: (axis: number): Operation => ({ code: 2, optionsType: 10, options: [int32(0, axis)] }),
  gather: (axis: number): Operation => ({ code: 36, optionsType: 23, options: [int32(0, axis)] }),
  softmax: { code: 25, optionsType: 9, options: [{ slot: 0, kind: 'float32', value: 1 }] },
} as const;

/** Number of slots of each table. */
export const tableSlots = {
  model: 8,
  operatorCode: 4,
  subGraph: 5,
  tensor: 8,
  buffer: 1,
  operator: 5,
  options: 7,
  signature: 5,
  tensorMap: 2,
} as const;

/** Writes a table; fields are written even where they equal the schema's default. */
export function table(builder: Builder, slots: number, fields: readonly Field[]): number {
  builder.startObject(slots);
  for (const { slot, kind, value } of fields) {
    switch (kind) {
      case 'int8':
        builder.addFieldInt8(slot, value, null);
        break;
      case 'int32':
      case 'uint32':
        builder.addFieldInt32(slot, value, null);
        break;
      case 'float32':
        builder.addFieldFloat32(slot, value, null);
        break;
      case 'offset':
        builder.addFieldOffset(slot, value, 0);
        break;
      default:
        kind satisfies never;
    }
  }
  return builder.endObject();
}

export function offsets(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addOffset(value);
  return builder.endVector();
}

export function integers(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

/** Bytes that begin at a multiple of 16, as runtimes that map the file into memory want them. */
export function alignedBytes(builder: Builder, bytes: Uint8Array): number {
  builder.prep(4, bytes.length);
  builder.prep(16, bytes.length);
  return builder.createByteVector(bytes);
}
