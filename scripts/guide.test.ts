import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stages } from '../shared/stages';
import { guide, readGuide } from './guide.mjs';

const docs = path.join(__dirname, '..', 'docs');
const read = (name: string): string => readFileSync(path.join(docs, name), 'utf8');
const languages = ['USER-GUIDE.md', 'USER-GUIDE.et.md', 'USER-GUIDE.de.md', 'USER-GUIDE.zh.md'];
const english = readGuide(read('USER-GUIDE.md'));

describe('a guide', () => {
  test('becomes sections with HTML; what is written as HTML in it does not', () => {
    const text =
      '# Title\n\nFor readers.\n\n<a id="one"></a>\n\n## First\n\n![A "wall"](images/a.webp)\n\n**Press** <script>x</script>' +
      '\n\n<a id="two"></a>\n\n## Second\n\n[back](#one)\n';
    const [first, second, ...more] = readGuide(text);
    expect(first).toMatchObject({ id: 'one', title: 'First', pictures: ['images/a.webp'] });
    expect(first?.html).toContain('<img src="@@0@@" alt="A &quot;wall&quot;">');
    expect(first?.html).toContain('<strong>Press</strong>');
    expect(first?.html).not.toContain('<script>');
    expect(second).toMatchObject({ id: 'two', title: 'Second', html: '<p><a href="#one">back</a></p>\n' });
    expect(more).toEqual([]);
  });

  test('becomes a module that imports its pictures', () => {
    const made = guide().transform('<a id="one"></a>\n\n## First\n\n![A](images/a.webp)\n', '/docs/USER-GUIDE.md');
    expect(made?.code).toContain('import picture0 from "./images/a.webp";');
    expect(made?.code).toContain('<img src=\\"" + picture0 + "\\" alt=\\"A\\">');
    expect(guide().transform('x', '/main.tsx')).toBeUndefined();
  });
});

describe.each(languages)('%s', (name) => {
  const sections = readGuide(read(name));

  test('has a section for each screen, in the same order and with as many pictures, keys and steps as the English one', () => {
    const count = (html: string, tag: string): number => html.split(`<${tag}>`).length;
    const shapeOf = ({ id, html, pictures }: (typeof sections)[number]) => {
      return { id, pictures: pictures.length, rows: count(html, 'tr'), items: count(html, 'li') };
    };
    expect(sections.map(({ id }) => id)).toEqual(expect.arrayContaining(['welcome', ...stages, 'tryModel']));
    expect(sections.map(shapeOf)).toEqual(english.map(shapeOf));
  });

  test('shows pictures that are there, and links to sections that are there', () => {
    const ids = sections.map(({ id }) => id);
    for (const { pictures, html } of sections) {
      for (const picture of pictures) expect(existsSync(path.join(docs, picture)), picture).toBe(true);
      for (const [, link] of html.matchAll(/href="([^"]*)"/g)) expect(ids).toContain(link?.replace(/^#/, ''));
    }
  });
});
