import { build } from './build.mjs';

/** Before the tests: the decode worker and the command line run as bundles in tests too. */
export async function setup() {
  await build();
}
