/**
 * The TensorFlow engine: Google's library out of the PyPI wheel, and the package's own binding compiled against it
 * (docs/decisions/0002). The result in resources/engine/tensorflow:
 *
 *   lib/tfjs_binding.node                       finds the libraries by its RUNPATH, $ORIGIN/../deps/lib
 *   deps/lib/libtensorflow{,_framework}.so      links to the two libraries beside them
 *   deps/include/                               the C headers
 *   stamp.json                                  what it was made from
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { downloads, resources, root } from './paths.mjs';
import { folderBytes, runProgram, sha256, works } from './shell.mjs';
import { provisionSystemPackages } from './systemPackages.mjs';

const wheel = {
  name: 'tensorflow-cpu',
  version: '2.21.0',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  megabytes: 268,
};
/** Counted up when the way of building changes. */
const recipe = 1;

const target = path.join(resources, 'engine', 'tensorflow');
const bindingPackage = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

/** Goes on without an error where it cannot be built: Lineside then runs on wasm, and the log says what would help. */
export async function provisionEngine(log) {
  if (isUpToDate()) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    log(
      `engine: no TensorFlow library is known for ${process.platform} on ${process.arch}: Lineside will calculate with wasm, which is slower`,
    );
    return;
  }
  try {
    if (!(await hasTools(log))) {
      log('engine: going on without TensorFlow: Lineside will calculate with wasm, which is slower');
      return;
    }
    const file = await downloadWheel(log);
    await buildEngine(file, log);
    rmSync(downloads, { recursive: true, force: true });
    log('engine: TensorFlow is ready');
  } catch (error) {
    log(`engine: ${error.message}`);
    log(
      'engine: TensorFlow could not be set up: Lineside will calculate with wasm, which is slower. Run `npm run setup` to try again.',
    );
  }
}

export function isUpToDate() {
  const file = path.join(target, 'stamp.json');
  return existsSync(file) && readFileSync(file, 'utf8') === stamp();
}

/** What the engine is made from, as text. */
export function stamp() {
  const bindingVersion = JSON.parse(readFileSync(path.join(bindingPackage, 'package.json'), 'utf8')).version;
  return `${JSON.stringify({ wheel: wheel.sha256, binding: bindingVersion, recipe })}\n`;
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

/** Builds beside the target and renames, so that an engine is there whole or not at all. */
async function buildEngine(wheelFile, log) {
  const beside = `${target}.${process.pid}.new`;
  rmSync(beside, { recursive: true, force: true });
  const include = path.join(beside, 'deps', 'include');
  const libraries = path.join(beside, 'deps', 'lib');
  mkdirSync(path.join(beside, 'lib'), { recursive: true });
  try {
    log('engine: unpacking');
    await runProgram('python3', ['-c', unpackProgram, wheelFile, include, libraries]);
    symlinkSync('libtensorflow_cc.so.2', path.join(libraries, 'libtensorflow.so'));
    symlinkSync('libtensorflow_framework.so.2', path.join(libraries, 'libtensorflow_framework.so'));
    log('engine: compiling the binding (about 10 seconds)');
    await runProgram(
      'g++',
      compilerArguments({ include, libraries, output: path.join(beside, 'lib', 'tfjs_binding.node') }),
    );
    writeFileSync(path.join(beside, 'stamp.json'), stamp());
    rmSync(target, { recursive: true, force: true });
    renameSync(beside, target);
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

function compilerArguments({ include, libraries, output }) {
  const binding = path.join(bindingPackage, 'binding');
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'],
    ...['-I', path.join(root, 'node_modules', 'node-api-headers', 'include'), '-I', include, '-I', bindingPackage],
    ...[path.join(binding, 'tfjs_backend.cc'), path.join(binding, 'tfjs_binding.cc'), '-o', output],
    ...[`-L${libraries}`, '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../deps/lib'],
  ];
}
