import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/** The built page, served from `app://lineside/` so that it has an origin and headers, which files on disk have not. */
export const appOrigin = 'app://lineside';

/** electron/main/imageProtocol.ts */
const imageScheme = 'lineside-image:';

/** What vite.config.ts puts wherever the nonce belongs. */
const noncePlaceholder = '__CSP_NONCE__';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/**
 * Nothing inline but styles that carry the nonce (Mantine writes some), nothing from elsewhere, pictures only from the
 * own protocol and those that the page has drawn itself, videos only from files that the operator gave to the page.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' ${imageScheme} data: blob:`,
    // Videos that the operator chose; a camera's stream needs no source.
    'media-src blob:',
    "font-src 'self'",
    `connect-src 'self' ${imageScheme}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/**
 * Answers a request of the page for one of its own files.
 * @param folder out/renderer
 * @returns 404 for whatever is not a known kind of file inside the folder
 */
export async function serveApp(folder: string, url: string): Promise<Response> {
  const file = await fileIn(folder, url);
  const contentType = contentTypes[path.extname(file ?? '')];
  if (file === undefined || contentType === undefined) return new Response('not found', { status: 404 });
  const contents = await readFile(file);
  const headers = {
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
  };
  if (path.extname(file) !== '.html') return new Response(contents, { headers });
  const nonce = randomBytes(16).toString('base64');
  return new Response(contents.toString('utf8').replaceAll(noncePlaceholder, nonce), {
    headers: { ...headers, 'Content-Security-Policy': contentSecurityPolicy(nonce), 'Cache-Control': 'no-store' },
  });
}

async function fileIn(folder: string, url: string): Promise<string | undefined> {
  const { origin, protocol, host, pathname } = new URL(url);
  if (origin !== appOrigin && `${protocol}//${host}` !== appOrigin) return undefined;
  try {
    const root = await realpath(folder);
    const asked = path.join(root, decodeURIComponent(pathname === '/' ? '/index.html' : pathname));
    const file = await realpath(asked);
    return file.startsWith(root + path.sep) ? file : undefined;
  } catch {
    return undefined;
  }
}
