import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as LiteRt from '@litertjs/core';

/** The build without relaxed SIMD: Node 20 lacks that, and its results would differ from one processor to the next. */
const script = '@litertjs/core/wasm/litert_wasm_compat_internal.js';

let loading: Promise<typeof LiteRt> | undefined;

/**
 * Loads a .tflite model into LiteRT, the runtime of phones and small boards, here as WebAssembly in this process.
 * The caller deletes what it gets, and every tensor.
 */
export async function loadTflite(
  model: Uint8Array,
): Promise<{ readonly liteRt: typeof LiteRt; readonly model: LiteRt.CompiledModel }> {
  loading ??= openLiteRt();
  const liteRt = await loading;
  return { liteRt, model: await liteRt.loadAndCompile(model, { accelerator: 'wasm' }) };
}

/**
 * LiteRT.js is made for browsers: it loads its script by `importScripts` and looks for a GPU in `navigator`. Both are
 * there, in the form that it needs, until it is open.
 */
async function openLiteRt(): Promise<typeof LiteRt> {
  const require = createRequire(__filename);
  const file = require.resolve(script);
  const text = await readFile(file, 'utf8');
  const liteRt = await import('@litertjs/core');
  const factory = compileFunction(`${text}\nreturn ModuleFactory;`, ['require', '__filename', '__dirname'], {
    filename: file,
  }) as (require: NodeJS.Require, file: string, folder: string) => (options: object) => Promise<unknown>;
  const start = factory(require, file, dirname(file));
  const restore = setGlobals({
    self: globalThis,
    importScripts: () => undefined,
    ModuleFactory: () => start({ print: () => undefined, printErr: () => undefined }),
    navigator: { gpu: { requestAdapter: () => Promise.resolve(noGpu) } },
  });
  try {
    await liteRt.loadLiteRt(file);
    return liteRt;
  } finally {
    restore();
  }
}

const noGpu = { limits: {}, features: new Set<string>(), requestDevice: () => Promise.resolve(null) };

/** @returns what puts the globals back as they were */
function setGlobals(values: Readonly<Record<string, unknown>>): () => void {
  const before = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  };
}
