import type { Session, WebContents } from 'electron';
import { appOrigin } from './appProtocol';
import { imageScheme } from './imageProtocol';

/** Chromium's own services that would look for a network: off before the app is ready. */
export const quietSwitches: readonly (readonly [name: string, value?: string])[] = [
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-sync'],
  ['no-pings'],
  ['dns-prefetch-disable'],
  // Whatever is asked for all the same finds no address.
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-features', 'AutofillServerCommunication,MediaRouter,OptimizationHints,Translate'],
];

/** Whether the page may load it. `devTools` is for builds that are being developed. */
export function isOwnUrl(url: string, devTools = false): boolean {
  return (
    url.startsWith(`${appOrigin}/`) ||
    url.startsWith(`${imageScheme}://`) ||
    url.startsWith(`blob:${appOrigin}/`) ||
    url.startsWith('data:image/') ||
    (devTools && url.startsWith('devtools://'))
  );
}

/** What is known of somebody who asks for a permission. */
export interface PermissionQuestion {
  readonly permission: string;
  readonly requestingUrl?: string | undefined;
  readonly isMainFrame: boolean;
  /** 'video', 'audio'. */
  readonly mediaTypes?: readonly string[] | undefined;
}

/** The one permission that there is: the page itself may take pictures. It may not listen. */
export function mayUseCamera({ permission, requestingUrl = '', isMainFrame, mediaTypes }: PermissionQuestion): boolean {
  const ownPage = isMainFrame && `${requestingUrl}/`.startsWith(`${appOrigin}/`);
  return permission === 'media' && ownPage && mediaTypes?.length === 1 && mediaTypes[0] === 'video';
}

/** Refuses the session every request that leaves the app, every permission but the page's camera, and every download. */
export function lockSession(
  session: Session,
  options: { readonly devTools: boolean; log: (line: string) => void },
): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const cancel = !isOwnUrl(url, options.devTools);
    if (cancel) options.log(`refused the page ${url}`);
    answer({ cancel });
  });
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(mayUseCamera({ permission, ...details })),
  );
  session.setPermissionCheckHandler((_contents, permission, origin, { mediaType, isMainFrame }) =>
    mayUseCamera({ permission, requestingUrl: origin, isMainFrame, mediaTypes: mediaType ? [mediaType] : [] }),
  );
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerLanguages([]);
  session.on('will-download', (event) => event.preventDefault());
}

/** Keeps the page where it is: no other page, no second window, no page inside the page. */
export function lockContents(contents: WebContents, log: (line: string) => void): void {
  contents.on('will-navigate', (event) => {
    // Loading the page anew is the one navigation that keeps it where it is.
    if (event.url === `${appOrigin}/index.html`) return;
    log(`refused to go to ${event.url}`);
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    log(`refused to open ${url}`);
    return { action: 'deny' };
  });
}

/** The part of an event's sender that says where it comes from. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether a call comes from the page itself and not from a frame in it or another page. */
export function isOwnPage(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && frame.url.startsWith(`${appOrigin}/`);
}
