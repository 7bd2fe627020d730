import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Size } from '../../../shared/boxes';
import { python } from './liteRt.testing';
import type { NamedOutputs } from './runtimes';

/**
 * Checks ONNX models with onnx.checker, and runs every model on every picture: ONNX in onnxruntime, TFLite in ai-edge-litert.
 * Integers become what they stand for by the facts in the file.
 */
const program = `
import sys, pathlib, numpy
pixels, height, width, out, models = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), pathlib.Path(sys.argv[4]), sys.argv[5:]
pictures = numpy.fromfile(pixels, numpy.uint8).reshape(-1, height, width, 3)

def keep(model, index, outputs):
    folder = out / pathlib.Path(model).name / str(index)
    folder.mkdir(parents=True)
    for name, values in outputs.items():
        values.astype(numpy.float32).tofile(folder / name)

def run_onnx(model):
    import onnx, onnxruntime
    onnx.checker.check_model(onnx.load(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])
    names = [output.name for output in session.get_outputs()]
    for index, picture in enumerate(pictures):
        given = picture.transpose(2, 0, 1)[None].astype(numpy.float32)
        keep(model, index, dict(zip(names, session.run(None, {'images': given}))))

def run_tflite(model):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    signature = interpreter.get_signature_runner('serving_default')
    details = signature.get_output_details()
    for index, picture in enumerate(pictures):
        outputs = signature(images=picture[None].astype(given['dtype']))
        for name, values in outputs.items():
            scale, zero = details[name]['quantization']
            if values.dtype != numpy.float32:
                outputs[name] = scale * (values.astype(numpy.float32) - zero)
        keep(model, index, outputs)

for model in models:
    (run_onnx if model.endswith('.onnx') else run_tflite)(model)
`;

/**
 * @param models files with different names, that read floats from 0 to 255 or uint8 under the name `images`
 * @returns for each model, by its file's name, what it gives for each picture
 */
export async function runAllInPython(
  models: readonly string[],
  pictures: readonly Uint8Array[],
  { height, width }: Size,
): Promise<ReadonlyMap<string, readonly NamedOutputs[]>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lineside-python-'));
  try {
    const [pixels, script, out] = ['pixels', 'run.py', 'out'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await mkdir(out);
    await writeFile(pixels, Buffer.concat(pictures));
    await writeFile(script, program);
    execFileSync(python, [script, pixels, String(height), String(width), out, ...models], { stdio: 'pipe' });
    const found = new Map<string, readonly NamedOutputs[]>();
    for (const model of models) {
      const name = path.basename(model);
      found.set(name, await Promise.all(pictures.map((_, index) => readOutputs(path.join(out, name, String(index))))));
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readOutputs(folder: string): Promise<NamedOutputs> {
  const outputs: Record<string, Float32Array> = {};
  for (const name of await readdir(folder)) {
    outputs[name] = new Float32Array(Uint8Array.from(await readFile(path.join(folder, name))).buffer);
  }
  return outputs;
}
