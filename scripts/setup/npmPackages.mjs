import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { root } from './paths.mjs';
import { runProgram } from './shell.mjs';

const lockFile = path.join(root, 'package-lock.json');
const stampFile = path.join(root, 'node_modules', '.lineside-stamp');
/** What npm itself writes as the last act of an install. */
const installedLockFile = path.join(root, 'node_modules', '.package-lock.json');

/** Installs what package-lock.json says, when node_modules holds something else. */
export async function provisionNpmPackages(log) {
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stampFile) && existsSync(installedLockFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  if (!installedAsLocked()) {
    log('npm packages: installing (about a minute)');
    const started = performance.now();
    const watch = () => log(`npm packages: still installing, ${Math.round((performance.now() - started) / 1000)} s`);
    await runProgram('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, watch });
    log('npm packages: done');
  }
  writeFileSync(stampFile, wanted);
}

/** Whether each locked package that any machine needs is installed in its version: so after a developer's `npm install`. */
function installedAsLocked() {
  if (!existsSync(installedLockFile)) return false;
  const locked = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLockFile, 'utf8')).packages;
  return Object.entries(locked).every(
    ([place, entry]) =>
      place === '' ||
      (installed[place] === undefined ? entry.optional === true : installed[place].version === entry.version),
  );
}
