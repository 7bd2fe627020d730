import { contract, type Handlers, type Method } from '../../shared/contract';
import { openEngine } from './engine/engine';

const missing = Object.fromEntries(
  (Object.keys(contract) as Method[]).map((method) => [
    method,
    async () => {
      throw new Error(`${method} is being built`);
    },
  ]),
) as unknown as Handlers;

export const handlers: Handlers = {
  ...missing,
  'engine.describe': async () => (await openEngine()).describe(),
};
