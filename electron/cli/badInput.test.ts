import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockProject } from '../trainer/projectLock';

/**
 * Bad input through the real program: one clear sentence, exit 1 or 2, nothing half written. These are the inputs of
 * people, so the sentences are checked for what a person needs: the file, and what to do.
 */
const program = path.join(__dirname, '..', '..', 'out', 'lineside.cjs');
let folder: string;
let data: string;
let project: string;
let picture: Buffer;

beforeAll(() => {
  const pixels = Buffer.alloc(64 * 48 * 4).map((_, index) => (index * 31) % 256);
  picture = Transformer.fromRgbaPixels(pixels, 64, 48).jpegSync(90);
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lineside-bad-'));
  data = path.join(folder, 'data');
  project = path.join(folder, 'project');
  mkdirSync(data);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** Lines on stderr that are not progress. */
  readonly sentences: readonly string[];
}

function lineside(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words, '--json'], { cwd: folder }, (_, stdout, stderr) => {
      const sentences = stderr.split('\n').filter((line) => /^(lineside|left out|note): /.test(line));
      expect(stdout.trim().split('\n'), stderr).toHaveLength(1);
      const json = JSON.parse(stdout) as Record<string, unknown>;
      resolve({ exitCode: child.exitCode ?? -1, json, sentences });
    });
  });
}

const importData = (): Promise<Ended> => lineside('import', '--data', data, '--project', project);

function label(box: string, name = 'nut'): string {
  const size = '<size><width>64</width><height>48</height><depth>3</depth></size>';
  return `<annotation><filename>bad.jpg</filename>${size}<object><name>${name}</name><bndbox>${box}</bndbox></object></annotation>`;
}

function corners(xmin: number | string, ymin: number, xmax: number, ymax: number): string {
  return `<xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax>`;
}

/** A project that is there is complete: each label file has its picture, and no work of an import lies around. */
function expectNothingHalfWritten(): void {
  expect(readdirSync(folder).filter((name) => name !== 'data' && name !== 'project')).toEqual([]);
  if (!existsSync(project)) return;
  JSON.parse(readFileSync(path.join(project, 'project.json'), 'utf8'));
  for (const name of readdirSync(path.join(project, 'annotations'))) {
    const { image } = JSON.parse(readFileSync(path.join(project, 'annotations', name), 'utf8')) as { image: string };
    expect(existsSync(path.join(project, image))).toBe(true);
  }
}

describe('a folder that gives nothing: no project is made', () => {
  test.each([
    ['that does not exist', () => rmSync(data, { recursive: true }), /there is no folder .*data: check the path/],
    ['that is empty', () => undefined, /data holds no picture that can be imported .*: choose a folder with pictures/],
    [
      'with a picture that is cut short',
      () => writeFileSync(path.join(data, 'bad.jpg'), picture.subarray(0, picture.length / 2)),
      /bad\.jpg .*is cut short or damaged: copy it again/,
    ],
    [
      'with a text that is called a picture',
      () => writeFileSync(path.join(data, 'bad.jpg'), 'no picture at all'),
      /bad\.jpg is not a .* picture, whatever its name says: save it/,
    ],
    [
      'with a label file and no picture',
      () => writeFileSync(path.join(data, 'bad.xml'), label(corners(1, 1, 20, 20))),
      /bad\.xml has no picture of that name: add the picture or delete the label file/,
    ],
  ])('%s', async (_, make, sentence) => {
    make();
    const { exitCode, json, sentences } = await importData();
    expect(exitCode).toBe(1);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
    expect(json['error']).toMatchObject({ code: 'badInput' });
    expect(existsSync(project)).toBe(false);
    expectNothingHalfWritten();
  });
});

describe('a label file that is wrong, beside a good picture: the picture comes in, the label is left out and named', () => {
  test.each([
    ['not XML', 'this is not XML', /bad\.xml is not XML \(line 1: .*\): export the labels again/],
    [
      'a box outside the picture',
      label(corners(100, 10, 140, 30)),
      /box 1 .*bad\.xml lies outside the picture .*64×48/,
    ],
    ['a flat box', label(corners(12, 10, 12, 30)), /box 1 in bad\.xml is flat \(x 12 to 12\): redraw or delete it/],
    [
      'a negative box',
      label(corners(30, 10, 12, 30)),
      /box 1 in bad\.xml has a negative width .*: redraw or delete it/,
    ],
    [
      'a box that is no number',
      label(corners('NaN', 10, 12, 30)),
      /box 1 in bad\.xml has xmin NaN, which is not a number/,
    ],
    [
      'an empty class name',
      label(corners(1, 1, 20, 20), ' '),
      /box 1 in bad\.xml has an empty class name: give it a name/,
    ],
  ])('%s', async (_, xml, sentence) => {
    writeFileSync(path.join(data, 'bad.jpg'), picture);
    writeFileSync(path.join(data, 'bad.xml'), xml);
    const { exitCode, json, sentences } = await importData();
    expect(exitCode).toBe(1);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
    expect(json).toMatchObject({ images: 1, boxes: 0, rejected: [{ file: 'bad.xml' }] });
    expectNothingHalfWritten();
  });
});

describe('a project that cannot be used', () => {
  async function makeProject(): Promise<void> {
    writeFileSync(path.join(data, 'good.jpg'), picture);
    writeFileSync(path.join(data, 'good.xml'), label(corners(1, 1, 20, 20)));
    expect((await importData()).exitCode).toBe(0);
  }

  test.each(['check', 'train', 'evaluate'])('made by a newer version: %s says so and changes nothing', async (verb) => {
    await makeProject();
    const file = path.join(project, 'project.json');
    const newer = JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), version: 99 });
    writeFileSync(file, newer);
    const { exitCode, json, sentences } = await lineside(verb, '--project', project);
    expect(exitCode).toBe(1);
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(/project\.json has version 99, this Lineside knows 1: install the newer Lineside/);
    expect(json['error']).toMatchObject({ code: 'newerVersion' });
    expect(readFileSync(file, 'utf8')).toBe(newer);
    expectNothingHalfWritten();
  });

  describe('while another run is in it', () => {
    let release: (() => Promise<void>) | undefined;
    afterAll(() => release?.());

    test.each(['train', 'find-lr'])('%s', async (verb) => {
      await makeProject();
      release = await lockProject(project);
      const { exitCode, json, sentences } = await lineside(verb, '--project', project);
      await release();
      expect(exitCode).toBe(1);
      expect(sentences).toHaveLength(1);
      expect(sentences[0]).toMatch(
        /another Lineside \(process \d+\) is working in .*: wait until it is done or stop it/,
      );
      expect(json['error']).toMatchObject({ code: 'busy' });
      expectNothingHalfWritten();
    });
  });
});
