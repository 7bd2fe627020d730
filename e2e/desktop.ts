import type { ElectronApplication } from 'playwright-core';

/** Stands in for what lies outside of the app: the system's question boxes and notifications, and whether it may sleep. */
export interface DesktopWatch {
  /** Which button of the next question boxes is pressed. */
  readonly answerWith: (button: number) => Promise<void>;
  /** The questions asked so far. */
  readonly asked: () => Promise<readonly string[]>;
  /** Titles of the notifications so far. */
  readonly told: () => Promise<readonly string[]>;
  /** Whether the computer is kept from going to sleep. */
  readonly isAwake: () => Promise<boolean>;
  /** Closes the window as its button does. */
  readonly closeWindow: () => Promise<void>;
}

interface Seen {
  readonly asked: string[];
  readonly told: string[];
  button: number;
}

type Main = typeof globalThis & { seen: Seen };

/** The system's parts are replaced in main; a window in front of everything would get no notifications. */
export async function watchDesktop(app: ElectronApplication): Promise<DesktopWatch> {
  await app.evaluate(({ dialog, Notification, BrowserWindow }) => {
    const seen: Seen = { asked: [], told: [], button: 0 };
    (globalThis as Main).seen = seen;
    Object.assign(dialog, {
      showMessageBox: (_window: unknown, { message }: { message: string }) => {
        seen.asked.push(message);
        return Promise.resolve({ response: seen.button, checkboxChecked: false });
      },
    });
    Object.assign(Notification, { isSupported: () => true });
    Notification.prototype.show = function show(this: { readonly title: string }) {
      seen.told.push(this.title);
    };
    for (const window of BrowserWindow.getAllWindows()) Object.assign(window, { isFocused: () => false });
  });
  return {
    answerWith: (button) =>
      app.evaluate((_electron, pressed) => {
        (globalThis as Main).seen.button = pressed;
      }, button),
    asked: () => app.evaluate(() => (globalThis as Main).seen.asked),
    told: () => app.evaluate(() => (globalThis as Main).seen.told),
    isAwake: () =>
      app.evaluate(({ powerSaveBlocker }) =>
        Array.from({ length: 100 }, (_, id) => id).some((id) => powerSaveBlocker.isStarted(id)),
      ),
    // Later, as this very call has no answer once the app is gone.
    closeWindow: () =>
      app.evaluate(({ BrowserWindow }) => {
        setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 50);
      }),
  };
}
