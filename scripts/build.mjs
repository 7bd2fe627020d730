/**
 * Bundles the code that runs in Node and Electron into out/. Each entry point becomes one file, npm packages stay in
 * node_modules. A file is replaced only when its bytes changed, and by a rename, so that a running program or a second
 * build never sees half of it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const entryPoints = {
  'electron/trainer/preprocessing/decodeWorker.ts': 'decodeWorker',
  'electron/trainer/practice/practiceWorker.ts': 'practiceWorker',
  'electron/cli/lineside.ts': 'lineside',
  'electron/trainer/main.ts': 'trainer',
  'electron/trainer/probeMain.ts': 'probe',
  'electron/main/main.ts': 'main',
  'electron/preload/preload.ts': 'preload',
};

/**
 * Builds every entry point that exists.
 * @returns {Promise<string[]>} absolute paths of the bundles
 * @throws the first failure, after all other entry points have been built
 */
export async function build() {
  const present = Object.entries(entryPoints).filter(([source]) => existsSync(path.join(root, source)));
  provideTensorflowJs();
  const outcomes = await Promise.allSettled(present.map(([source, name]) => bundle(source, name)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => outcome.value);
}

/** The page among the sample programs works without a network: TensorFlow.js is put beside it. */
function provideTensorflowJs() {
  const contents = readFileSync(path.join(root, 'node_modules', '@tensorflow', 'tfjs', 'dist', 'tf.min.js'));
  writeIfChanged({ path: path.join(root, 'resources', 'samples', 'web', 'tf.min.js'), contents });
}

/** @returns {Promise<string>} absolute path of the bundle */
export async function bundle(source, name) {
  const outfile = path.join(root, 'out', `${name}.cjs`);
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    external: ['electron'],
    sourcemap: 'linked',
    logLevel: 'error',
    write: false,
  });
  result.outputFiles.forEach(writeIfChanged);
  return outfile;
}

function writeIfChanged({ path: file, contents }) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.new`;
  writeFileSync(beside, contents);
  renameSync(beside, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
