/**
 * `npm run screenshots`: drives the real app through every screen and takes its picture, small and large, light and dark,
 * into docs/images/guide. The guide and the help in the app show them.
 *
 *   --project DIR    a trained project to show; by default the one that `npm run demo` leaves in work/practice
 *   --out DIR        where the pictures go instead
 *   --only A,B       these screens alone
 *   --rounds N       how many rounds of a training are waited for before its picture is taken (12)
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';
import { root } from './setup/paths.mjs';
import { bundleDriver, onScreen } from './setup/screen.mjs';
import { provisionSystemPackages } from './setup/systemPackages.mjs';

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: path.join(root, 'work', 'practice') },
    out: { type: 'string', default: path.join(root, 'docs', 'images', 'guide') },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '12' },
  },
});
const project = path.resolve(values.project);
if (!existsSync(path.join(project, 'project.json'))) {
  console.error(`${project} is no project: run \`npm run demo\` first, or name a trained project with --project.`);
  process.exit(2);
}

await setup();
await provideChineseLetters();
const { buildAll } = await import('./buildAll.mjs');
await buildAll();
const driver = await bundleDriver('e2e/screenshots.ts');
const [program, ...args] = onScreen([
  process.execPath,
  driver,
  project,
  path.resolve(values.out),
  values.only,
  values.rounds,
]);
const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

/** The app takes the system's font for Chinese: without one its pictures would show empty squares. */
async function provideChineseLetters() {
  if (process.platform !== 'linux') return;
  const { stdout } = spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' });
  if ((stdout ?? '').trim() !== '') return;
  if (!(await provisionSystemPackages(['fonts-noto-cjk'], 'Chinese letters', console.error))) process.exit(2);
}
