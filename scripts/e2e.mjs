/**
 * Drives the real app with Playwright: builds what is stale, then runs e2e/ on the screen that there is, or else on a
 * virtual one. Arguments are passed on: `npm run e2e -- shell`.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setup } from './setup.mjs';
import { root } from './setup/paths.mjs';
import { onScreen } from './setup/screen.mjs';

await setup();
const { buildAll } = await import('./buildAll.mjs');
await buildAll();

const runner = [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'vitest.e2e.config.ts'];
const [program, ...args] = onScreen([process.execPath, ...runner, ...process.argv.slice(2)]);
const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
