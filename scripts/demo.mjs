/** `npm run demo`: the whole way on the practice project, from nothing to a report and an exported model. */
import path from 'node:path';
import { root } from './setup/paths.mjs';

const project = path.join(root, 'work', 'practice');
process.argv = [...process.argv.slice(0, 2), 'run', '--practice', '--project', project, ...process.argv.slice(2)];
await import('./lineside.mjs');
