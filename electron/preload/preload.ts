import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { MainReply, PreloadSurface, TrainerState } from '../../shared/bridge';

/** The page's whole door to the computer. It runs sandboxed, so it holds no logic: main checks every sender and input. */
const surface: PreloadSurface = {
  invoke: (method, input) => ipcRenderer.invoke('lineside:main', method, input) as Promise<MainReply>,
  requestTrainerPort: (token) => ipcRenderer.invoke('lineside:trainerPort', token) as Promise<MainReply>,
  acceptDropped: (files) =>
    ipcRenderer.invoke(
      'lineside:dropped',
      files.map((file) => webUtils.getPathForFile(file)),
    ) as Promise<MainReply>,
  onTrainerState: (listener) => {
    let ended = false;
    const onState = (_event: unknown, state: TrainerState): void => listener(state);
    ipcRenderer.on('lineside:trainerState', onState);
    void ipcRenderer.invoke('lineside:trainerStateNow').then((state: TrainerState) => {
      if (!ended) listener(state);
    });
    return () => {
      ended = true;
      ipcRenderer.removeListener('lineside:trainerState', onState);
    };
  },
};

contextBridge.exposeInMainWorld('lineside', surface);

ipcRenderer.on('lineside:trainerPort', (event, token: string) => {
  window.postMessage({ lineside: 'trainerPort', token }, window.location.origin, event.ports);
});
