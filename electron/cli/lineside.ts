import { runCli } from './program';

/** The program `lineside`. */
async function main(): Promise<void> {
  // Libraries talk on stdout too, which belongs to results.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  // A reader that has seen enough (`lineside … | head`) is no error.
  process.stdout.on('error', () => process.exit(0));

  const exitCode = await runCli(process.argv.slice(2), {
    loadPipeline: () => import('../trainer/pipeline'),
    workingFolder: process.cwd(),
    stdout: (text) => process.stdout.write(text),
    terminal: {
      isTTY: process.stderr.isTTY,
      write: (text) => process.stderr.write(text),
      now: () => performance.now() / 1000,
    },
  });
  // Engines keep threads that would hold the process.
  process.stdout.write('', () => process.exit(exitCode));
}

void main();
