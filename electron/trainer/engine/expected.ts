import { existsSync } from 'node:fs';
import type { EngineInfo } from '../../../shared/contract';
import { resourcePath } from './resources';

let opened: EngineInfo['name'] | undefined;

/** The engine that computes in this process; before one is opened, that which will be unless it does not start: for plans. */
export function expectedEngine(): EngineInfo['name'] {
  if (opened !== undefined) return opened;
  return process.env['LINESIDE_ENGINE'] === 'wasm' || !existsSync(tensorflowBinding()) ? 'wasm' : 'tensorflow';
}

/** To be told once an engine has started. */
export function hasOpened(name: EngineInfo['name']): void {
  opened = name;
}

export function tensorflowBinding(): string {
  return resourcePath('engine', 'tensorflow', 'lib', 'tfjs_binding.node');
}
