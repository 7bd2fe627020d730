import { describe, expect, test } from 'vitest';
import { boxesFromVoc } from './fromVoc';
import { findImageSets, pairLabels, readImageSets } from './layout';
import { parsePascalVoc } from './pascalVoc';

const object = (name: string, corners: readonly (string | number)[], more = '') =>
  `<object><name>${name}</name>${more}<bndbox><xmin>${corners[0]}</xmin><ymin>${corners[1]}</ymin><xmax>${corners[2]}</xmax><ymax>${corners[3]}</ymax></bndbox></object>`;
const file = (body: string) => `<annotation><filename>a.jpg</filename>${body}</annotation>`;
const upright = { width: 100, height: 80, orientation: 1 as const };

describe('parsePascalVoc', () => {
  test('takes corners as they stand: 0 never becomes -1', () => {
    const size = '<size><width>100</width><height>80</height><depth>3</depth></size>';
    const voc = parsePascalVoc(file(size + object('nut', [0, 0, 30, 20.5], '<difficult>1</difficult>')), 'a.xml');
    expect(voc.size).toEqual({ width: 100, height: 80 });
    expect(voc.objects).toEqual([
      { number: 1, object: { label: 'nut', rect: { x: 0, y: 0, width: 30, height: 20.5 }, difficult: true } },
    ]);
    expect(parsePascalVoc(file(''), 'a.xml').objects).toEqual([]);
    expect(parsePascalVoc('<annotation></annotation>', 'a.xml').objects).toEqual([]);
    expect(parsePascalVoc(file(object('007', [1, 2, 3, 4])), 'a.xml').objects[0]?.object.label).toBe('007');
  });

  test.each([
    ['flat', object('nut', [12, 5, 12, 9]), 'vocBoxFlat', 'box 1 in a.xml is flat (x 12 to 12): redraw or delete it'],
    [
      'negative',
      object('nut', [5, 9, 12, 4]),
      'vocBoxNegative',
      'box 1 in a.xml has a negative height (y 9 to 4): redraw or delete it',
    ],
    [
      'NaN',
      object('nut', [5, 'NaN', 12, 4]),
      'vocBoxNoNumber',
      'box 1 in a.xml has ymin NaN, which is not a number: draw it again',
    ],
    [
      'empty corner',
      object('nut', ['', 1, 12, 4]),
      'vocBoxNoNumber',
      'box 1 in a.xml has xmin NaN, which is not a number: draw it again',
    ],
    [
      'no name',
      object(' ', [1, 1, 12, 4]),
      'vocBoxNameless',
      'box 1 in a.xml has an empty class name: give it a name or delete it',
    ],
    ['no box', '<object><name>nut</name></object>', 'vocBoxLacks', 'box 1 in a.xml lacks bndbox: draw it again'],
  ])('%s is rejected and the others stay', (_name, bad, code, reason) => {
    const voc = parsePascalVoc(file(bad + object('nut', [1, 2, 30, 40])), 'a.xml');
    expect(voc.rejected).toEqual([
      { reason, said: { code, values: expect.objectContaining({ number: 1, file: 'a.xml' }) as object } },
    ]);
    expect(voc.objects.map(({ number }) => number)).toEqual([2]);
  });

  test('what is not XML or not VOC is named', () => {
    expect(() => parsePascalVoc('{"a": 1}', 'a.xml')).toThrow(/a\.xml is not XML/);
    expect(() => parsePascalVoc('<annotation><object></annotation>', 'a.xml')).toThrow(/a\.xml is not XML/);
    expect(() => parsePascalVoc('<svg><path/></svg>', 'a.xml')).toThrow(/a\.xml is not a Pascal VOC label file/);
  });
});

describe('boxesFromVoc', () => {
  const convert = (body: string, picture: Parameters<typeof boxesFromVoc>[1] = upright) =>
    boxesFromVoc(parsePascalVoc(file(body), 'a.xml'), picture, 'a.xml');

  test('slightly outside is cut with a note, mostly outside is rejected', () => {
    const cut = convert(object('nut', [-5, 10, 30, 90]));
    expect(cut.boxes).toEqual([{ label: 'nut', x: 0, y: 10, width: 30, height: 70, difficult: false }]);
    expect(cut.notes).toEqual([expect.stringContaining('box 1 (nut) in a.xml reached beyond the picture')]);
    const out = convert(object('nut', [90, 10, 200, 40]));
    expect(out.boxes).toEqual([]);
    expect(out.rejected).toMatchObject([
      {
        reason: expect.stringContaining('box 1 (nut) in a.xml lies outside the picture (x 90 to 200') as string,
        said: { code: 'vocBoxOutside', values: { number: 1, label: 'nut', file: 'a.xml' } },
      },
    ]);
  });

  test('labels for the picture as stored are turned, for another size scaled, else rejected', () => {
    const size = (width: number, height: number) => `<size><width>${width}</width><height>${height}</height></size>`;
    const turned = convert(size(80, 100) + object('nut', [0, 90, 10, 100]), { ...upright, orientation: 6 });
    expect(turned.boxes).toEqual([{ label: 'nut', x: 0, y: 0, width: 10, height: 10, difficult: false }]);
    const scaled = convert(size(200, 160) + object('nut', [20, 40, 60, 80]));
    expect(scaled.boxes).toEqual([{ label: 'nut', x: 10, y: 20, width: 20, height: 20, difficult: false }]);
    const other = convert(size(500, 160) + object('nut', [400, 40, 460, 80]));
    expect(other.rejected).toMatchObject([
      {
        reason: expect.stringContaining('a.xml is for a picture of 500×160, this one is 100×80') as string,
        said: { code: 'labelsOtherSize', values: { file: 'a.xml', labelled: '500×160', now: '100×80' } },
      },
    ]);
  });
});

describe('layout', () => {
  test('VOC folder, flat, two folders', () => {
    const pairs = (pictures: string[], xml: string[]) => [...pairLabels(pictures, xml).labelFiles];
    expect(pairs(['JPEGImages/a.jpg'], ['Annotations/a.xml'])).toEqual([['JPEGImages/a.jpg', 'Annotations/a.xml']]);
    expect(pairs(['x/a.jpg', 'y/a.jpg'], ['x/a.xml', 'y/a.xml'])).toEqual([
      ['x/a.jpg', 'x/a.xml'],
      ['y/a.jpg', 'y/a.xml'],
    ]);
    const two = pairs(
      ['train/images/a.jpg', 'test/images/a.jpg'],
      ['train/annotations/a.xml', 'test/annotations/a.xml'],
    );
    expect(two.map(([picture, xml]) => [picture[0], picture[1], xml[1]])).toEqual([
      ['t', 'r', 'r'],
      ['t', 'e', 'e'],
    ]);
    const { rejected } = pairLabels(['a.jpg', 'b.jpg', 'b.png'], ['b.xml', 'c.xml']);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'b.xml fits b.jpg and b.png: give the pictures different names',
      'c.xml has no picture of that name: add the picture or delete the label file',
    ]);
  });

  test('ImageSets: test before validation before train', () => {
    const lists = findImageSets([
      'ImageSets/Main/train.txt',
      'ImageSets/Main/nut_train.txt',
      'ImageSets/Main/test.txt',
    ]);
    expect([...lists]).toEqual([
      ['train', 'ImageSets/Main/train.txt'],
      ['test', 'ImageSets/Main/test.txt'],
    ]);
    const sets = readImageSets(
      new Map([
        ['trainval', 'a\nb\nc 1\nd -1'],
        ['val', 'b\r\nc'],
        ['test', 'c'],
      ] as const),
    );
    expect([...sets]).toEqual([
      ['a', 'train'],
      ['b', 'validation'],
      ['c', 'test'],
      ['d', 'train'],
    ]);
  });
});
