/** `npm start`: puts in place what is missing, builds what is stale, opens the app. Arguments are passed on to it. */
import { spawn } from 'node:child_process';
import { setup } from './setup.mjs';
import { findElectron } from './setup/electron.mjs';
import { root } from './setup/paths.mjs';

await setup();
const electron = findElectron();
if (!electron) process.exit(1);

if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error(
    [
      'There is no screen here (DISPLAY is not set), so no window can be opened.',
      'On a virtual screen:      xvfb-run -a npm start',
      'Over ssh, on your screen: ssh -X, then npm start',
      'Without a window:         npm run demo, or npm run -s lineside -- --help',
    ].join('\n'),
  );
  process.exit(1);
}

const { buildAll } = await import('./buildAll.mjs');
await buildAll();
// Chromium has no sandbox for root.
const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const child = spawn(electron.executable, [...flags, root, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
