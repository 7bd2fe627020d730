/**
 * `npm run package:check [-- FILE.tar.gz]`: unpacks what `npm run package` made into a folder of its own, starts it, and
 * takes the practice project from the Welcome screen to an exported model. Takes about a quarter of an hour on two cores.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup/paths.mjs';

const dist = path.join(root, 'dist');
const made = existsSync(dist) ? readdirSync(dist).find((name) => name.endsWith('.tar.gz')) : undefined;
const archive = process.argv[2] ?? (made && path.join(dist, made));
if (archive === undefined || !existsSync(archive)) {
  console.error(`There is no ${archive ?? 'tar.gz in dist/'}: run npm run package first.`);
  process.exit(2);
}
process.env.LINESIDE_PACKAGED = path.resolve(archive);
process.argv.splice(2, Infinity, 'packaged');
await import('./e2e.mjs');
