import { beforeAll, expect, test } from 'vitest';
import de from './de.json';
import { i18n } from './i18n';
import { sayOr } from './said';

beforeAll(() =>
  i18n.init({ lng: 'de', resources: { de: { translation: de } }, interpolation: { escapeValue: false } }),
);

test('figures have the decimal sign of the language; names are left as they are, and plurals still work', () => {
  const fits = sayOr({ code: 'batchFits', values: { count: 8, used: '1.1', budget: '18.0', steps: 1250 } }, '');
  expect(fits).toMatch(/^8 Bilder .*1,1 GB von den 18 GB.*1250/);
  expect(sayOr({ code: 'rateAsFound', values: { rate: 0.027 } }, '')).toContain('0,027');
  expect(sayOr({ code: 'epochLittle', values: { fell: 4 } }, '')).toMatch(/um 4\s% gefallen/);
  expect(sayOr({ code: 'emptyClass', values: { label: '1.5' } }, '')).toContain('1.5');
});
