/**
 * `npm test`: everything that must hold before a change lands: set-up, build, types, lint, tests, and the app's own tests in
 * e2e/. The last line says how many passed; type and lint errors count as one failure each.
 */
import { spawnSync } from 'node:child_process';
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
runCheck('types, Node', bin('tsc'), ['-p', 'tsconfig.node.json']);
runCheck('types, page', bin('tsc'), ['-p', 'tsconfig.web.json']);
runCheck('eslint', bin('eslint'), ['--max-warnings', '0', '.']);
runCheck('prettier', bin('prettier'), ['--check', '.']);
runCheck('import boundaries', bin('depcruise'), [
  '--config',
  '.dependency-cruiser.cjs',
  'electron',
  'renderer',
  'shared',
]);
runCheck('dead code', bin('knip'), []);
runVitest();
if (hasAppTests()) runAppTests();

const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function run(title, program, args, env = {}) {
  console.log(`\n== ${title}`);
  const started = performance.now();
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(error.message);
  console.log(`${title}: ${status === 0 ? 'good' : 'FAILED'}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}

function runCheck(title, program, args) {
  counts[run(title, program, args) ? 'passed' : 'failed']++;
}

function runVitest() {
  const report = path.join(results, 'vitest.json');
  const isGood = run('tests', bin('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  addReport(isGood, report, (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    skipped: json.numPendingTests + json.numTodoTests,
  }));
}

function hasAppTests() {
  const folder = path.join(root, 'e2e');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.spec.ts'));
}

/** scripts/e2e.mjs builds the page, starts Playwright (under Xvfb where there is no display) and writes its JSON report. */
function runAppTests() {
  const report = path.join(results, 'e2e.json');
  const isGood = run('app', process.execPath, ['scripts/e2e.mjs'], { LINESIDE_E2E_REPORT: report });
  addReport(isGood, report, ({ passed, failed, skipped }) => ({ passed, failed, skipped }));
}

/** Adds a runner's own counts; a runner that failed without a failed test (a crash, an error outside tests) counts as one. */
function addReport(isGood, file, read) {
  const found = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0, skipped: 0 };
  counts.passed += found.passed;
  counts.failed += found.failed + (isGood || found.failed > 0 ? 0 : 1);
  counts.skipped += found.skipped;
}
