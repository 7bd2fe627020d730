import type {} from 'electron';
import { portOverEmitter } from '../../shared/messagePort';
import { serve } from '../../shared/rpc';
import { toTrainer, type AllowedPaths, type FromTrainer } from '../../shared/trainerHostMessages';
import { refuseNetwork } from './refuseNetwork';
import { guard } from './server';

/** Entry of the trainer's process: says that it is ready, then serves the contract on each port that main hands over. */

let allowed: AllowedPaths = { projects: [], picked: [] };

async function start(): Promise<void> {
  refuseNetwork();
  const { handlers } = await import('./pipeline');
  const guarded = guard(handlers, { allowed: () => allowed, onJob: (running) => tell({ type: 'job', running }) });
  process.parentPort.on('message', ({ data, ports }) => {
    const message = toTrainer.parse(data);
    if (message.type === 'allow') {
      allowed = message.paths;
      tell({ type: 'allowed', id: message.id });
    } else if (message.type === 'stopJob') guarded.stopJob();
    else if (ports[0]) serve(portOverEmitter(ports[0]), guarded.handlers);
  });
  tell({ type: 'ready' });
}

function tell(message: FromTrainer): void {
  process.parentPort.postMessage(message);
}

void start();
