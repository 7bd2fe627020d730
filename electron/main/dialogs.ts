import { dialog, type BrowserWindow } from 'electron';
import { z } from 'zod';
import type { DesktopTexts } from '../../shared/mainContract';

/** The system's own windows that ask for a file or a decision. */
export interface Dialogs {
  /** undefined when the operator closed it. */
  readonly pickFolder: (title: string | undefined) => Promise<string | undefined>;
  readonly pickFile: (title: string | undefined) => Promise<string | undefined>;
  readonly pickPictures: (title: string | undefined) => Promise<readonly string[]>;
  /** True when the operator would rather lose the running job. */
  readonly confirmClose: () => Promise<boolean>;
}

const pictureSuffixes = ['jpg', 'jpeg', 'jfif', 'png', 'webp', 'bmp', 'tif', 'tiff'];

/** English, for the moment before the page has said in which language it speaks. */
export const initialTexts: DesktopTexts = {
  closeTitle: 'Lineside is still at work',
  closeMessage: 'What is done so far is kept, and it can go on later.',
  keepWorking: 'Keep working',
  stopAndClose: 'Stop and close',
  pickFolder: 'Choose a folder',
  pickPictures: 'Choose pictures',
  pictures: 'Pictures',
};

export function createDialogs(window: () => BrowserWindow, texts: () => DesktopTexts): Dialogs {
  return {
    pickFolder: async (title) => {
      const { filePaths } = await dialog.showOpenDialog(window(), {
        title: title ?? texts().pickFolder,
        properties: ['openDirectory', 'createDirectory'],
      });
      return filePaths[0];
    },
    pickFile: async (title) => {
      const { filePaths } = await dialog.showOpenDialog(window(), {
        ...(title !== undefined && { title }),
        properties: ['openFile'],
      });
      return filePaths[0];
    },
    pickPictures: async (title) => {
      const { filePaths } = await dialog.showOpenDialog(window(), {
        title: title ?? texts().pickPictures,
        properties: ['openFile', 'multiSelections'],
        filters: [{ name: texts().pictures, extensions: pictureSuffixes }],
      });
      return filePaths;
    },
    confirmClose: async () => {
      const { closeTitle, closeMessage, keepWorking, stopAndClose } = texts();
      const { response } = await dialog.showMessageBox(window(), {
        type: 'question',
        message: closeTitle,
        detail: closeMessage,
        buttons: [keepWorking, stopAndClose],
        defaultId: 0,
        cancelId: 0,
      });
      return response === 1;
    },
  };
}

/**
 * Dialogs that answer by themselves, for tests that drive the app: each takes the next entry of a list.
 * @param script JSON: a path for a folder, a list of paths for pictures, null for "closed"
 */
export function createScriptedDialogs(script: string, real: Dialogs): Dialogs {
  const answers = z
    .array(z.union([z.string(), z.array(z.string()), z.null()]))
    .parse(JSON.parse(script))
    .map((answer) => (answer === null ? [] : [answer].flat()));
  const next = (): readonly string[] => answers.shift() ?? [];
  return {
    pickFolder: () => Promise.resolve(next()[0]),
    pickFile: () => Promise.resolve(next()[0]),
    pickPictures: () => Promise.resolve(next()),
    confirmClose: real.confirmClose,
  };
}
