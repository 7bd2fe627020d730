import fc from 'fast-check';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGrants } from './grants';
import { pickedUrl, pictureUrl, serveImage, type ImageSources } from './imageProtocol';

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const tiff = Buffer.from('II*\0rest', 'latin1');

let folder: string;
let dir: string;
let sources: ImageSources;
let rendered: (number | null)[];
const project = { dir: '', token: 'token' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-images-'));
  dir = path.join(folder, 'nuts');
  for (const name of ['images', 'thumbnails', 'annotations']) await mkdir(path.join(dir, name), { recursive: true });
  await writeFile(path.join(folder, 'secret.jpg'), jpeg);
  await writeFile(path.join(dir, 'project.json'), '{}');
  await writeFile(path.join(dir, 'secret.jpg'), jpeg);
  await writeFile(path.join(dir, 'images', 'a b%2f.jpg'), jpeg);
  await writeFile(path.join(dir, 'images', 'scan.tif'), tiff);
  await writeFile(path.join(dir, 'images', 'text.jpg'), 'this is no picture');
  await symlink(path.join(folder, 'secret.jpg'), path.join(dir, 'images', 'link.jpg'));
  await symlink(folder, path.join(dir, 'images', 'outside'));
  await mkdir(path.join(folder, 'linked'));
  await symlink(path.join(dir, 'images'), path.join(folder, 'linked', 'images'));
  project.dir = dir;
  rendered = [];
  sources = {
    openProject: () => project,
    grants: createGrants(),
    render: async (_dir, name, longSide) => {
      rendered.push(longSide);
      if (name === 'text.jpg') throw new Error('cannot be read');
      const file = path.join(dir, 'thumbnails', `${name}.jpg`);
      await writeFile(file, Buffer.concat([jpeg, Buffer.from([longSide === null ? 0 : 1])]));
      return file;
    },
    log: () => undefined,
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function bytes(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe('what may be seen', () => {
  test('a picture of the open project, whatever its name', async () => {
    const response = await serveImage(sources, pictureUrl(project, 'images', 'images/a b%2f.jpg'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await bytes(response)).toEqual(jpeg);
  });

  test('its thumbnail, made by the trainer', async () => {
    rendered = [];
    const response = await serveImage(sources, pictureUrl(project, 'thumbnails', 'images/a b%2f.jpg'));
    expect((await bytes(response)).at(-1)).toBe(1);
    expect(rendered).toEqual([320]);
  });

  test('a picture that Chromium cannot show, converted', async () => {
    rendered = [];
    const response = await serveImage(sources, pictureUrl(project, 'images', 'images/scan.tif'));
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(rendered).toEqual([null]);
  });

  test('the picture itself while the trainer cannot make a thumbnail', async () => {
    const failing = { ...sources, render: () => Promise.reject(new Error('ended')) };
    const response = await serveImage(failing, pictureUrl(project, 'thumbnails', 'images/a b%2f.jpg'));
    expect(await bytes(response)).toEqual(jpeg);
  });

  test('a picture that was picked', async () => {
    const url = pickedUrl(sources.grants, path.join(folder, 'secret.jpg'));
    expect((await serveImage(sources, url)).status).toBe(200);
    expect(pickedUrl(sources.grants, path.join(folder, 'secret.jpg'))).toBe(url);
  });
});

describe('what may not be seen', () => {
  const base = 'lineside-image://project/token';

  test.each([
    `${base}/images/link.jpg`,
    `${base}/images/outside/secret.jpg`,
    `${base}/images/outside%2Fsecret.jpg`,
    `${base}/images/../secret.jpg`,
    `${base}/images/..%2Fsecret.jpg`,
    `${base}/images/..%5Csecret.jpg`,
    `${base}/images/%2e%2e/project.json`,
    `${base}/images/..%2F..%2Fsecret.jpg`,
    `${base}/images/..`,
    `${base}/images/.`,
    `${base}/images/`,
    `${base}/images/%00`,
    `${base}/images/a%ZZ`,
    `${base}/images/absent.jpg`,
    `${base}/images/text.jpg`,
    `${base}/secret.jpg`,
    `${base}/annotations/a.json`,
    `${base}/thumbnails/link.jpg`,
    'lineside-image://project/other/images/a%20b%252f.jpg',
    'lineside-image://picked/%2Fetc%2Fpasswd',
    'lineside-image://elsewhere/token/images/a%20b%252f.jpg',
  ])('%s', async (url) => {
    expect((await serveImage(sources, url)).status).toBe(404);
  });

  test('anything while no project is open', async () => {
    const closed = { ...sources, openProject: () => undefined };
    expect((await serveImage(closed, pictureUrl(project, 'images', 'images/a b%2f.jpg'))).status).toBe(404);
  });

  test('pictures in a folder that is itself a link', async () => {
    const linked = { ...sources, openProject: () => ({ dir: path.join(folder, 'linked'), token: 'token' }) };
    expect((await serveImage(linked, pictureUrl(project, 'images', 'images/a b%2f.jpg'))).status).toBe(404);
  });

  test('a picked file that has become a link', async () => {
    const url = pickedUrl(sources.grants, path.join(dir, 'images', 'link.jpg'));
    expect((await serveImage(sources, url)).status).toBe(404);
  });

  test('any path made of dots, slashes and names', async () => {
    const secret = await readFile(path.join(folder, 'secret.jpg'));
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '%2F',
      '%2e',
      '\\',
      '%5C',
      'images',
      'secret.jpg',
      'outside',
      'nuts',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const response = await serveImage(sources, `${base}/images/${pieces.join('')}`);
        expect(response.status === 404 || !(await bytes(response)).equals(secret)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
