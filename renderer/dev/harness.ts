import { exported } from './fakeData';
import { handleMain } from './fakeMain';
import { handleTrainer, type TrainerMessage } from './fakeTrainer';
import type { MainReply, PreloadSurface, TrainerState } from '../../shared/bridge';

/** Stands in for the preload script, so that every screen can be looked at in an ordinary browser. */
const surface: PreloadSurface = {
  invoke: (method, input) => handleMain(method, input),
  requestTrainerPort: (token): Promise<MainReply> => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }) => handleTrainer(port2, data as TrainerMessage);
    window.postMessage({ lineside: 'trainerPort', token }, window.location.origin, [port1]);
    return Promise.resolve({ ok: true, output: {} });
  },
  acceptDropped: () => handleMain('dialog.pickPictures', {}),
  onTrainerState: (listener: (state: TrainerState) => void) => {
    listener('ready');
    return () => {};
  },
};

Object.defineProperty(window, 'lineside', { value: surface });
const { useStore } = await import('../store/store');
Object.defineProperty(window, 'lookAt', { value: useStore });
Object.defineProperty(window, 'exportedFake', { value: exported });
await import('../main');
