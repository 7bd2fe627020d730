import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Grants } from './grants';

/**
 * Pictures for the page: `lineside-image://project/<token>/images/<name>` and `…/thumbnails/<name>` of the open project,
 * `lineside-image://picked/<token>` for single ones that the operator picked. Everything else on the disk, links
 * included, is out of reach.
 */
export const imageScheme = 'lineside-image';

/** Long side of a thumbnail in pixels. */
export const thumbnailSide = 320;

export interface OpenProject {
  readonly dir: string;
  /** New each time a project is opened, so that no picture of another one comes out of the cache. */
  readonly token: string;
}

export interface ImageSources {
  readonly openProject: () => OpenProject | undefined;
  readonly grants: Grants;
  /**
   * Makes an upright JPEG of images/<name> and returns its absolute path.
   * @param longSide pixels; null for the whole picture
   */
  readonly render: (project: string, name: string, longSide: number | null) => Promise<string>;
  readonly log: (line: string) => void;
}

export function pictureUrl(project: OpenProject, folder: 'images' | 'thumbnails', file: string): string {
  return `${imageScheme}://project/${project.token}/${folder}/${encodeURIComponent(path.posix.basename(file))}`;
}

export function pickedUrl(grants: Grants, file: string): string {
  return `${imageScheme}://picked/${grants.tokenFor(file)}`;
}

/** Answers 404 for whatever the page may not see, without saying why. */
export async function serveImage(sources: ImageSources, url: string): Promise<Response> {
  const file = await locate(sources, url);
  const picture = file === undefined ? undefined : await readPicture(file);
  if (!picture) return new Response('not found', { status: 404 });
  return new Response(picture.bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'Content-Type': picture.contentType,
      'X-Content-Type-Options': 'nosniff',
      // The page is isolated (COEP) and of another scheme: it must be told that it may use them, also on a canvas.
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': 'private, max-age=600',
    },
  });
}

async function locate(sources: ImageSources, url: string): Promise<string | undefined> {
  const { hostname, pathname } = new URL(url);
  const [first, ...rest] = segments(pathname) ?? [];
  if (first === undefined) return undefined;
  if (hostname === 'picked') return rest.length === 0 ? sources.grants.fileOf(first) : undefined;

  const project = sources.openProject();
  const [folder, name] = rest;
  if (hostname !== 'project' || !project || first !== project.token || rest.length !== 2) return undefined;
  if (name === undefined || !isFileName(name)) return undefined;
  const picture = await regularFileIn(project.dir, 'images', name);
  if (picture === undefined) return undefined;
  if (folder === 'images') return (await isShown(picture)) ? picture : rendered(sources, project, name, null, picture);
  if (folder === 'thumbnails') return rendered(sources, project, name, thumbnailSide, picture);
  return undefined;
}

/** The decoded parts of a path; undefined when one of them cannot be decoded. */
function segments(pathname: string): string[] | undefined {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

/** The path of a file that lies in a folder of the project itself: no link, and no link on the way to it. */
async function regularFileIn(dir: string, folder: string, name: string): Promise<string | undefined> {
  const file = path.join(dir, folder, name);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return (await realpath(file)) === path.join(await realpath(dir), folder, name) ? file : undefined;
}

/** The picture made by the trainer, or the picture itself as long as the trainer cannot make it. */
async function rendered(
  { render, log }: ImageSources,
  project: OpenProject,
  name: string,
  longSide: number | null,
  picture: string,
): Promise<string | undefined> {
  try {
    const file = await render(project.dir, name, longSide);
    return await regularFileIn(project.dir, 'thumbnails', path.basename(file));
  } catch (error) {
    log(`no small picture of ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return (await isShown(picture)) ? picture : undefined;
  }
}

/** Kinds of pictures that Chromium shows, by their first bytes. */
const kinds: readonly { readonly contentType: string; readonly begins: RegExp }[] = [
  { contentType: 'image/jpeg', begins: /^\xff\xd8\xff/ },
  { contentType: 'image/png', begins: /^\x89PNG\r\n/ },
  { contentType: 'image/webp', begins: /^RIFF[^]{4}WEBP/ },
  { contentType: 'image/gif', begins: /^GIF8/ },
  { contentType: 'image/bmp', begins: /^BM/ },
];

function contentTypeOf(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 16)).toString('latin1');
  return kinds.find(({ begins }) => begins.test(text))?.contentType;
}

async function isShown(file: string): Promise<boolean> {
  const head = await read(file, 16);
  return head !== undefined && contentTypeOf(head) !== undefined;
}

async function readPicture(file: string): Promise<{ bytes: Uint8Array; contentType: string } | undefined> {
  const bytes = await read(file);
  const contentType = bytes && contentTypeOf(bytes);
  return bytes && contentType !== undefined ? { bytes, contentType } : undefined;
}

/** Reads a file without following a link, so that one put there meanwhile is not followed either. */
async function read(file: string, length?: number): Promise<Uint8Array | undefined> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined);
  if (!handle) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    if (length === undefined) return await handle.readFile();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
