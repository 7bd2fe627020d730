import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Going through the app by the keyboard alone. */
export interface Keyboard {
  readonly press: (key: string, times?: number) => Promise<void>;
  /** Presses Tab until the element with this test id has the keyboard. */
  readonly tabTo: (id: string) => Promise<void>;
  /**
   * Presses Tab all the way round. Each stop must be seen to have the keyboard, and the parts of the window must come in
   * the order in which they are read, each once.
   */
  readonly walk: (screen: string) => Promise<void>;
}

/** More stops than any screen has. */
const mostStops = 150;

/** The parts of the window in the order in which they are read. */
const regions = ['skip', 'rail', 'screen', 'status'] as const;

interface Stop {
  /** Counts the elements in the order in which they were first met. */
  readonly number: number;
  readonly name: string;
  /** Elements that look alike. */
  readonly kind: string;
  readonly region: (typeof regions)[number] | null;
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export function useKeyboard(page: Page): Keyboard {
  const press = async (key: string, times = 1): Promise<void> => {
    for (let time = 0; time < times; time++) await page.keyboard.press(key);
  };

  const tabTo = async (id: string): Promise<void> => {
    const passed: string[] = [];
    for (let stop = 0; stop < mostStops; stop++) {
      await page.keyboard.press('Tab');
      const { name } = await currentStop(page);
      if (name === id) return;
      passed.push(name);
    }
    expect.fail(`Tab does not lead to ${id}, only to ${[...new Set(passed)].join(', ')}`);
  };

  const walk = async (screen: string): Promise<void> => {
    const seen = new Map<number, Stop>();
    const kinds = new Set<string>();
    for (let count = 0; count < mostStops; count++) {
      await page.keyboard.press('Tab');
      const stop = await currentStop(page);
      if (stop.region === null) continue;
      if (seen.has(stop.number)) break;
      seen.set(stop.number, stop);
      if (!kinds.has(stop.kind)) expect(await isSeen(page, stop), `${screen}: the focus on ${stop.name}`).toBe(true);
      kinds.add(stop.kind);
    }
    const stops = [...seen.values()];
    const order = stops.map(({ region }) => regions.indexOf(region ?? 'skip'));
    const start = order.indexOf(0);
    const fromTheTop = [...order.slice(start), ...order.slice(0, start)];
    const names = stops.map(({ name, region }) => `${region}: ${name}`).join('\n');
    expect(fromTheTop, `${screen}\n${names}`).toEqual([...fromTheTop].sort((a, b) => a - b));
    expect(new Set(order), `${screen}\n${names}`).toEqual(new Set([0, 1, 2, ...(order.includes(3) ? [3] : [])]));
  };

  return { press, tabTo, walk };
}

function currentStop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const known = ((globalThis as { tabStops?: Map<Element, number> }).tabStops ??= new Map<Element, number>());
    const element = document.activeElement ?? document.body;
    const number = known.get(element) ?? known.size;
    known.set(element, number);
    const { x, y, width, height } = element.getBoundingClientRect();
    const regionOf = (): 'skip' | 'rail' | 'screen' | 'status' | null => {
      if (element.closest('nav')) return 'rail';
      if (element.closest('main')) return 'screen';
      if (element.closest('footer')) return 'status';
      return element.tagName === 'A' ? 'skip' : null;
    };
    return {
      number,
      name: element.getAttribute('data-testid') ?? element.getAttribute('aria-label') ?? element.textContent ?? '',
      kind: `${element.tagName} ${element.className} ${element.getAttribute('role') ?? ''}`,
      region: regionOf(),
      place: { x, y, width, height },
    };
  });
}

/** Whether the element looks different while it has the keyboard. It has it again afterwards. */
async function isSeen(page: Page, { place }: Stop): Promise<boolean> {
  const margin = 8;
  const { width: wide, height: high } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  const x = Math.max(0, place.x - margin);
  const y = Math.max(0, place.y - margin);
  const clip = {
    x,
    y,
    width: Math.min(wide, place.x + place.width + margin) - x,
    height: Math.min(high, place.y + place.height + margin) - y,
  };
  if (clip.width <= 0 || clip.height <= 0) return false;
  const withFocus = await page.screenshot({ clip, animations: 'disabled' });
  const element = await page.evaluateHandle(() => document.activeElement as HTMLElement);
  await element.evaluate((focused) => focused.blur());
  const without = await page.screenshot({ clip, animations: 'disabled' });
  await element.evaluate((focused) => focused.focus());
  await element.dispose();
  return !withFocus.equals(without);
}
