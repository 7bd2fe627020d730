import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb';

type Attribute = number | readonly number[];
type Values = Float32Array | BigInt64Array;
/** A number is fixed, a word is free but the same wherever the word is. */
type Dimension = number | string;

/** The IR version that came with each opset, by ONNX's own table (docs/Versioning.md). */
const irVersions = { 11: 6n, 13: 7n } as const;

export type Opset = keyof typeof irVersions;

/** Collects the nodes of one ONNX graph in execution order and writes them as a model file. */
export class OnnxGraph {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #opset: Opset;

  constructor(opset: Opset) {
    this.#opset = opset;
  }

  /** @returns the tensor's name, to be used as an input. */
  input(name: string, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, shape, TensorProto_DataType.FLOAT));
    return name;
  }

  output(name: string, shape: readonly Dimension[], kind: 'float' | 'int64' = 'float'): void {
    const type = kind === 'float' ? TensorProto_DataType.FLOAT : TensorProto_DataType.INT64;
    this.#outputs.push(valueInfo(name, shape, type));
  }

  /** Values are kept in the file as raw little-endian bytes. */
  constant(name: string, shape: readonly number[], values: Values): string {
    this.#initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: values instanceof Float32Array ? TensorProto_DataType.FLOAT : TensorProto_DataType.INT64,
        rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      }),
    );
    return name;
  }

  floats(name: string, ...values: readonly number[]): string {
    return this.constant(name, [values.length], Float32Array.from(values));
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], Float32Array.of(value));
  }

  integers(name: string, ...values: readonly number[]): string {
    return this.constant(name, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** @returns the name of the first output, which is also the node's name. */
  node(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    moreOutputs: readonly string[] = [],
  ): string {
    this.#nodes.push(
      create(NodeProtoSchema, {
        opType,
        name,
        input: [...inputs],
        output: [name, ...moreOutputs],
        attribute: Object.entries(attributes).map(([key, value]) => integerAttribute(key, value)),
      }),
    );
    return name;
  }

  toBytes(metadata: Readonly<Record<string, string>>): Uint8Array {
    const graph = create(GraphProtoSchema, {
      name: 'lineside',
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    });
    const model = create(ModelProtoSchema, {
      irVersion: irVersions[this.#opset],
      opsetImport: [{ domain: '', version: BigInt(this.#opset) }],
      producerName: 'Lineside',
      graph,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    return toBinary(ModelProtoSchema, model);
  }
}

function integerAttribute(name: string, value: Attribute): AttributeProto {
  return typeof value === 'number'
    ? create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) })
    : create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) });
}

function valueInfo(name: string, shape: readonly Dimension[], elemType: TensorProto_DataType): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? ({ case: 'dimValue', value: BigInt(size) } as const)
        : ({ case: 'dimParam', value: size } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } },
  });
}
