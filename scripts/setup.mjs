/**
 * Puts in place what Lineside needs beside its own code: npm packages, the engine, the base model, Electron. Each part
 * looks first whether it is there, so that a second run does nothing; an interrupted run is simply repeated.
 *
 *   node scripts/setup.mjs [engine] [baseModel] [electron]      (all parts when none is named)
 *
 * It runs before any npm package is there and so uses Node's own modules only.
 */
import { fileURLToPath } from 'node:url';
import { provisionBaseModel } from './setup/baseModel.mjs';
import { provisionEngine } from './setup/engine.mjs';
import { provisionNpmPackages } from './setup/npmPackages.mjs';

const provisioners = {
  engine: provisionEngine,
  baseModel: provisionBaseModel,
  electron: async (log) => {
    // It needs npm packages, which this very script may just have installed.
    const { provisionElectron } = await import('./setup/electron.mjs');
    await provisionElectron(log);
  },
};

/**
 * @param {readonly ('engine' | 'baseModel' | 'electron')[]} parts
 * @param log gets plain lines, each about one part; by default they go to stderr
 */
export async function setup(parts = Object.keys(provisioners), log = (line) => console.error(line)) {
  await provisionNpmPackages(log);
  for (const part of parts) await provisioners[part](log);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const unknown = asked.find((part) => !(part in provisioners));
  if (unknown) {
    console.error(`there is no part "${unknown}": choose from ${Object.keys(provisioners).join(', ')}`);
    process.exit(2);
  }
  await setup(asked.length > 0 ? asked : undefined);
  console.error('Set-up is done.');
}
