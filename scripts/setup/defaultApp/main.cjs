/**
 * What an Electron without an app of its own runs: it starts the app whose folder is named on the command line, as the
 * official Electron does, so that `electron .` and Playwright work with a repacked one too.
 */
const { app } = require('electron');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const preloaded = [];
let folder;
const args = process.argv.slice(1);
for (let index = 0; index < args.length && folder === undefined; index++) {
  const arg = args[index];
  if (arg === '-r' || arg === '--require') preloaded.push(args[++index]);
  else if (!arg.startsWith('-')) folder = path.resolve(arg);
}

if (folder === undefined) {
  console.error('Name the folder of an app: electron .');
  process.exit(2);
}

const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
Object.defineProperty(process, 'defaultApp', { value: true });
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
Module._preloadModules(preloaded);
Module._load(path.resolve(folder, manifest.main), Module, true);
