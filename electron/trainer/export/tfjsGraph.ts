type AttributeValue =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly i: string }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } | { readonly s: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

type Attributes = Readonly<Record<string, AttributeValue>>;

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Attributes;
}

/** Names and shapes of the model's inputs or outputs; −1 stands for the batch. */
type Signature = Readonly<Record<string, readonly number[]>>;

/** TensorFlow's int and string attributes as the graph model's JSON has them: numbers in words, strings in base64. */
export const attribute = {
  int: (value: number): AttributeValue => ({ i: String(value) }),
  ints: (values: readonly number[]): AttributeValue => ({ list: { i: values.map(String) } }),
  text: (value: string): AttributeValue => ({ s: base64(value) }),
  texts: (values: readonly string[]): AttributeValue => ({ list: { s: values.map(base64) } }),
};

const float: AttributeValue = { type: 'DT_FLOAT' };
const int32: AttributeValue = { type: 'DT_INT32' };

/** tfjs reads shards in parallel; 4 MB is what its own converter writes. */
const shardBytes = 4 * 1024 * 1024;

/** Collects the nodes of one TF.js graph model and writes model.json and its weight shards. */
export class TfjsGraph {
  readonly #nodes: NodeDef[] = [];
  readonly #weights: { name: string; shape: readonly number[]; dtype: 'float32' | 'int32'; bytes: Uint8Array }[] = [];

  /** @returns the node's name, to be used as an input. */
  input(name: string, shape: readonly number[]): string {
    return this.#add({ name, op: 'Placeholder', input: [], attr: { dtype: float, shape: shapeAttribute(shape) } });
  }

  /** Values are kept in the shards as little-endian bytes. */
  constant(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    const isFloat = values instanceof Float32Array;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#weights.push({ name, shape, dtype: isFloat ? 'float32' : 'int32', bytes });
    return this.#add({ name, op: 'Const', input: [], attr: { dtype: isFloat ? float : int32 } });
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], Float32Array.of(value));
  }

  /** One number, as the axis inputs want it. */
  integer(name: string, value: number): string {
    return this.constant(name, [], Int32Array.of(value));
  }

  integers(name: string, ...values: readonly number[]): string {
    return this.constant(name, [values.length], Int32Array.from(values));
  }

  node(op: string, name: string, input: readonly string[], attr: Attributes = {}): string {
    return this.#add({ name, op, input: [...input], attr: { T: float, ...attr } });
  }

  toFiles(
    inputs: Signature,
    outputs: Signature,
    labels?: readonly string[],
  ): { modelJson: string; weights: Uint8Array[] } {
    const weights = shards(this.#weights.map((weight) => weight.bytes));
    const modelJson = JSON.stringify({
      format: 'graph-model',
      generatedBy: 'Lineside',
      convertedBy: null,
      signature: { inputs: signature(inputs), outputs: signature(outputs) },
      ...(labels === undefined ? {} : { userDefinedMetadata: { labels } }),
      // 1087 and 12: what TensorFlow 2.9, the library behind tfjs 4.22, writes.
      modelTopology: { node: this.#nodes, library: {}, versions: { producer: 1087, minConsumer: 12 } },
      weightsManifest: [
        {
          paths: weights.map((_, index) => shardName(index, weights.length)),
          weights: this.#weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
        },
      ],
    });
    return { modelJson, weights };
  }

  #add(node: NodeDef): string {
    this.#nodes.push(node);
    return node.name;
  }
}

/** Shards are counted from 1 in their names. */
export function shardName(index: number, count: number): string {
  return `group1-shard${index + 1}of${count}.bin`;
}

function shards(parts: readonly Uint8Array[]): Uint8Array[] {
  const all = Buffer.concat(parts);
  const count = Math.ceil(all.byteLength / shardBytes);
  return Array.from({ length: count }, (_, index) => all.subarray(index * shardBytes, (index + 1) * shardBytes));
}

function signature(tensors: Signature): object {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, shape]) => [
      name,
      { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeAttribute(shape).shape },
    ]),
  );
}

function shapeAttribute(shape: readonly number[]): { shape: { dim: { size: string }[] } } {
  return { shape: { dim: shape.map((size) => ({ size: String(size) })) } };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
