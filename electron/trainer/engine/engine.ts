import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineInfo } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { hasOpened, tensorflowBinding } from './expected';
import { composedKernels, type Kernels } from './kernels';
import { tellMemory } from './memory';
import { tensorflowKernels, type OpRunner } from './tensorflowKernels';

/** What computes: a tfjs backend under a name, with the fastest kernels it has. */
export interface Engine {
  readonly name: EngineInfo['name'];
  readonly kernels: Kernels;
  describe(): EngineInfo;
}

let opened: Promise<Engine> | undefined;

/**
 * Opens the best engine that works, once a process: TensorFlow where set-up provided it, else wasm.
 * `LINESIDE_ENGINE` (tensorflow or wasm) asks for one by name; then there is no falling back.
 * @throws LinesideError 'engine' when the engine asked for is missing or none works
 */
export function openEngine(): Promise<Engine> {
  opened ??= open(process.env['LINESIDE_ENGINE']);
  return opened;
}

async function open(asked: string | undefined): Promise<Engine> {
  if (asked === 'wasm') return openWasm('asked for by LINESIDE_ENGINE');
  if (asked !== undefined && asked !== 'tensorflow') {
    throw new LinesideError('wrongUse', `LINESIDE_ENGINE is "${asked}": use tensorflow or wasm`);
  }
  const binding = tensorflowBinding();
  if (!existsSync(binding)) {
    const advice = 'Run `npm run setup` with Python (pip) and g++ installed: training will be about five times faster';
    if (asked === 'tensorflow') throw new LinesideError('engine', `The TensorFlow engine is not set up. ${advice}`);
    return openWasm(advice);
  }
  try {
    return await openTensorflow(binding);
  } catch (error) {
    if (asked === 'tensorflow')
      throw new LinesideError('engine', `The TensorFlow engine does not start: ${String(error)}`);
    return openWasm(`The TensorFlow engine does not start (${String(error)}): run \`npm run setup\` again`);
  }
}

async function openTensorflow(bindingPath: string): Promise<Engine> {
  // Read by the library when it is loaded. oneDNN's kernels halve a training step on processors where TensorFlow leaves
  // them off by default; its own arena saves the page faults of fresh pages for each large tensor, which cost as much.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_CPU_ALLOCATOR_USE_BFC'] ??= 'true';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Beyond that the library says that memory ran out, most of the time, instead of being killed for it.
  process.env['TF_CPU_BFC_MEM_LIMIT_IN_MB'] ??= String(mostArenaMegabytes());
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const require = createRequire(__filename);
  const binding: unknown = require(bindingPath);
  const backendModule = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend & OpRunner;
  };
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  const backend = new backendModule.NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  tf.registerBackend('tensorflow', () => backend, 3);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('tfjs refused the backend');
  await tf.ready();
  hasOpened('tensorflow');
  const threads = os.availableParallelism();
  return {
    name: 'tensorflow',
    kernels: tensorflowKernels(backend),
    describe: () => ({
      name: 'tensorflow',
      text: `TensorFlow on the processor, ${threads} cores`,
      advice: '',
      threads,
      ...tellMemory(),
    }),
  };
}

/** What Node, the library's code and the host's copies of the weights hold beside the arena (docs/studies/memory.md). */
const besideArenaBytes = 600e6;

function mostArenaMegabytes(): number {
  return Math.round(Math.max(256e6, tellMemory().totalBytes - besideArenaBytes) / 1e6);
}

interface WasmModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly HEAPU8: Uint8Array;
}

/** Where there is no room the module hands out the address 0, or one beyond its heap, and the backend would write there: now it throws. */
function tellFullHeap(wasm: WasmModule): void {
  // The first call puts the module's own function in the place of one that looks for it.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    const hasRoom = address !== 0 && (address >>> 0) + bytes <= wasm.HEAPU8.length;
    if (!hasRoom) throw new Error(`out of memory: no room for ${bytes} bytes in the WebAssembly heap`);
    return address;
  };
}

async function openWasm(advice: string): Promise<Engine> {
  await import('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm')))
    throw new LinesideError('engine', 'The wasm engine does not start: install Node 20.19 or newer');
  await tf.ready();
  tellFullHeap((tf.backend() as unknown as { readonly wasm: WasmModule }).wasm);
  hasOpened('wasm');
  return {
    name: 'wasm',
    kernels: composedKernels,
    describe: () => ({
      name: 'wasm',
      text: 'WebAssembly on the processor, 1 core',
      advice,
      threads: 1,
      ...tellMemory(),
    }),
  };
}
