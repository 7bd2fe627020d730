/**
 * `npm run -s lineside -- VERB …`: sees to it that set-up and bundles are there and current, then runs the command line
 * in this same process, so that signals and exit codes are its own.
 */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';
import { isGivenUp } from './setup/engine.mjs';
import { root } from './setup/paths.mjs';

const builtAt = path.join(root, 'out', '.built');
const bundle = path.join(root, 'out', 'lineside.cjs');

await setup(isGivenUp() ? ['baseModel'] : ['engine', 'baseModel']);
if (!existsSync(bundle) || !existsSync(builtAt) || newestSource() > statSync(builtAt).mtimeMs) await rebuild();
// npm runs scripts in the clone; relative paths are meant from where the caller stands.
if (process.env.npm_lifecycle_event === 'lineside') process.chdir(process.env.INIT_CWD);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(bundle).href);

function newestSource() {
  return Math.max(...['electron', 'shared', 'scripts'].map((folder) => newestIn(path.join(root, folder))));
}

function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) newest = Math.max(newest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

/** The time of its start counts: a source saved during the build makes the next one build again. */
async function rebuild() {
  const started = new Date();
  const { build } = await import('./build.mjs');
  await build();
  writeFileSync(builtAt, '');
  utimesSync(builtAt, started, started);
}
