import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { EpochReport } from '../shared/contract';

/** What the tests of the app do with its screens. */

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];

/** A stage of the smallest project takes a minute at most on two cores, and this long where they are very busy. */
const stageMs = 300_000;

export interface Driver {
  readonly page: Page;
  readonly byId: (id: string) => Locator;
  readonly until: (locator: Locator, timeout?: number) => Promise<void>;
  readonly untilScreen: (screen: string) => Promise<void>;
  /** Waits for a step of the rail to get into a state. A job that fails meanwhile says so at once. */
  readonly untilStage: (stage: string, state: string, timeout?: number) => Promise<void>;
  /** Holds the screen, and whatever lies over it, against the rules of accessibility. */
  readonly judge: (screen: string, shot?: string) => Promise<void>;
  /** Where the project lies that was opened last. */
  readonly openFolder: () => Promise<string>;
}

export function drive(page: Page): Driver {
  const byId = (id: string): Locator => page.getByTestId(id);
  const until = (locator: Locator, timeout = stageMs): Promise<void> => locator.first().waitFor({ timeout });
  const untilScreen = (screen: string): Promise<void> => until(byId(`screen-${screen}`), 30_000);
  return {
    page,
    byId,
    until,
    untilScreen,
    untilStage: async (stage, state, timeout = stageMs) => {
      const reached = page.locator(`[data-testid="rail-${stage}"][data-state="${state}"]`);
      const failed = byId('job-failed').or(byId('trouble'));
      await until(reached.or(failed), timeout);
      if ((await failed.count()) > 0) expect(await failed.first().innerText()).toBe('');
    },
    judge: async (screen, shot = screen) => {
      await untilScreen(screen);
      // Colours fade in.
      await page.waitForTimeout(400);
      if (shots !== undefined) await page.screenshot({ path: path.join(shots, `${shot}.png`) });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(told, shot).toEqual([]);
    },
    openFolder: async () => {
      const reply = await page.evaluate(() => window.lineside.invoke('project.recent', {}));
      const [latest] = (reply as { output: { dir: string }[] }).output;
      return latest?.dir ?? '';
    },
  };
}

/** The newest folder below `kind`. */
export async function newest(project: string, kind: 'runs' | 'exports'): Promise<string> {
  const names = (await readdir(path.join(project, kind))).sort();
  return path.join(project, kind, names.at(-1) ?? '');
}

/** The rounds that a run has logged. */
export async function readRounds(run: string): Promise<EpochReport[]> {
  const lines = (await readFile(path.join(run, 'metrics.jsonl'), 'utf8'))
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return lines
    .map((line) => JSON.parse(line) as EpochReport | { readonly kind: 'step' })
    .flatMap((line) => (line.kind === 'epoch' ? [line] : []));
}
