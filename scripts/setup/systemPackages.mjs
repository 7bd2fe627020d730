import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runProgram, works } from './shell.mjs';

let listIsFresh = false;

/**
 * Installs the Debian packages that are missing, when this is Debian (or a child of it) and we are root.
 * @param purpose what they are for, in words
 * @returns {Promise<boolean>} whether all are there in the end; when not, the log says which to install
 */
export async function provisionSystemPackages(names, purpose, log) {
  const missing = missingPackages(names);
  if (missing.length === 0) return true;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    log(
      `${purpose}: not found on this machine: ${missing.join(', ')}. Install them (as administrator), then run this again.`,
    );
    return false;
  }
  log(`${purpose}: installing ${missing.join(', ')}`);
  if (!listIsFresh) await apt(['update', '-qq']);
  listIsFresh = true;
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...missing.map(nameHere)]);
  return true;
}

/** Those of the packages that dpkg does not know as installed; all of them where there is no dpkg. */
export function missingPackages(names) {
  const asked = names.flatMap((name) => [name, `${name}t64`]);
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...asked], {
    encoding: 'utf8',
  });
  const installed = new Set(
    (answer.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name) && !installed.has(`${name}t64`));
}

/** Since 2024 Debian and Ubuntu call some libraries `…t64`, after their change to 64-bit times. */
function nameHere(name) {
  return !works('apt-cache', ['show', '--quiet=2', name]) && works('apt-cache', ['show', '--quiet=2', `${name}t64`])
    ? `${name}t64`
    : name;
}

async function apt(args) {
  await runProgram('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
