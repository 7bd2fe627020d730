import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Python that has the package `ai-edge-litert`, the runtime of TFLite models; without one its tests are skipped. */
export const python = process.env['LINESIDE_PYTHON'] ?? 'python3';
export const hasPythonLiteRt = spawnSync(python, ['-c', 'import ai_edge_litert, numpy']).status === 0;

/** Runs a model on raw pixels. Integers of an output are turned into what they stand for by the facts in the file. */
const program = `
import json, sys, numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType
model, pixels = sys.argv[1:]
interpreter = Interpreter(model)
interpreter.allocate_tensors()
given = interpreter.get_input_details()[0]
images = numpy.fromfile(pixels, numpy.uint8).reshape(given['shape']).astype(given['dtype'])
signature = interpreter.get_signature_runner('serving_default')
details = signature.get_output_details()
outputs = {}
for name, values in signature(images=images).items():
    scale, zero = details[name]['quantization']
    real = values.astype(numpy.float64) if values.dtype == numpy.float32 else scale * (values.astype(numpy.float64) - zero)
    outputs[name] = real.ravel().tolist()
operators = Interpreter(model, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
tensors = {tensor['index']: numpy.dtype(tensor['dtype']).name for tensor in operators.get_tensor_details()}
listed = [[op['op_name'], [tensors.get(index, '') for index in [*op['inputs'], *op['outputs']]]] for op in operators._get_ops_details()]
print(json.dumps({'outputs': outputs, 'input': numpy.dtype(given['dtype']).name, 'operators': listed}))
`;

export interface PythonRun {
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** The type of the picture. */
  readonly input: string;
  /** Name and the types of its tensors. */
  readonly operators: readonly (readonly [name: string, types: readonly string[]])[];
}

/** What Python's LiteRT makes of a model. */
export function runInPython(model: Uint8Array, pixels: Uint8Array): PythonRun {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-litert-'));
  try {
    const files = [join(folder, 'model.tflite'), join(folder, 'pixels')] as const;
    writeFileSync(files[0], model);
    writeFileSync(files[1], pixels);
    writeFileSync(join(folder, 'run.py'), program);
    const printed = execFileSync(python, [join(folder, 'run.py'), ...files], {
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 2 ** 30,
    });
    return JSON.parse(printed) as PythonRun;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
