import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { works } from './shell.mjs';

/**
 * A command line that has a screen: as it is where there is one, else on a virtual one large enough for the app.
 * @param {string[]} command program and arguments
 * @returns {string[]}
 */
export function onScreen(command) {
  if (process.platform !== 'linux' || process.env.DISPLAY) return command;
  if (works('which', ['xvfb-run'])) return ['xvfb-run', '-a', '-s', '-screen 0 1920x1200x24', ...command];
  console.error('There is no screen here, and no xvfb-run to stand in for one: install xvfb, then run this again.');
  process.exit(2);
}

/** Bundles a program that drives the app with Playwright. @returns {Promise<string>} the bundle's path */
export async function bundleDriver(source) {
  const { build } = await import('esbuild');
  const outfile = path.join(root, 'out', `${path.parse(source).name}.cjs`);
  await build({
    entryPoints: [path.join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'error',
    plugins: [ownAddress],
  });
  return outfile;
}

/** In a bundle that Node loads with require, the scripts still know where they lie. */
const ownAddress = {
  name: 'own-address',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]scripts[/\\].*\.mjs$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)), loader: 'js' };
    }),
};
