import { afterEach, beforeEach, expect, test } from 'vitest';
import { drive } from './driver';
import { launchApp, type LaunchedApp } from './launch';
import { practiceToTheEnd } from './practice';

let launched: LaunchedApp;

beforeEach(async () => {
  // Of a quarter of an hour, which `npm run demo` takes.
  launched = await launchApp({ size: { width: 1280, height: 720 }, env: { LINESIDE_MINUTES: '4' } });
});

afterEach(() => launched.close());

// In the app as it is handed out: `npm run package:check` (packaged.e2e.ts).
test('the practice project leads from Welcome to an exported model', { timeout: 60 * 60_000 }, async () => {
  await practiceToTheEnd(drive(launched.page));
  expect(launched.complaints).toEqual([]);
  await launched.close();
  expect(launched.networkAttempts()).toEqual([]);
});
