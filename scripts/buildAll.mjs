/** Builds the whole app into out/: the bundles for Node and Electron, and the page. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { root } from './setup/paths.mjs';
import { runProgram } from './setup/shell.mjs';

const builtPage = path.join(root, 'out', 'renderer', 'index.html');
const pageSources = ['renderer', 'shared', 'docs', 'scripts/guide.mjs', 'vite.config.ts', 'package-lock.json'];

/** @param log gets one line when the page has to be built, which takes some seconds */
export async function buildAll(log = console.error) {
  await build();
  if (!isStale()) return;
  log('page: building');
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  await runProgram(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root });
}

function isStale() {
  if (!existsSync(builtPage)) return true;
  const built = statSync(builtPage).mtimeMs;
  return pageSources.some((source) => newest(path.join(root, source)) > built);
}

/** When the youngest file at or below a path was changed, in milliseconds. */
function newest(place) {
  const found = statSync(place);
  if (!found.isDirectory()) return found.mtimeMs;
  return readdirSync(place).reduce((latest, name) => Math.max(latest, newest(path.join(place, name))), found.mtimeMs);
}
