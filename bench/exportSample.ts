import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { exportResult } from '../shared/contract';
import { unzip } from '../electron/trainer/export/unzip.testing';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';

/**
 * Memory of the Node program of an exported package while it looks at a folder of many pictures: `exportSample.ts COUNT`.
 * A few drawn pictures are repeated as hard links. Prints one JSON object. Started by scripts/bench.mjs.
 */
const root = path.resolve(__dirname, '..');
/** Caches and the engine's arena are full by then. */
const settled = 1000;

interface Report {
  readonly pictures: number;
  readonly seconds: number;
  /** Resident memory after the first 1,000 pictures, and after the last. */
  readonly settledBytes: number;
  readonly endBytes: number;
  readonly peakBytes: number;
}

async function main(count: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lineside-sample-'));
  try {
    const program = await unpackSample(folder);
    const pictures = await repeat(path.join(folder, 'project', 'images'), path.join(folder, 'many'), count);
    process.stdout.write(`${JSON.stringify(await watch(program, pictures))}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A detector after one round, exported for any computer and unpacked. @returns path of its detect.js */
async function unpackSample(folder: string): Promise<string> {
  const project = path.join(folder, 'project');
  await makeMiniProject(project, { train: 8, validation: 4, test: 4 });
  const lineside = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [path.join(root, 'out', 'lineside.cjs'), ...args, '--project', project, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  lineside('train', '--learning-rate', '0.005', '--batch-size', '4', '--epochs', '1');
  const { bundles } = exportResult.parse(JSON.parse(lineside('export', '--for', 'computer')));
  for (const [name, bytes] of await unzip(path.join(project, bundles[0]?.path ?? ''))) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  const sample = path.join(folder, 'lineside-computer', 'node');
  await symlink(path.join(root, 'node_modules'), path.join(sample, 'node_modules'));
  return path.join(sample, 'detect.js');
}

async function repeat(from: string, to: string, count: number): Promise<string> {
  await mkdir(to);
  const names = await readdir(from);
  for (let index = 0; index < count; index++) {
    const name = names[index % names.length] as string;
    await link(path.join(from, name), path.join(to, `${index}${path.extname(name)}`));
  }
  return to;
}

async function watch(program: string, pictures: string): Promise<Report> {
  const started = performance.now();
  const child = spawn(process.execPath, [program, pictures, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const memory = async (what: 'VmRSS' | 'VmHWM'): Promise<number> => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return 1024 * Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1]);
  };
  let [done, settledBytes, endBytes, peakBytes] = [0, 0, 0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === '') continue;
    done++;
    if (done === settled) settledBytes = await memory('VmRSS');
    if (done % 100 !== 0) continue;
    try {
      [endBytes, peakBytes] = [await memory('VmRSS'), await memory('VmHWM')];
    } catch {
      // The last lines are read after the program has ended: the figures before them stand.
    }
  }
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`the sample program ended with ${code} after ${done} pictures`);
  return { pictures: done, seconds: (performance.now() - started) / 1000, settledBytes, endBytes, peakBytes };
}

void main(Number(process.argv[2]));
