import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import type { LaunchedApp } from './launch';

const small = { width: 1280, height: 720 };
const large = { width: 1920, height: 1080 };
/** Of the WebP files: letters stay sharp, photographs small. */
const quality = 78;
/** Charts are drawn anew and colours fade when the size, the look or the language changes. */
const settleMs = 700;

const languages = ['et', 'de', 'zh'] as const;

interface TakeOptions {
  /** One more in the high-contrast look. */
  readonly contrast?: boolean;
  /** One more in each other language, for the translated guide. */
  readonly guide?: boolean;
  /** Opens what lies over the page and must be closed to go on. */
  readonly overlay?: () => Promise<void>;
}

/** Takes pictures of what the app shows: NAME.webp small and light, with -dark, -large, -contrast and .LANGUAGE beside. */
export class Camera {
  readonly #launched: LaunchedApp;
  readonly #out: string;
  readonly #only: readonly string[];

  /** @param only names of pictures; empty: all */
  constructor(launched: LaunchedApp, out: string, only: readonly string[]) {
    this.#launched = launched;
    this.#out = out;
    this.#only = only;
  }

  /** Whether any of these pictures is asked for. */
  wants(...names: readonly string[]): boolean {
    return this.#only.length === 0 || names.some((name) => this.#only.includes(name));
  }

  async take(name: string, { contrast = false, guide = false, overlay }: TakeOptions = {}): Promise<void> {
    if (!this.wants(name)) return;
    const { page } = this.#launched;
    console.error(name);
    await overlay?.();
    for (const [size, suffix] of [
      [small, ''],
      [large, '-large'],
    ] as const) {
      await this.#resize(size);
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await this.#shoot(`${name}${suffix}${scheme === 'dark' ? '-dark' : ''}`);
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await this.#resize(small);
    if (contrast) {
      await this.#choose('look', 'contrast');
      await this.#shoot(`${name}-contrast`);
      await this.#choose('look', 'system');
    }
    if (overlay) await page.keyboard.press('Escape');
    if (!guide) return;
    for (const language of languages) {
      await this.#choose('language', language);
      await this.#shoot(`${name}.${language}`);
    }
    await this.#choose('language', 'en');
  }

  async #resize(size: typeof small): Promise<void> {
    const { app, page } = this.#launched;
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
    }, size);
    await page.waitForFunction((width) => innerWidth === width, size.width);
  }

  async #choose(menu: 'look' | 'language', item: string): Promise<void> {
    const { page } = this.#launched;
    await page.getByTestId(menu).click();
    await page.getByTestId(`${menu}-${item}`).click();
    await page.getByTestId(`${menu}-${item}`).waitFor({ state: 'hidden' });
  }

  async #shoot(name: string): Promise<void> {
    const { page } = this.#launched;
    await page.mouse.move(640, 2);
    await page.waitForTimeout(settleMs);
    await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
    const webp = await new Transformer(await page.screenshot()).webp(quality);
    await writeFile(path.join(this.#out, `${name}.webp`), webp);
  }
}
