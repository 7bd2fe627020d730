/**
 * `npm run study -- NAME`: the experiments whose figures the documentation quotes (`npm run study -- --help`). What is
 * measured lies in work/studies/, a line a training, so that a study which was stopped goes on; its page lies in docs/studies/.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';
import { root } from './setup/paths.mjs';

await setup(['engine', 'baseModel']);
const { build, bundle } = await import('./build.mjs');
await build();
const study = await bundle(path.join('scripts', 'study', 'main.ts'), 'study');
process.chdir(root);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(study).href);
