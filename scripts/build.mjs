import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Bundle name in out/ by entry point. All bundles lie flat, so that they find each other beside themselves. */
const entryPoints = {
  decodeWorker: 'electron/trainer/preprocessing/decodeWorker.ts',
  lineside: 'electron/cli/lineside.ts',
  trainer: 'electron/trainer/main.ts',
  main: 'electron/main/main.ts',
  preload: 'electron/preload/preload.ts',
};

/**
 * Bundles the Node and Electron code of this repository into out/<name>.cjs; packages stay in node_modules.
 * @returns absolute paths of the bundles
 */
export async function build() {
  const present = Object.fromEntries(
    Object.entries(entryPoints)
      .map(([name, file]) => [name, path.join(root, file)])
      .filter(([, file]) => existsSync(file)),
  );
  await esbuild.build({
    entryPoints: present,
    outdir: path.join(root, 'out'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
  return Object.keys(present).map((name) => path.join(root, 'out', `${name}.cjs`));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
