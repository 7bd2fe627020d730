import { Builder } from 'flatbuffers';
import { toHalfFloats } from './halfFloat';
import {
  alignedBytes,
  integers,
  offsets,
  operations,
  table,
  tableSlots,
  tensorTypes,
  type Field,
  type Operation,
} from './tfliteSchema';

interface TensorDef {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof tensorTypes;
  /** Index in the model's buffers; 0 is the empty one, for tensors that are computed. */
  readonly buffer: number;
}

interface OperatorDef {
  readonly operation: Operation;
  readonly inputs: readonly number[];
  readonly output: number;
}

type StoredValues = Float32Array | Int32Array | Uint16Array;

/** Collects the operators of one TFLite graph in execution order and writes them as a model file. */
export class TfliteGraph {
  readonly #tensors: TensorDef[] = [];
  readonly #indices = new Map<string, number>();
  readonly #buffers: Uint8Array[] = [new Uint8Array()];
  readonly #operators: OperatorDef[] = [];
  readonly #inputs: string[] = [];

  /** @returns the tensor's name, to be used as an input. */
  input(name: string, shape: readonly number[]): string {
    this.#inputs.push(name);
    return this.#tensor({ name, shape, type: 'float32', buffer: 0 });
  }

  constant(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    return this.#constant(name, shape, values instanceof Float32Array ? 'float32' : 'int32', values);
  }

  /** Stored as float16, read as float32. */
  halfConstant(name: string, shape: readonly number[], values: Float32Array): string {
    const stored = this.#constant(`${name}/float16`, shape, 'float16', toHalfFloats(values));
    return this.node(operations.dequantize, name, [stored], shape);
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], Float32Array.of(value));
  }

  integers(name: string, ...values: readonly number[]): string {
    return this.constant(name, [values.length], Int32Array.from(values));
  }

  /** @param shape of the result */
  node(operation: Operation, name: string, inputs: readonly string[], shape: readonly number[]): string {
    const indices = inputs.map((input) => this.#index(input));
    this.#tensor({ name, shape, type: 'float32', buffer: 0 });
    this.#operators.push({ operation, inputs: indices, output: this.#index(name) });
    return name;
  }

  toBytes(outputs: readonly string[]): Uint8Array {
    const total = this.#buffers.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    const builder = new Builder(total + 256 * 1024);
    const codes = [...new Set(this.#operators.map(({ operation }) => operation.code))].sort((a, b) => a - b);
    const buffers = this.#buffers.map((bytes) => writeBuffer(builder, bytes));
    const model = table(builder, tableSlots.model, [
      { slot: 0, kind: 'uint32', value: 3 }, // version of the schema
      offset(
        1,
        offsets(
          builder,
          codes.map((code) => writeOperatorCode(builder, code)),
        ),
      ),
      offset(2, offsets(builder, [this.#writeSubGraph(builder, codes, outputs)])),
      offset(3, builder.createString('Lineside')),
      offset(4, offsets(builder, buffers)),
      offset(7, offsets(builder, [this.#writeSignature(builder, outputs)])),
    ]);
    builder.finish(model, 'TFL3');
    return builder.asUint8Array();
  }

  #writeSubGraph(builder: Builder, codes: readonly number[], outputs: readonly string[]): number {
    const tensors = this.#tensors.map((tensor) => writeTensor(builder, tensor));
    const operators = this.#operators.map((operator) => writeOperator(builder, operator, codes));
    return table(builder, tableSlots.subGraph, [
      offset(0, offsets(builder, tensors)),
      offset(
        1,
        integers(
          builder,
          this.#inputs.map((name) => this.#index(name)),
        ),
      ),
      offset(
        2,
        integers(
          builder,
          outputs.map((name) => this.#index(name)),
        ),
      ),
      offset(3, offsets(builder, operators)),
      offset(4, builder.createString('main')),
    ]);
  }

  /** Lets a program ask for inputs and outputs by name instead of by position. */
  #writeSignature(builder: Builder, outputs: readonly string[]): number {
    const map = (names: readonly string[]): number =>
      offsets(
        builder,
        names.map((name) =>
          table(builder, tableSlots.tensorMap, [
            offset(0, builder.createString(name)),
            { slot: 1, kind: 'uint32', value: this.#index(name) },
          ]),
        ),
      );
    return table(builder, tableSlots.signature, [
      offset(0, map(this.#inputs)),
      offset(1, map(outputs)),
      offset(2, builder.createString('serving_default')),
      { slot: 4, kind: 'uint32', value: 0 },
    ]);
  }

  #constant(name: string, shape: readonly number[], type: TensorDef['type'], values: StoredValues): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#tensor({ name, shape, type, buffer: this.#buffers.push(bytes) - 1 });
  }

  #tensor(tensor: TensorDef): string {
    this.#indices.set(tensor.name, this.#tensors.push(tensor) - 1);
    return tensor.name;
  }

  #index(name: string): number {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`tensor ${name} is used before it is made`);
    return index;
  }
}

function offset(slot: number, value: number): Field {
  return { slot, kind: 'offset', value };
}

function writeBuffer(builder: Builder, bytes: Uint8Array): number {
  return table(builder, tableSlots.buffer, bytes.length === 0 ? [] : [offset(0, alignedBytes(builder, bytes))]);
}

/** Operator codes up to 127 stand in the old one-byte field as well, which readers before 2020 look at. */
function writeOperatorCode(builder: Builder, code: number): number {
  return table(builder, tableSlots.operatorCode, [
    { slot: 0, kind: 'int8', value: code },
    { slot: 2, kind: 'int32', value: 1 },
    { slot: 3, kind: 'int32', value: code },
  ]);
}

function writeTensor(builder: Builder, { name, shape, type, buffer }: TensorDef): number {
  return table(builder, tableSlots.tensor, [
    offset(0, integers(builder, shape)),
    { slot: 1, kind: 'int8', value: tensorTypes[type] },
    { slot: 2, kind: 'uint32', value: buffer },
    offset(3, builder.createString(name)),
  ]);
}

function writeOperator(builder: Builder, { operation, inputs, output }: OperatorDef, codes: readonly number[]): number {
  return table(builder, tableSlots.operator, [
    { slot: 0, kind: 'uint32', value: codes.indexOf(operation.code) },
    offset(1, integers(builder, inputs)),
    offset(2, integers(builder, [output])),
    { slot: 3, kind: 'int8', value: operation.optionsType },
    offset(4, table(builder, tableSlots.options, operation.options)),
  ]);
}
