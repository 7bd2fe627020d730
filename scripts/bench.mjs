/**
 * `npm run bench`: speed and memory, as ratios against a peer in the same run. With `--json` one object on stdout, last.
 * The peer of the trainer is PyTorch eager in a virtual environment of its own, made on demand (several GB); that of the app
 * is a bare Electron window. The export's program has none: its memory must not grow over 10,000 pictures (or as many as
 * `--pictures` says). `--only trainer`, `--only app` or `--only export` leaves the other parts out.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setup } from './setup.mjs';
import { root } from './setup/paths.mjs';
import { bundleDriver, onScreen } from './setup/screen.mjs';

const asJson = process.argv.includes('--json');
const say = (text) => process.stderr.write(`${text}\n`);
const bccd = process.env.LINESIDE_BCCD ?? path.resolve(root, '../shared/data/bccd');
const venv = path.join(root, '.cache', 'peer-venv');
const rounds = 3;

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const wanted = (part) => only === undefined || only === part;

await setup(['engine', 'baseModel']);
const { build } = await import('./build.mjs');
await build();
const ours = await bundleDriver('bench/trainingStep.ts');
const results = {
  ...(wanted('trainer') && { trainingStep: await trainingStep(), ...(await mainJob()) }),
  ...(wanted('app') && { app: await appBench() }),
  ...(wanted('export') && { exportSample: await exportBench() }),
};
if (asJson) process.stdout.write(`${JSON.stringify(results)}\n`);
else print(results);

/** Start, memory and smoothness of the whole app, on the screen that there is or a virtual one. */
async function appBench() {
  say('the app: five starts, then a training that is watched');
  await setup();
  const { buildAll } = await import('./buildAll.mjs');
  await buildAll();
  const [program, ...args] = onScreen([process.execPath, await bundleDriver('bench/app.ts')]);
  return lastJson((await run(program, args)).out);
}

/** The Node program of a package on a folder of many pictures. */
async function exportBench() {
  const at = process.argv.indexOf('--pictures');
  const count = at > 0 ? process.argv[at + 1] : '10000';
  say(`the program of an exported package: ${count} pictures`);
  return lastJson((await run(process.execPath, [await bundleDriver('bench/exportSample.ts'), count])).out);
}

/** Ours and the peer in turn, so that a machine whose speed drifts is the same for both; the middle ratio counts. */
async function trainingStep() {
  await providePeer();
  const python = path.join(venv, 'bin', 'python');
  const pairs = [];
  for (let round = 1; round <= rounds; round++) {
    say(`training step, ${round} of ${rounds}: Lineside, then PyTorch`);
    const own = await run(process.execPath, [ours, '8', '3', '15']);
    const step = ['bench/peer/train_step.py', '--batch', '8', '--classes', '3', '--steps', '15'];
    const peer = await run(python, step);
    pairs.push({ own: lastJson(own.out), peer: lastJson(peer.out) });
  }
  pairs.sort((a, b) => ratioOf(a) - ratioOf(b));
  const middle = pairs[Math.floor(rounds / 2)];
  return {
    imagesPerSecond: middle.own.imagesPerSecond,
    peerImagesPerSecond: middle.peer.imagesPerSecond,
    ratio: ratioOf(middle),
    ratios: pairs.map(ratioOf),
    peakBytes: middle.own.peakBytes,
    peerPeakBytes: middle.peer.peakBytes,
    peer: `PyTorch ${middle.peer.torch} eager, ${middle.peer.layout}, ${middle.peer.threads} threads`,
  };
}

function ratioOf({ own, peer }) {
  return own.imagesPerSecond / peer.imagesPerSecond;
}

async function providePeer() {
  if (existsSync(path.join(venv, 'ready'))) return;
  say('making the virtual environment of the peer (PyTorch, several GB)');
  await run('python3', ['-m', 'venv', venv]);
  await run(path.join(venv, 'bin', 'pip'), ['install', '--quiet', '-r', 'bench/peer/requirements.txt']);
  writeFileSync(path.join(venv, 'ready'), '');
}

/** Import, finding the rate, and evaluation on BCCD, each with its time and its largest resident memory. */
async function mainJob() {
  if (!existsSync(bccd)) {
    say('BCCD is not there: import, LR finder and evaluation are left out (set LINESIDE_BCCD)');
    return {};
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'lineside-bench-'));
  const project = path.join(folder, 'project');
  const lineside = async (...args) => {
    say(`lineside ${args[0]}`);
    const command = [path.join(root, 'out', 'lineside.cjs'), ...args, '--project', project, '--json'];
    const { seconds, peakBytes, out } = await run(process.execPath, command, [0, 1]);
    return { seconds, peakBytes, json: lastJson(out) };
  };
  try {
    const imported = await lineside('import', '--data', bccd, '--keep-going');
    const finder = await lineside('find-lr');
    const training = await lineside('train', '--epochs', '1', '--batch-size', '16', '--learning-rate', '0.001');
    const evaluation = await lineside('evaluate');
    const { seconds, peakBytes } = imported;
    return {
      import: { seconds, imagesPerSecond: imported.json.images / seconds, peakBytes },
      lrFinder: { seconds: finder.json.seconds ?? finder.seconds, peakBytes: finder.peakBytes },
      trainingRound: { seconds: training.seconds, peakBytes: training.peakBytes },
      evaluation: { seconds: evaluation.seconds, peakBytes: evaluation.peakBytes },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end; peak memory from the kernel's own count, read while it runs. */
function run(program, args, goodCodes = [0]) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err, peakBytes] = ['', '', 0];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err = (err + text).slice(-4000)));
    const watch = setInterval(() => (peakBytes = Math.max(peakBytes, highWater(child.pid))), 100);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      if (goodCodes.includes(code)) resolve({ out, peakBytes, seconds: (performance.now() - started) / 1000 });
      else reject(new Error(`${path.basename(program)} ${args[0]} ended with ${code}:\n${err}`));
    });
  });
}

function highWater(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function lastJson(text) {
  return JSON.parse(text.trim().split('\n').at(-1));
}

function print({ app, exportSample, ...trainer }) {
  const table = [['what', 'Lineside', 'peer', 'ratio'], ...(trainer.trainingStep ? trainerRows(trainer) : [])];
  if (app) table.push(...appRows(app));
  if (exportSample) table.push(...exportRows(exportSample));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
  const step = trainer.trainingStep;
  if (!step) return;
  const ratios = step.ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  console.log(`The peer is ${step.peer}. Ratios of the ${rounds} rounds: ${ratios}.`);
}

function appRows(app) {
  return [
    [
      'app: start to a usable screen',
      `${app.startSeconds.toFixed(2)} s`,
      `${app.peerStartSeconds.toFixed(2)} s (bare window)`,
      `${app.startRatio.toFixed(2)}×`,
    ],
    [
      '  its memory when idle, all processes',
      gigabytes(app.idleBytes),
      gigabytes(app.peerIdleBytes),
      `${(app.idleBytes / app.peerIdleBytes).toFixed(2)}×`,
    ],
    ['  tasks over 50 ms while it trains', `${app.longTasks}, longest ${app.longestTaskMs.toFixed(0)} ms`, '', ''],
    ['  frame to frame, 95th percentile', `${app.frameMs95.toFixed(0)} ms over ${app.metrics} steps`, '', ''],
  ];
}

function exportRows({ pictures, seconds, settledBytes, endBytes, peakBytes }) {
  const growth = `${((endBytes - settledBytes) / 1e6).toFixed(0)} MB`;
  return [
    [`export: Node program, ${pictures} pictures`, `${(pictures / seconds).toFixed(1)} images/s`, '', ''],
    ['  its memory after 1,000, and at the end', `${gigabytes(settledBytes)}, ${gigabytes(endBytes)}`, '', growth],
    ['  its largest memory', gigabytes(peakBytes), '', ''],
  ];
}

function trainerRows({ trainingStep: step, ...others }) {
  return [
    [
      'training step, SSDLite 300, batch 8',
      `${step.imagesPerSecond.toFixed(1)} images/s`,
      `${step.peerImagesPerSecond.toFixed(1)} images/s`,
      `${step.ratio.toFixed(2)}×`,
    ],
    ['  its largest memory', gigabytes(step.peakBytes), gigabytes(step.peerPeakBytes), ''],
    ...Object.entries(others).map(([name, { seconds, peakBytes }]) => [
      `${name} (BCCD)`,
      `${seconds.toFixed(1)} s, ${gigabytes(peakBytes)}`,
      '',
      '',
    ]),
  ];
}

function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
