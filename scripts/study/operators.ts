import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { exportFormat, type ExportDevice } from '../../shared/contract';
import { devices } from '../../shared/devices';
import type { Outcome } from '../../electron/cli/output';
import type { Network, Parameters } from '../../electron/trainer/detector/network';
import { baseModelShapes } from '../../electron/trainer/detector/priorBoxes';
import { buildSsd } from '../../electron/trainer/detector/ssd';
import type { Calibration } from '../../electron/trainer/export/calibration';
import { exportFormats, type ExportFormat, type OutputFile } from '../../electron/trainer/export/formats';
import type { Quantizing } from '../../electron/trainer/export/graph';
import { ModelProtoSchema } from '../../electron/trainer/export/generated/onnx_pb';
import { readTflite, readTfliteOperators } from '../../electron/trainer/export/tfliteReader';
import { writeWhole } from '../../electron/trainer/wholeFile';

const page = path.join('docs', 'EXPORT.md');
const [start, end] = ['<!-- operators: npm run study -- ops -->', '<!-- end of operators -->'];

/** Reads operators, opsets, inputs and outputs out of files that it exports, and writes them into docs/EXPORT.md. */
export async function operators(): Promise<Outcome> {
  const text = await readFile(page, 'utf8');
  await writeWhole(page, withTable(text, await operatorTable()));
  return { json: { page }, text: `written: ${page}` };
}

/** The page with its table replaced. @throws where the page has lost the marks around it */
export function withTable(text: string, table: string): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no ${start} … ${end}: put both lines back`);
  return `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** Of a detector of two classes at 300 × 300; only the numbers of priors and classes differ with others. */
export async function operatorTable(): Promise<string> {
  const network = buildSsd({
    input: { width: 300, height: 300 },
    classes: 2,
    priorShapes: baseModelShapes,
    fineMap: false,
  });
  const rows: string[] = [];
  for (const format of exportFormat.options) {
    const { files, others } = await exportFormats[format].write(network, zeros(network), {}, quantizing(network));
    for (const file of [...files, ...others]) {
      const facts = factsOf(file);
      if (facts === undefined) continue;
      const { kind, input, outputs, operators: made } = facts;
      rows.push(`| ${[devicesOf(format), `\`${file.path}\``, kind, input, outputs, made].join(' | ')} |`);
    }
  }
  return [
    '| for | file | format | picture | gives | operators |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

interface Facts {
  readonly kind: string;
  readonly input: string;
  readonly outputs: string;
  readonly operators: string;
}

function factsOf({ path: file, bytes }: OutputFile): Facts | undefined {
  if (file.endsWith('.onnx')) return onnxFacts(bytes);
  if (file.endsWith('.tflite')) return tfliteFacts(bytes);
  return file.endsWith('.json') ? tfjsFacts(bytes) : undefined;
}

function onnxFacts(bytes: Uint8Array): Facts {
  const { opsetImport, irVersion, graph } = fromBinary(ModelProtoSchema, bytes);
  return {
    kind: `ONNX, opset ${opsetImport.map(({ version }) => version).join(', ')}, IR ${irVersion}`,
    input: `\`${graph?.input.map(({ name }) => name).join()}\`, float32`,
    outputs: named(graph?.output.map(({ name }) => name) ?? []),
    operators: counted(graph?.node.map(({ opType }) => opType) ?? []),
  };
}

function tfliteFacts(bytes: Uint8Array): Facts {
  const { inputs, outputs } = readTflite(bytes);
  return {
    kind: 'TFLite, schema 3',
    input: inputs.map(({ name, type }) => `\`${name}\`, ${type}`).join(),
    outputs: outputs.map(({ name, type }) => `\`${name}\` ${type}`).join(', '),
    operators: counted(
      readTfliteOperators(bytes).map(({ code, custom }) => custom ?? builtinOperators[code] ?? `operator ${code}`),
    ),
  };
}

function tfjsFacts(bytes: Uint8Array): Facts {
  interface Signature {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
  }
  const model = JSON.parse(Buffer.from(bytes).toString()) as {
    readonly modelTopology: { readonly node: readonly { readonly op: string }[] };
    readonly signature: Signature;
  };
  const computed = model.modelTopology.node.map(({ op }) => op).filter((op) => !['Const', 'Placeholder'].includes(op));
  return {
    kind: 'TensorFlow.js graph model',
    input: `\`${Object.keys(model.signature.inputs).join()}\`, float32`,
    outputs: named(Object.keys(model.signature.outputs)),
    operators: counted(computed),
  };
}

function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** "Conv 92, Add 10", most frequent first. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([a, more], [b, fewer]) => fewer - more || (a < b ? -1 : 1));
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}

function devicesOf(format: ExportFormat): string {
  const found = (Object.keys(devices) as ExportDevice[]).filter((device) => devices[device].formats.includes(format));
  return found.join(', ');
}

/** Names in the enum BuiltinOperator of TensorFlow Lite's schema.fbs. */
const builtinOperators: Readonly<Record<number, string>> = {
  0: 'ADD',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  18: 'MUL',
  22: 'RESHAPE',
  25: 'SOFTMAX',
  36: 'GATHER',
  41: 'SUB',
  42: 'DIV',
  47: 'EXP',
  55: 'MAXIMUM',
  57: 'MINIMUM',
  114: 'QUANTIZE',
};

/** What a network computes does not hang on its weights. */
function zeros({ layers }: Network): Parameters {
  const parameters = new Map<string, { shape: number[]; values: Float32Array }>();
  const add = (name: string, shape: number[]): void => {
    parameters.set(name, { shape, values: new Float32Array(shape.reduce((product, size) => product * size, 1)) });
  };
  for (const layer of layers) {
    if (layer.kind === 'add') continue;
    const filters = layer.kind === 'conv2d' ? layer.outChannels : 1;
    add(`${layer.name}/weights`, [layer.kernel, layer.kernel, layer.inChannels, filters]);
    add(`${layer.name}/bias`, [layer.outChannels]);
  }
  return parameters;
}

function quantizing({ layers }: Network): Quantizing {
  const range = { low: -1, high: 1, noise: 0 };
  const calibration: Calibration = {
    ranges: new Map(layers.map(({ name }) => [name, range])),
    boxEncodings: range,
    classLogits: range,
  };
  return { calibrate: () => Promise.resolve(calibration), lostMAP50: () => Promise.resolve(0) };
}
