import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { operatorTable, withTable } from './operators';

const page = readFileSync(path.resolve(__dirname, '../../docs/EXPORT.md'), 'utf8');

test('docs/EXPORT.md lists the operators that the exported files have now (npm run study -- ops)', async () => {
  const table = await operatorTable();
  expect(table).toContain('TFLite_Detection_PostProcess 1');
  expect(table).toContain('NonMaxSuppression 1');
  expect(withTable(page, table)).toBe(page);
});

test('a page without the marks is refused', () => {
  expect(() => withTable('# Export', 'table')).toThrow('put both lines back');
});
