/**
 * `npm run package [-- TARGET …]`: the whole app, engine and base model included, in dist/. Without targets: a folder
 * and a tar.gz for this system. Others: deb, AppImage (electron-builder.yml; some need tools that it says are missing).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setup } from './setup.mjs';
import { findElectron } from './setup/electron.mjs';
import { downloads, root } from './setup/paths.mjs';

/** 9, the default, takes minutes and saves a few percent. */
const compressionLevel = '5';

await setup();
const electron = findElectron();
if (!electron) {
  console.error('Without Electron there is nothing to package (see above).');
  process.exit(1);
}
if (!electron.official) {
  console.error(
    `package: with a repacked Electron ${electron.version}: good for trying it out, not for giving it to others`,
  );
}
const { buildAll } = await import('./buildAll.mjs');
await buildAll();

process.env.ELECTRON_BUILDER_COMPRESSION_LEVEL ??= compressionLevel;
const sevenZip = '/usr/bin/7za';
if (existsSync(sevenZip)) process.env.ELECTRON_BUILDER_7ZIP_PATH ??= sevenZip;

const { build, Platform } = await import('electron-builder');
const asked = process.argv.slice(2);
const files = await build({
  projectDir: root,
  targets: Platform.current().createTarget(asked.length > 0 ? asked : 'dir'),
  publish: 'never',
  config: {
    extends: path.join(root, 'electron-builder.yml'),
    electronVersion: electron.version,
    electronDist: bareElectron(electron.dist),
  },
});
if (asked.length === 0) files.push(archive(path.join(root, 'dist', 'linux-unpacked')));
for (const file of files) console.log(path.relative(root, file));

/** A tar.gz of the folder. electron-builder would pack it with 7-Zip, which it downloads. */
function archive(folder) {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const whole = `${name}-${version}-${process.platform}-${process.arch}`;
  const file = path.join(path.dirname(folder), `${whole}.tar.gz`);
  const { dir, base } = path.parse(folder);
  const rename = ['--transform', `flags=r;s,^${base},${whole},`, '--owner=0', '--group=0'];
  const compress = ['--use-compress-program', `gzip -${compressionLevel}`];
  execFileSync('tar', [...compress, ...rename, '-C', dir, '-cf', `${file}.part`, base], { stdio: 'inherit' });
  renameSync(`${file}.part`, file);
  return file;
}

/** A copy of Electron without what belongs to development only. */
function bareElectron(dist) {
  const bare = path.join(path.dirname(downloads), 'electron', 'bare');
  rmSync(bare, { recursive: true, force: true });
  const left = new Set(['version', 'stamp.txt', path.join('resources', 'default_app.asar')]);
  cpSync(dist, bare, { recursive: true, filter: (source) => !left.has(path.relative(dist, source)) });
  return bare;
}
