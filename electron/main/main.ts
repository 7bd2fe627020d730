import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { BrowserWindow } from 'electron';
import {
  app,
  Menu,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  session,
  shell,
  type MessagePortMain,
} from 'electron';
import { LinesideError } from '../../shared/errors';
import type { DesktopTexts } from '../../shared/mainContract';
import type { Said } from '../../shared/said';
import { refuseNetwork } from '../trainer/refuseNetwork';
import { appOrigin, serveApp } from './appProtocol';
import { createDialogs, createScriptedDialogs, initialTexts } from './dialogs';
import { createGrants } from './grants';
import { acceptPicked, createHandlers, createProjectSession, type Desktop } from './handlers';
import { imageScheme, serveImage } from './imageProtocol';
import { registerIpc, sendTrainerState } from './ipc';
import { createRecents } from './recents';
import { lockSession, quietSwitches } from './security';
import { createSetting } from './settings';
import { createThumbnailer } from './thumbnailer';
import { createTrainerHost } from './trainerHost';
import { createOwnClient, forkTrainer } from './trainerProcess';
import { initialPlace, openWindow, windowPlace } from './window';

/** Entry of the main process: puts the parts together. What they do is in the files beside this one. */

const log = (line: string): void => console.error(`lineside: ${line}`);

/** How long a job gets to stop in good order when the operator closes the window. */
const stopWithinMs = 10_000;

refuseNetwork();
for (const [name, value] of quietSwitches) app.commandLine.appendSwitch(name, value);
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  {
    scheme: imageScheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true },
  },
]);
// Switched off only by root (npm start, tests), for whom Chromium has no sandbox.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();

let window: BrowserWindow | undefined;
let texts: DesktopTexts = initialTexts;
let awake: number | undefined;

/** No sleep while a job runs; the screen may go dark. */
function keepAwake(busy: boolean): void {
  if (busy && awake === undefined) awake = powerSaveBlocker.start('prevent-app-suspension');
  if (!busy && awake !== undefined) {
    powerSaveBlocker.stop(awake);
    awake = undefined;
  }
}

const grants = createGrants();
const projects = createProjectSession();

const desktop: Desktop = {
  describe: () => ({
    version: app.getVersion(),
    platform: process.platform,
    locale: app.getLocale(),
    packaged: app.isPackaged,
  }),
  setTexts: (spoken) => {
    texts = spoken;
  },
  setTheme: (theme) => {
    nativeTheme.themeSource = theme;
  },
  notify: (title, body) => {
    if (window?.isFocused() || !Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    notification.on('click', () => window?.show());
    notification.show();
  },
  reveal: (file) => shell.showItemInFolder(file),
  openFile: async (file) => {
    const refusal = await shell.openPath(file);
    if (refusal === '') return;
    const said: Said = { code: 'wontOpen', values: { file: path.basename(file) } };
    throw new LinesideError('badInput', `${file} cannot be opened: ${refusal}`, { said });
  },
  get defaultParent() {
    return path.join(app.getPath('documents'), 'Lineside');
  },
  now: () => new Date(),
  newToken: randomUUID,
};

async function run(): Promise<void> {
  lockSession(session.defaultSession, { devTools: !app.isPackaged, log });
  setMenu();

  const trainer = createTrainerHost<MessagePortMain>({
    fork: () =>
      forkTrainer({
        entry: path.join(__dirname, 'trainer.cjs'),
        resources: app.isPackaged ? process.resourcesPath : undefined,
        log,
      }),
    allowed: grants.list,
    onState: (state) => sendTrainerState(window?.webContents, state),
    onBusy: keepAwake,
    log,
  });
  app.on('will-quit', trainer.stop);

  const thumbnailer = createThumbnailer(createOwnClient(trainer));
  const sources = { openProject: projects.current, grants, render: thumbnailer, log };
  protocol.handle('app', ({ url }) => serveApp(path.join(__dirname, 'renderer'), url));
  protocol.handle(imageScheme, ({ url }) => serveImage(sources, url));

  const realDialogs = createDialogs(
    () => window ?? raise('the window is not open yet'),
    () => texts,
  );
  const script = app.isPackaged ? undefined : process.env['LINESIDE_E2E_FOLDERS'];
  const dialogs = script === undefined ? realDialogs : createScriptedDialogs(script, realDialogs);

  registerIpc({
    handlers: createHandlers({
      desktop,
      dialogs,
      grants,
      recents: createRecents(app.getPath('userData')),
      session: projects,
      shareAllowed: trainer.shareAllowed,
      ensureStopped: trainer.ensureStopped,
    }),
    acceptDropped: async (paths) => {
      const items = await Promise.all(paths.map((file) => acceptPicked(grants, file)));
      await trainer.shareAllowed();
      return items;
    },
    trainer,
    log,
  });

  window = await openWindow({
    preload: path.join(__dirname, 'preload.cjs'),
    place: createSetting(path.join(app.getPath('userData'), 'window.json'), windowPlace, initialPlace),
    mayClose: async () => {
      if (!trainer.busy()) return true;
      if (!(await dialogs.confirmClose())) return false;
      await trainer.ensureStopped(stopWithinMs);
      return true;
    },
    log,
  });
  await window.loadURL(`${appOrigin}/index.html`);
}

/** Copy and paste need a menu on some systems; the developer's entries only where somebody develops. */
function setMenu(): void {
  const developing = app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }];
  const view = { label: 'View', submenu: [{ role: 'togglefullscreen' as const }, ...developing] };
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'fileMenu' }, { role: 'editMenu' }, view]));
}

function raise(message: string): never {
  throw new LinesideError('internal', message);
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(run)
    .catch((error: unknown) => {
      log(`cannot start: ${String(error)}`);
      app.exit(1);
    });
} else {
  app.quit();
}
