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
    log('npm packages: installing (a minute or two)');
    const places = Object.keys(lockedPackages());
    const watch = () => {
      const there = places.filter((place) => existsSync(path.join(root, place, 'package.json'))).length;
      log(`npm packages: installing, ${Math.floor((100 * there) / places.length)} %`);
    };
    await runProgram('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, watch });
    log('npm packages: done');
  }
  writeFileSync(stampFile, wanted);
}

function lockedPackages() {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** Whether each locked package that any machine needs is installed in its version: so after a developer's `npm install`. */
function installedAsLocked() {
  if (!existsSync(installedLockFile)) return false;
  const installed = JSON.parse(readFileSync(installedLockFile, 'utf8')).packages;
  return Object.entries(lockedPackages()).every(
    ([place, entry]) =>
      place === '' ||
      (installed[place] === undefined ? entry.optional === true : installed[place].version === entry.version),
  );
}
