import ts from 'typescript';
import { saidValues } from '../../shared/said';
import { describe, expect, test } from 'vitest';
import de from './de.json';
import en from './en.json';
import et from './et.json';
import zh from './zh.json';

type Texts = { readonly [key: string]: string | Texts };

/** Every key with its text: 'stage.images' → 'Images'. */
function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const entries = Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

/** Languages have their own plural forms: i18next adds them to the key. */
const withoutPlural = (key: string): string => key.replace(/_(one|other)$/, '');
const keysOf = (texts: Texts): string[] => [...new Set([...flatten(texts).keys()].map(withoutPlural))].sort();
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name ?? '').sort();

const files = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*', '!../dev/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const sources = Object.entries(files).map(([file, text]) => ({ file, text }));

describe('the language files', () => {
  test.each([
    ['et', et],
    ['de', de],
    ['zh', zh],
  ])('%s has the same keys as English', (_, texts) => {
    expect(keysOf(texts)).toEqual(keysOf(en));
  });

  test.each([
    ['et', et],
    ['de', de],
    ['zh', zh],
  ])('%s fills in the same values as English', (_, texts) => {
    const english = flatten(en);
    for (const [key, text] of flatten(texts)) {
      const same = english.get(key) ?? english.get(`${withoutPlural(key)}_other`) ?? '';
      expect({ key, values: placeholders(text) }).toEqual({ key, values: placeholders(same) });
    }
  });

  test('every key has each plural form that its language needs', () => {
    for (const [language, texts] of Object.entries({ en, et, de, zh })) {
      const keys = new Set(flatten(texts).keys());
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const key of keys) {
        if (key === withoutPlural(key)) continue;
        for (const form of forms) expect(keys, language).toContain(`${withoutPlural(key)}_${form}`);
      }
    }
  });

  test('every key that the page asks for by name is there', () => {
    const known = new Set(keysOf(en));
    const asked = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bt\((?:[^'`()]*\? )?'([\w.]+)'(?: : '([\w.]+)')?/g)].flatMap(([, first, second]) =>
        [first, second].flatMap((key) => (key === undefined ? [] : [{ file, key }])),
      ),
    );
    expect(asked.length).toBeGreaterThan(200);
    expect(asked.filter(({ key }) => !known.has(key))).toEqual([]);
  });
});

describe('what main and the trainer have to say', () => {
  test('has a sentence for each code, and fills in its values and no others', () => {
    const english = flatten(en.said);
    for (const [code, values] of Object.entries(saidValues)) {
      const text = english.get(code) ?? english.get(`${code}_other`);
      expect(text, code).toBeDefined();
      expect(values, code).toEqual(expect.arrayContaining([...new Set(placeholders(text ?? ''))]));
    }
    const known = [...Object.keys(saidValues), 'inEnglish'].sort();
    expect(keysOf(en.said)).toEqual(known);
  });
});

/** Attributes whose value is read out or shown. */
const spoken = new Set(['aria-label', 'title', 'alt', 'placeholder', 'label', 'thumbLabel', 'heading', 'finding']);
const hasLetter = (text: string): boolean => /\p{L}/u.test(text);

/** Text written into the page instead of a language file. */
function literals(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasLetter(node.text)) found.push(`${file}: ${node.text.trim()}`);
    if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression)) {
      const inAttribute = ts.isJsxAttribute(node.parent);
      if (!inAttribute && hasLetter(node.expression.text)) found.push(`${file}: ${node.expression.text}`);
    }
    if (ts.isJsxAttribute(node) && spoken.has(node.name.getText()) && node.initializer) {
      const { initializer } = node;
      if (ts.isStringLiteral(initializer) && hasLetter(initializer.text)) found.push(`${file}: ${initializer.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

describe('no text outside the language files', () => {
  test('the rule sees text in an element, in braces and in a spoken attribute', () => {
    expect(literals('a', '<p>Hello</p>')).toEqual(['a: Hello']);
    expect(literals('a', "<p>{'Hello'}</p>")).toEqual(['a: Hello']);
    expect(literals('a', '<img alt="Hello" className="x" />')).toEqual(['a: Hello']);
    expect(literals('a', "<p className='x'>{t('a.b')} · 3</p>")).toEqual([]);
  });

  test('holds in every component', () => {
    expect(
      sources.filter(({ file }) => file.endsWith('.tsx')).flatMap(({ file, text }) => literals(file, text)),
    ).toEqual([]);
  });
});
