import { Builder } from 'flatbuffers';
import { toHalfFloats } from './halfFloat';
import { integers, offset, offsets, operations, table, tableSlots, type Operation } from './tfliteSchema';
import {
  operatorKey,
  writeBuffer,
  writeOperator,
  writeOperatorCode,
  writeTensor,
  type OperatorDef,
  type Quantization,
  type TensorDef,
} from './tfliteTables';

type StoredValues = Float32Array | Int32Array | Uint16Array | Int8Array;

/** A tensor of a graph: its type, and what its integers stand for. */
export interface Stored {
  readonly type: TensorDef['type'];
  readonly quantization?: Quantization;
}

const float32: Stored = { type: 'float32' };

/** Collects the operators of one TFLite graph in execution order and writes them as a model file. */
export class TfliteGraph {
  readonly #tensors: TensorDef[] = [];
  readonly #indices = new Map<string, number>();
  readonly #buffers: Uint8Array[] = [new Uint8Array()];
  readonly #operators: OperatorDef[] = [];
  readonly #inputs: string[] = [];

  /** @returns the tensor's name, to be used as an input. */
  input(name: string, shape: readonly number[], stored: Stored = float32): string {
    this.#inputs.push(name);
    return this.#tensor({ name, shape, ...stored, buffer: 0 });
  }

  constant(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    return this.#constant(name, shape, { type: values instanceof Float32Array ? 'float32' : 'int32' }, values);
  }

  quantizedConstant(
    name: string,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    quantization: Quantization,
  ): string {
    return this.#constant(name, shape, { type: values instanceof Int8Array ? 'int8' : 'int32', quantization }, values);
  }

  /** Stored as float16, read as float32. */
  halfConstant(name: string, shape: readonly number[], values: Float32Array): string {
    const half = this.#constant(`${name}/float16`, shape, { type: 'float16' }, toHalfFloats(values));
    return this.node(operations.dequantizeHalf, name, [half], shape);
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], Float32Array.of(value));
  }

  integers(name: string, ...values: readonly number[]): string {
    return this.constant(name, [values.length], Int32Array.from(values));
  }

  has(name: string): boolean {
    return this.#indices.has(name);
  }

  /** @param shape of the result */
  node(
    operation: Operation,
    name: string,
    inputs: readonly string[],
    shape: readonly number[],
    stored: Stored = float32,
  ): string {
    this.nodes(operation, inputs, [{ name, shape, stored }]);
    return name;
  }

  /** An operator with more than one result. */
  nodes(
    operation: Operation,
    inputs: readonly string[],
    results: readonly { readonly name: string; readonly shape: readonly number[]; readonly stored?: Stored }[],
  ): void {
    const indices = inputs.map((input) => this.#index(input));
    for (const { name, shape, stored = float32 } of results) this.#tensor({ name, shape, ...stored, buffer: 0 });
    this.#operators.push({ operation, inputs: indices, outputs: results.map(({ name }) => this.#index(name)) });
  }

  toBytes(outputs: readonly string[]): Uint8Array {
    const total = this.#buffers.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    const builder = new Builder(total + 256 * 1024);
    const used = new Map(this.#operators.map(({ operation }) => [operatorKey(operation), operation]));
    const codes = [...used.values()].sort((a, b) => a.code - b.code || a.version - b.version);
    const buffers = this.#buffers.map((bytes) => writeBuffer(builder, bytes));
    const operatorCodes = offsets(
      builder,
      codes.map((operation) => writeOperatorCode(builder, operation)),
    );
    const model = table(builder, tableSlots.model, [
      { slot: 0, kind: 'uint32', value: 3 }, // version of the schema
      offset(1, operatorCodes),
      offset(2, offsets(builder, [this.#writeSubGraph(builder, codes, outputs)])),
      offset(3, builder.createString('Lineside')),
      offset(4, offsets(builder, buffers)),
      offset(7, offsets(builder, [this.#writeSignature(builder, outputs)])),
    ]);
    builder.finish(model, 'TFL3');
    return builder.asUint8Array();
  }

  #writeSubGraph(builder: Builder, codes: readonly Operation[], outputs: readonly string[]): number {
    const tensors = this.#tensors.map((tensor) => writeTensor(builder, tensor));
    const keys = codes.map(operatorKey);
    const operators = this.#operators.map((operator) => writeOperator(builder, operator, keys));
    const indices = (names: readonly string[]): number =>
      integers(
        builder,
        names.map((name) => this.#index(name)),
      );
    return table(builder, tableSlots.subGraph, [
      offset(0, offsets(builder, tensors)),
      offset(1, indices(this.#inputs)),
      offset(2, indices(outputs)),
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

  #constant(name: string, shape: readonly number[], stored: Stored, values: StoredValues): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#tensor({ name, shape, ...stored, buffer: this.#buffers.push(bytes) - 1 });
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
