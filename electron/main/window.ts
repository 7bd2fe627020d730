import { BrowserWindow, screen } from 'electron';
import { z } from 'zod';
import { lockContents } from './security';
import type { Setting } from './settings';

/** The one window: remembers its place, and asks before it closes on running work. */

export const windowPlace = z.object({
  x: z.number().int().exactOptional(),
  y: z.number().int().exactOptional(),
  width: z.number().int().min(1024),
  height: z.number().int().min(640),
  maximized: z.boolean(),
});

export type WindowPlace = z.output<typeof windowPlace>;

export const initialPlace: WindowPlace = { width: 1440, height: 900, maximized: false };

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The remembered place as far as a screen still shows it; a window that no screen shows goes to the middle of one. */
export function placeOnScreen(place: WindowPlace, workAreas: readonly Rectangle[]): WindowPlace {
  const { x, y, ...size } = place;
  const first = workAreas[0];
  const fits = first
    ? { ...size, width: Math.min(size.width, first.width), height: Math.min(size.height, first.height) }
    : size;
  if (x === undefined || y === undefined) return fits;
  const visible = workAreas.some(
    (area) =>
      x < area.x + area.width - 50 && x + size.width > area.x + 50 && y >= area.y && y < area.y + area.height - 50,
  );
  return visible ? { ...fits, x, y } : fits;
}

export interface WindowOptions {
  readonly preload: string;
  readonly place: Setting<WindowPlace>;
  /** Asked each time the window is about to close. False keeps it open. */
  readonly mayClose: () => Promise<boolean>;
  readonly log: (line: string) => void;
}

/** Makes the window, still empty: it shows itself when a page is drawn. */
export async function openWindow({ preload, place, mayClose, log }: WindowOptions): Promise<BrowserWindow> {
  const { maximized, ...bounds } = placeOnScreen(
    await place.read(),
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Lineside',
    backgroundColor: '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  lockContents(window.webContents, log);
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());

  let closing = false;
  window.on('close', (event) => {
    if (closing) return;
    event.preventDefault();
    void (async () => {
      if (!(await mayClose())) return;
      closing = true;
      try {
        await place.write({ ...window.getNormalBounds(), maximized: window.isMaximized() });
      } catch (error) {
        log(`the place of the window could not be kept: ${String(error)}`);
      }
      window.close();
    })();
  });
  return window;
}
