import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one thing has one name everywhere (STYLE 11).',
};
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of words instead of an enum (STYLE 11).' };
const noInterfacePrefix = {
  selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]',
  message: 'Name it without the I prefix (STYLE 11).',
};
const noBarrel = {
  selector: 'ExportAllDeclaration',
  message: 'Import from the file that has it: no barrel files (STYLE 11).',
};

export default defineConfig(
  globalIgnores([
    'node_modules',
    'out',
    'dist',
    'resources',
    'golden',
    '.cache',
    'work',
    'test-results',
    '**/generated/**',
  ]),
  eslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.node.json', './tsconfig.web.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noEnum, noInterfacePrefix, noBarrel],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // Spelling out the bytes of an ASCII signature is what a spread string is for.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }, 'string'] }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Handlers and signal-aware loops are async by contract, whether or not each awaits.
      '@typescript-eslint/require-await': 'off',
      // The engine awaits values that are promises in one backend only.
      '@typescript-eslint/await-thenable': 'off',
      // `while (true)` with a return inside, and a signal that changes while we await, read as constants to the rule.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-empty-function': 'off',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['electron/trainer/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Randomness is an argument: take a Random (trainer/random.ts, STYLE 9).',
        },
        {
          object: 'Date',
          property: 'now',
          message: 'Measure with performance.now(), take dates as arguments (STYLE 9).',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['*.config.{ts,mjs}', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnum, noInterfacePrefix] },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        AbortController: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        performance: 'readonly',
        process: 'readonly',
        require: 'readonly',
        setInterval: 'readonly',
        setTimeout: 'readonly',
        structuredClone: 'readonly',
      },
    },
    rules: { eqeqeq: 'error' },
  },
);
