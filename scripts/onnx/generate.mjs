/**
 * Makes electron/trainer/export/generated/onnx_pb.ts from the onnx.proto that the PyPI wheel `onnx` carries, and copies
 * the wheel's licence to resources/notices/. Run by hand when the ONNX version below changes:
 *
 *   node scripts/onnx/generate.mjs
 *
 * The result is committed, so that neither a build nor the app needs Python or protoc.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const wheel = {
  version: '1.23.2',
  file: 'onnx-1.23.2-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl',
  sha256: 'c03ecf6b835d136108eeaeeafbd0026fc7b3cf98661409fbc6b63d5a29361348',
};
const generators = ['@bufbuild/buf@1.75.0', '@bufbuild/protoc-gen-es@2.17.0'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'lineside-onnx-'));
const run = (command, args) => execFileSync(command, args, { cwd: work, stdio: 'inherit' });

try {
  const platform = ['--python-version', '311', '--implementation', 'cp', '--platform', 'manylinux_2_28_x86_64'];
  run('python3', [
    '-m',
    'pip',
    'download',
    '-q',
    '--no-deps',
    '--only-binary=:all:',
    ...platform,
    `onnx==${wheel.version}`,
  ]);
  const sum = createHash('sha256')
    .update(readFileSync(join(work, wheel.file)))
    .digest('hex');
  if (sum !== wheel.sha256)
    throw new Error(`${wheel.file} has SHA-256 ${sum}, expected ${wheel.sha256}: do not use it`);
  run('python3', ['-m', 'zipfile', '-e', wheel.file, 'wheel']);

  mkdirSync(join(work, 'proto'));
  copyFileSync(join(work, 'wheel/onnx/onnx.proto'), join(work, 'proto/onnx.proto'));
  writeFileSync(join(work, 'proto/buf.yaml'), 'version: v2\n');
  writeFileSync(
    join(work, 'buf.gen.yaml'),
    'version: v2\nplugins:\n  - local: protoc-gen-es\n    out: out\n    opt: [target=ts, import_extension=none]\n',
  );
  writeFileSync(join(work, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--silent', '--ignore-scripts', ...generators]);
  run('npx', ['buf', 'generate', 'proto']);

  const generated = join(root, 'electron/trainer/export/generated');
  mkdirSync(generated, { recursive: true });
  copyFileSync(join(work, 'out/onnx_pb.ts'), join(generated, 'onnx_pb.ts'));
  execFileSync('npx', ['prettier', '--write', join(generated, 'onnx_pb.ts')], { cwd: root, stdio: 'inherit' });
  const licence = readFileSync(join(work, `wheel/onnx-${wheel.version}.dist-info/licenses/LICENSE`), 'utf8');
  const heading = `onnx.proto (ONNX ${wheel.version}, Copyright (c) ONNX Project Contributors), from which
electron/trainer/export/generated/onnx_pb.ts is generated, is under the licence below.\n\n`;
  mkdirSync(join(root, 'resources/notices'), { recursive: true });
  writeFileSync(join(root, 'resources/notices/onnx.txt'), heading + licence);
} finally {
  rmSync(work, { recursive: true, force: true });
}
