/**
 * `npm test`: everything that must hold before a change lands: set-up, build, types, lint, tests, and the app's own tests in
 * e2e/. The last line says how many passed; type and lint errors count as one failure each.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setup } from './setup.mjs';
import { root } from './setup/paths.mjs';

const results = path.join(root, 'test-results');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);

await setup();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const { build } = await import('./build.mjs');
await build();

const counts = { passed: 0, failed: 0, skipped: 0 };
// Each takes one core: the slow one beside all others.
await Promise.all([
  runCheck('eslint', bin('eslint'), ['--max-warnings', '0', '.']),
  inTurn(
    ['types, Node', bin('tsc'), ['-p', 'tsconfig.node.json']],
    ['types, page', bin('tsc'), ['-p', 'tsconfig.web.json']],
    ['prettier', bin('prettier'), ['--check', '.']],
    ['import boundaries', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'electron', 'renderer', 'shared']],
    ['dead code', bin('knip'), []],
  ),
]);
runTests('tests', [bin('vitest'), 'run']);
if (hasAppTests()) runTests('app', [process.execPath, 'scripts/e2e.mjs']);

const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function run(title, program, args) {
  console.log(`\n== ${title}`);
  const started = performance.now();
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  report(title, status, started);
  return status === 0;
}

function report(title, status, started) {
  console.log(`${title}: ${status === 0 ? 'good' : 'FAILED'}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function inTurn(...checks) {
  for (const check of checks) await runCheck(...check);
}

/** What it prints appears once it has ended, as others run beside it. */
async function runCheck(title, program, args) {
  const started = performance.now();
  const { status, output } = await new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    const end = (status, text = '') => resolve({ status, output: Buffer.concat(chunks).toString() + text });
    child.on('error', ({ message }) => end(1, message));
    child.on('close', (code) => end(code));
  });
  console.log(`\n== ${title}\n${output.trimEnd()}`.trimEnd());
  report(title, status, started);
  counts[status === 0 ? 'passed' : 'failed']++;
}

function runTests(title, command) {
  const report = path.join(results, `${title}.json`);
  const [program, ...args] = [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  addReport(run(title, program, args), report);
}

function hasAppTests() {
  const folder = path.join(root, 'e2e');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.e2e.ts'));
}

/** A runner that failed without a failed test (a crash, an error outside tests) counts as one. */
function addReport(isGood, file) {
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  counts.passed += numPassedTests;
  counts.failed += numFailedTests + (isGood || numFailedTests > 0 ? 0 : 1);
  counts.skipped += numPendingTests + numTodoTests;
}
