import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { root } from './paths.mjs';
import { runProgram, works } from './shell.mjs';

const requirementsFile = path.join(root, 'scripts', 'setup', 'python-requirements.txt');
const folder = path.join(root, '.cache', 'test-python');
const stampFile = path.join(folder, 'lineside-stamp');
const interpreter = path.join(
  folder,
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

/**
 * A Python with the runtimes that exported models are tried in (about 300 MB), made once under .cache. Only tests use it:
 * where there is no Python, or its packages cannot be had, the log says so and the tests that need it are skipped.
 * @returns {Promise<string | undefined>} the interpreter; the one that LINESIDE_PYTHON names, if it does
 */
export async function provisionTestPython(log = (line) => console.error(line)) {
  if (process.env.LINESIDE_PYTHON) return process.env.LINESIDE_PYTHON;
  const wanted = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return interpreter;
  if (!works('python3', ['-m', 'venv', '--help'])) {
    log('Python for the tests: there is no python3 with venv, so tests of exported models in Python are skipped');
    return undefined;
  }
  log('Python for the tests: installing the packages of scripts/setup/python-requirements.txt (about 300 MB)');
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    await runProgram('python3', ['-m', 'venv', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '-r', requirementsFile];
    await runProgram(interpreter, install);
  } catch (error) {
    log(`Python for the tests: ${error.message}\nTests of exported models in Python are skipped`);
    return undefined;
  }
  writeFileSync(stampFile, wanted);
  log('Python for the tests: done');
  return interpreter;
}
