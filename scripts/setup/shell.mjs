import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const watchEverySeconds = 10;

/** Whether a program answers, for instance `works('g++', ['--version'])`. */
export function works(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a program to its end, quietly.
 * @param watch called every few seconds while it runs: the place to say how far it is
 * @throws with the last lines of what the program printed
 */
export async function runProgram(program, args, { cwd, env, watch } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const keep = (chunk) => (printed = (printed + String(chunk)).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const timer = watch ? setInterval(watch, watchEverySeconds * 1000) : undefined;
  try {
    const exitCode = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (exitCode === 0) return;
    throw new Error(`${program} ${args[0] ?? ''} ended with ${exitCode}:\n${lastLines(printed)}`);
  } finally {
    clearInterval(timer);
  }
}

export async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Bytes of all files below a folder, 0 when it is not there. Files that vanish meanwhile do not count. */
export function folderBytes(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce(
        (sum, entry) => sum + (statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function lastLines(text) {
  return text.trim().split('\n').slice(-12).join('\n');
}
