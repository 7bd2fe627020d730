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
export const tensorTypes = { float32: 0, float16: 1, int32: 2, uint8: 3, int8: 9 } as const;

const relu6 = 3; // ActivationFunctionType
const samePadding = 0; // Padding

/** An operator's code, the type of its options in the union BuiltinOptions, and the options. */
export interface Operation {
  readonly code: number;
  /** The first version of the operator that takes such tensors: TensorFlow's tools/versioning/op_version.cc. */
  readonly version: number;
  readonly optionsType: number;
  readonly options: readonly Field[];
  /** An operator that the schema does not know: its name, and its options as a flexbuffer. */
  readonly custom?: { readonly name: string; readonly options: Uint8Array };
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

function plain(code: number, optionsType: number, options: readonly Field[] = [], version = 1): Operation {
  return { code, version, optionsType, options };
}

/** The operators that a detector is written with. Options left out have the schema's defaults. */
export const operations = {
  conv2d: (stride: number, after: Activation): Operation =>
    plain(3, 1, [int8(0, samePadding), int32(1, stride), int32(2, stride), ...activation(3, after)]),
  depthwiseConv2d: (stride: number, after: Activation): Operation =>
    plain(4, 2, [int8(0, samePadding), int32(1, stride), int32(2, stride), int32(3, 1), ...activation(4, after)]),
  /** int8 as float32. */
  dequantize: plain(6, 38, [], 2),
  /** A stored float16 as float32. */
  dequantizeHalf: plain(6, 38, [], 3),
  /** float32 as int8. */
  quantize: plain(114, 89),
  /** int8 as uint8, or the reverse. */
  requantize: plain(114, 89, [], 2),
  add: plain(0, 11),
  mul: plain(18, 21),
  sub: plain(41, 28),
  div: plain(42, 29),
  exp: plain(47, 33),
  minimum: plain(57, 39),
  maximum: plain(55, 39),
  /** The new shape is the second input. */
  reshape: plain(22, 17),
  concatenation: (axis: number): Operation => plain(2, 10, [int32(0, axis)]),
  gather: (axis: number): Operation => plain(36, 23, [int32(0, axis)]),
  softmax: plain(25, 9, [{ slot: 0, kind: 'float32', value: 1 }]),
  custom: (name: string, options: Uint8Array): Operation => ({ ...plain(32, 0), custom: { name, options } }),
} as const;

/** The same operator on int8 tensors. */
export function onInt8(operation: Operation): Operation {
  return { ...operation, version: int8Versions.get(operation.code) ?? operation.version };
}

const int8Versions = new Map([
  [operations.conv2d(1, 'linear').code, 3],
  [operations.depthwiseConv2d(1, 'linear').code, 3],
  [operations.add.code, 2],
  [operations.concatenation(1).code, 2],
]);

/** Number of slots of each table. */
export const tableSlots = {
  model: 8,
  operatorCode: 4,
  subGraph: 5,
  tensor: 8,
  buffer: 1,
  operator: 7,
  quantization: 7,
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

export function floats(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addFloat32(value);
  return builder.endVector();
}

export function longs(builder: Builder, values: readonly number[]): number {
  builder.startVector(8, values.length, 8);
  for (const value of values.toReversed()) builder.addInt64(BigInt(value));
  return builder.endVector();
}

export function offset(slot: number, value: number): Field {
  return { slot, kind: 'offset', value };
}
