import type { Builder } from 'flatbuffers';
import {
  alignedBytes,
  floats,
  integers,
  longs,
  offset,
  table,
  tableSlots,
  tensorTypes,
  type Operation,
} from './tfliteSchema';

/** real = scale · (stored − zeroPoint); one pair for the tensor, or one for each index of `dimension`. */
export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly dimension?: number;
}

export interface TensorDef {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof tensorTypes;
  readonly quantization?: Quantization;
  /** Index in the model's buffers; 0 is the empty one, for tensors that are computed. */
  readonly buffer: number;
}

export interface OperatorDef {
  readonly operation: Operation;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** What operators of one kind share. */
export function operatorKey({ code, version, custom }: Operation): string {
  return `${code} ${version} ${custom?.name ?? ''}`;
}

export function writeBuffer(builder: Builder, bytes: Uint8Array): number {
  return table(builder, tableSlots.buffer, bytes.length === 0 ? [] : [offset(0, alignedBytes(builder, bytes))]);
}

/** Operator codes up to 127 stand in the old one-byte field as well, which readers before 2020 look at. */
export function writeOperatorCode(builder: Builder, { code, version, custom }: Operation): number {
  return table(builder, tableSlots.operatorCode, [
    { slot: 0, kind: 'int8', value: code },
    ...(custom ? [offset(1, builder.createString(custom.name))] : []),
    { slot: 2, kind: 'int32', value: version },
    { slot: 3, kind: 'int32', value: code },
  ]);
}

export function writeTensor(builder: Builder, { name, shape, type, buffer, quantization }: TensorDef): number {
  return table(builder, tableSlots.tensor, [
    offset(0, integers(builder, shape)),
    { slot: 1, kind: 'int8', value: tensorTypes[type] },
    { slot: 2, kind: 'uint32', value: buffer },
    offset(3, builder.createString(name)),
    ...(quantization ? [offset(4, writeQuantization(builder, quantization))] : []),
  ]);
}

function writeQuantization(builder: Builder, { scale, zeroPoint, dimension = 0 }: Quantization): number {
  return table(builder, tableSlots.quantization, [
    offset(2, floats(builder, scale)),
    offset(3, longs(builder, zeroPoint)),
    { slot: 6, kind: 'int32', value: dimension },
  ]);
}

export function writeOperator(
  builder: Builder,
  { operation, inputs, outputs }: OperatorDef,
  keys: readonly string[],
): number {
  const { optionsType, options, custom } = operation;
  return table(builder, tableSlots.operator, [
    { slot: 0, kind: 'uint32', value: keys.indexOf(operatorKey(operation)) },
    offset(1, integers(builder, inputs)),
    offset(2, integers(builder, outputs)),
    ...(custom
      ? [offset(5, builder.createByteVector(custom.options))]
      : [
          { slot: 3, kind: 'int8', value: optionsType } as const,
          offset(4, table(builder, tableSlots.options, options)),
        ]),
  ]);
}
