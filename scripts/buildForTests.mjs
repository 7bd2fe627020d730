import { build } from './build.mjs';
import { provisionTestPython } from './setup/python.mjs';

/** Before the tests: the decode worker and the command line run as bundles in tests too, exported models in Python. */
export async function setup() {
  const [python] = await Promise.all([provisionTestPython(), build()]);
  if (python !== undefined) process.env.LINESIDE_PYTHON = python;
}
