import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { patchBinding } from './bindingPatch.mjs';
import { downloads, resources, root } from './paths.mjs';
import { folderBytes, runProgram, sha256, works } from './shell.mjs';
import { provisionSystemPackages } from './systemPackages.mjs';

/**
 * The TensorFlow engine: Google's library out of the PyPI wheel, and the package's own binding compiled against it
 * (docs/decisions/0002). The result in resources/engine/tensorflow:
 *
 *   deps/lib/libtensorflow{,_framework}.so      links to the two libraries beside them
 *   deps/include/                               the C headers
 *   deps/stamp                                  the wheel that they came from
 *   lib/tfjs_binding.node                       finds the libraries by its RUNPATH, $ORIGIN/../deps/lib
 *   lib/stamp                                   the sources that it was compiled from
 */
const target = path.join(resources, 'engine', 'tensorflow');
const gaveUp = path.join(resources, 'engine', 'without-tensorflow');
const dependencies = path.join(target, 'deps');
const bindingFile = path.join(target, 'lib', 'tfjs_binding.node');
const bindingPackage = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

const wheel = {
  name: 'tensorflow-cpu',
  version: '2.21.0',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  megabytes: 268,
};

const compilerFlags = ['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'];

/** Goes on without an error where it cannot be built: Lineside then runs on wasm, and the log says what would help. */
export async function provisionEngine(log) {
  const sources = bindingSources();
  const hasLibraries = stampOf(dependencies) === wheel.sha256;
  if (hasLibraries && stampOf(path.dirname(bindingFile)) === digest(sources)) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    giveUp(`no TensorFlow library is known for ${process.platform} on ${process.arch}`, log);
    return;
  }
  try {
    if (!(await hasTools(log))) {
      giveUp('these tools are needed to set TensorFlow up', log);
      return;
    }
    if (!hasLibraries) {
      const file = await downloadWheel(log);
      log('engine: unpacking');
      await unpackLibraries(file);
      rmSync(downloads, { recursive: true, force: true });
    }
    log('engine: compiling the binding (about 10 seconds)');
    await compileBinding(sources);
    rmSync(gaveUp, { force: true });
    log('engine: TensorFlow is ready');
  } catch (error) {
    giveUp(error.message, log);
  }
}

/** Whether an earlier set-up ended without TensorFlow: then it is not tried again at each start. */
export function isGivenUp() {
  return existsSync(gaveUp);
}

function giveUp(reason, log) {
  log(`engine: ${reason}`);
  log('engine: going on without TensorFlow, with wasm, which is slower. `npm run setup` tries again.');
  mkdirSync(path.dirname(gaveUp), { recursive: true });
  writeFileSync(gaveUp, `${reason}\n`);
}

function stampOf(folder) {
  const file = path.join(folder, 'stamp');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** File name and text of each source of the binding, as it is to be compiled. */
function bindingSources() {
  const read = (name) => readFileSync(path.join(bindingPackage, 'binding', name), 'utf8');
  return { 'tfjs_backend.cc': patchBinding(read('tfjs_backend.cc')), 'tfjs_binding.cc': read('tfjs_binding.cc') };
}

function digest(sources) {
  return createHash('sha256')
    .update(JSON.stringify([wheel.sha256, compilerFlags, sources]))
    .digest('hex');
}

async function hasTools(log) {
  const packages = [
    ...(works('g++', ['--version']) ? [] : ['g++']),
    ...(works('python3', ['--version']) ? [] : ['python3']),
    ...(works('python3', ['-m', 'pip', '--version']) ? [] : ['python3-pip']),
  ];
  return packages.length === 0 || provisionSystemPackages(packages, 'engine (compiler and Python)', log);
}

async function downloadWheel(log) {
  const found = () =>
    existsSync(downloads) &&
    readdirSync(downloads).find((name) => name.startsWith('tensorflow_cpu') && name.endsWith('.whl'));
  const isGood = async (name) => (await sha256(path.join(downloads, name))) === wheel.sha256;
  const kept = found();
  if (kept && (await isGood(kept))) return path.join(downloads, kept);

  rmSync(downloads, { recursive: true, force: true });
  const unfinished = path.join(downloads, 'unfinished');
  mkdirSync(unfinished, { recursive: true });
  log(`engine: downloading TensorFlow ${wheel.version} (${wheel.megabytes} MB)`);
  const watch = () => {
    const megabytes = Math.min(wheel.megabytes, Math.round(folderBytes(unfinished) / 1e6));
    log(
      `engine: downloading, ${Math.round((100 * megabytes) / wheel.megabytes)} % (${megabytes} of ${wheel.megabytes} MB)`,
    );
  };
  const interpreter = ['--only-binary=:all:', '--python-version', '311', '--platform', 'manylinux_2_27_x86_64'];
  await runProgram(
    'python3',
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      ...interpreter,
      '--dest',
      downloads,
      `${wheel.name}==${wheel.version}`,
    ],
    { watch, env: { TMPDIR: unfinished, PIP_DISABLE_PIP_VERSION_CHECK: '1' } },
  );
  rmSync(unfinished, { recursive: true, force: true });
  const name = found();
  if (!name || !(await isGood(name))) {
    rmSync(downloads, { recursive: true, force: true });
    throw new Error(`the downloaded ${wheel.name} ${wheel.version} is not the file that was tested (SHA-256 differs)`);
  }
  return path.join(downloads, name);
}

/** Unpacks beside the place and renames, so that the libraries are there whole or not at all. */
async function unpackLibraries(wheelFile) {
  const beside = `${dependencies}.${process.pid}.new`;
  const libraries = path.join(beside, 'lib');
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(libraries, { recursive: true });
  try {
    await runProgram('python3', ['-c', unpackProgram, wheelFile, path.join(beside, 'include'), libraries]);
    symlinkSync('libtensorflow_cc.so.2', path.join(libraries, 'libtensorflow.so'));
    symlinkSync('libtensorflow_framework.so.2', path.join(libraries, 'libtensorflow_framework.so'));
    writeFileSync(path.join(beside, 'stamp'), wheel.sha256);
    rmSync(dependencies, { recursive: true, force: true });
    renameSync(beside, dependencies);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Takes two libraries and the C headers out of the wheel (a zip); Python reads it, as pip has needed it already. */
const unpackProgram = `
import os, re, shutil, sys, zipfile
wheel, include, libraries = sys.argv[1:]
headers = re.compile(r'tensorflow/include/(tensorflow/c/.*|tensorflow/core/platform/ctstring.*\\.h|tsl/platform/ctstring.*\\.h|xla/tsl/c/.*)')
wanted = {'tensorflow/libtensorflow_cc.so.2': libraries, 'tensorflow/libtensorflow_framework.so.2': libraries}
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename in wanted:
            target = os.path.join(wanted[entry.filename], os.path.basename(entry.filename))
        elif headers.fullmatch(entry.filename) and not entry.is_dir():
            target = os.path.join(include, entry.filename[len('tensorflow/include/'):])
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(entry) as source, open(target, 'wb') as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
`;

async function compileBinding(sources) {
  const work = mkdtempSync(path.join(tmpdir(), 'lineside-binding-'));
  const beside = `${bindingFile}.${process.pid}.new`;
  try {
    mkdirSync(path.dirname(bindingFile), { recursive: true });
    for (const [name, text] of Object.entries(sources)) writeFileSync(path.join(work, name), text);
    const headers = [
      path.join(root, 'node_modules', 'node-api-headers', 'include'),
      path.join(dependencies, 'include'),
      path.join(bindingPackage, 'binding'),
      bindingPackage,
    ];
    await runProgram('g++', [
      ...compilerFlags,
      ...headers.flatMap((folder) => ['-I', folder]),
      ...Object.keys(sources).map((name) => path.join(work, name)),
      ...['-o', beside, `-L${path.join(dependencies, 'lib')}`, '-ltensorflow', '-ltensorflow_framework'],
      '-Wl,-rpath,$ORIGIN/../deps/lib',
    ]);
    renameSync(beside, bindingFile);
    writeFileSync(path.join(path.dirname(bindingFile), 'stamp'), digest(sources));
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(beside, { force: true });
  }
}
