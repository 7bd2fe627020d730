import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodePicture } from '../electron/trainer/images/decode';
import { readAnnotations } from '../electron/trainer/projectStore';
import { launchApp, type LaunchedApp } from './launch';

/** Where pictures of the screens go, for a person to look at; none are taken by default. */
const shots = process.env['LINESIDE_E2E_SHOTS'];
/** Chromium's own moving test picture in place of a camera. The app's answer to the question for permission stays real. */
const fakeCamera = '--use-fake-device-for-media-stream';

let folder: string;
let launched: LaunchedApp;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lineside-camera-'));
});

afterEach(async () => {
  await launched.close();
  await rm(folder, { recursive: true, force: true });
});

function byId(id: string): Locator {
  return launched.page.getByTestId(id);
}

/** A new project on the Images screen. @returns its folder */
async function startProject(): Promise<string> {
  await byId('primary').click();
  await byId('project-name').fill('Belt');
  await byId('create-project').click();
  await byId('screen-images').waitFor();
  const reply = await launched.page.evaluate(() => window.lineside.invoke('project.recent', {}));
  return (reply as { output: { dir: string }[] }).output[0]!.dir;
}

async function judge(shot: string): Promise<void> {
  await launched.page.waitForTimeout(400);
  if (shots !== undefined) await launched.page.screenshot({ path: path.join(shots, `${shot}.png`) });
  const { violations } = await new AxeBuilder({ page: launched.page }).setLegacyMode(true).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    shot,
  ).toEqual([]);
}

async function takenCount(): Promise<number> {
  return Number(/\d+/.exec(await byId('taken-count').innerText())?.[0]);
}

/**
 * A film made by the page itself, at 10 frames a second: for `stillSeconds` a grey square at rest, then as long in motion. It does not
 * say how long it is, as a recording of a stream does not.
 */
async function makeVideo(stillSeconds: number): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const base64 = await launched.page.evaluate(async (still) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 240];
    const context = canvas.getContext('2d')!;
    const draw = (second: number): void => {
      context.fillStyle = '#305060';
      context.fillRect(0, 0, 320, 240);
      context.fillStyle = '#e8e0c0';
      context.fillRect(20 + Math.max(0, second - still) * 60, 80, 70, 70);
    };
    draw(0);
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    const begun = performance.now();
    while (performance.now() - begun < still * 2000) {
      draw((performance.now() - begun) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, stillSeconds);
  return { name: 'Belt 2.webm', mimeType: 'video/webm', buffer: Buffer.from(base64, 'base64') };
}

describe('a camera', () => {
  test('gives pictures at the shutter, by Space, and by itself', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 }, switches: [fakeCamera] });
    const project = await startProject();
    await byId('take-pictures').click();
    await expect.poll(() => byId('shutter').isEnabled(), { timeout: 20_000 }).toBe(true);
    await byId('shutter').click();
    await expect.poll(takenCount, { timeout: 20_000 }).toBe(1);
    await launched.page.locator('h1').click();
    await launched.page.keyboard.press('Space');
    await expect.poll(takenCount, { timeout: 20_000 }).toBe(2);
    await judge('camera');
    await byId('camera-every').selectOption('1');
    await expect.poll(takenCount, { timeout: 20_000 }).toBeGreaterThan(3);
    await byId('series-stop').click();
    await launched.page.waitForTimeout(1500);
    const count = await takenCount();
    await judge('camera-series');
    await byId('primary').click();
    await expect.poll(() => byId('picture-count').innerText(), { timeout: 20_000 }).toContain(String(count));
    await expect
      .poll(
        () =>
          launched.page
            .locator('[data-testid="wall"] img')
            .first()
            .evaluate((image) => (image as HTMLImageElement).naturalWidth),
        { timeout: 20_000 },
      )
      .toBeGreaterThan(100);
    await judge('images-taken');

    const names = await readdir(path.join(project, 'images'));
    expect(names).toHaveLength(count);
    const labels = await readAnnotations(project);
    for (const { image, width, height, recording } of labels) {
      const { pixels: _pixels, ...size } = await decodePicture(path.join(project, image));
      expect(size).toMatchObject({ width, height });
      // Pictures that it takes by itself follow one another; those at the shutter are each arranged by a person.
      expect(recording !== undefined).toBe(image.includes('series'));
    }
    expect(labels.filter(({ recording }) => recording === undefined)).toHaveLength(2);
    expect(launched.complaints).toEqual([]);
  });

  test('that is missing or taken away is told in words, and what was taken stays', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 }, switches: [fakeCamera] });
    await startProject();
    await byId('take-pictures').click();
    await expect.poll(() => byId('shutter').isEnabled(), { timeout: 20_000 }).toBe(true);
    await byId('shutter').click();
    await expect.poll(takenCount, { timeout: 20_000 }).toBe(1);
    // What Chromium does when the cable is pulled: the track ends.
    await byId('camera-view').evaluate((video) => {
      const [track] = ((video as HTMLVideoElement).srcObject as MediaStream).getVideoTracks();
      track?.dispatchEvent(new Event('ended'));
    });
    await launched.page.locator('[data-trouble="unplugged"]').waitFor();
    await judge('camera-unplugged');
    await byId('camera-again').click();
    await expect.poll(() => byId('shutter').isEnabled(), { timeout: 20_000 }).toBe(true);
    expect(await takenCount()).toBe(1);
    await byId('take-back').click();
    await expect.poll(takenCount, { timeout: 20_000 }).toBe(0);
  });

  test('is asked for by the page alone, without a microphone; without one it says so', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 } });
    const microphone = await launched.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        (error: unknown) => (error as Error).name,
      ),
    );
    expect(microphone).not.toBe('given');
    await startProject();
    await byId('take-pictures').click();
    await launched.page.locator('[data-trouble="none"]').waitFor();
    await judge('camera-none');
  });
});

describe('a model', () => {
  test('looks through the camera, again and again, and the slider says from when on it counts', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 }, switches: [fakeCamera] });
    await byId('welcome-try-model').click();
    await byId('live-camera').click();
    const overlay = byId('live').locator('svg');
    await overlay.waitFor({ timeout: 60_000 });
    await byId('tried-live').getByRole('slider').press('Home');
    await judge('try-camera');
    expect(await overlay.getAttribute('viewBox')).toMatch(/^0 0 720 \d+$/);
    const frames = async (): Promise<number> => Number(await byId('live').getAttribute('data-frames'));
    const before = await frames();
    await expect.poll(frames, { timeout: 30_000 }).toBeGreaterThan(before + 5);
    await byId('live-stop').click();
    await byId('try-empty').waitFor();
    expect(launched.complaints).toEqual([]);
  });
});

describe('a video', () => {
  test('gives a picture every second, but none of what stands still, and all of them stay together', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 } });
    const project = await startProject();
    const video = await makeVideo(3);
    await byId('video-files').setInputFiles(video);
    await expect.poll(() => byId('sweep').isEnabled(), { timeout: 20_000 }).toBe(true);
    await byId('video-every').selectOption('0.5');
    await byId('sweep').click();
    await byId('swept').waitFor();
    await judge('video');
    const count = await takenCount();
    // Six seconds at two a second: of the first three the first one only.
    expect(count).toBeGreaterThanOrEqual(5);
    expect(count).toBeLessThanOrEqual(8);
    await byId('shutter').click();
    await expect.poll(takenCount, { timeout: 20_000 }).toBe(count + 1);
    await byId('primary').click();
    const labels = await readAnnotations(project);
    expect(labels.map(({ recording }) => recording)).toEqual(labels.map(() => 'Belt 2'));
    expect(labels.map(({ width, height }) => [width, height])).toEqual(labels.map(() => [320, 240]));
    expect(labels[0]?.image).toBe('images/Belt_2_0001.jpg');
    const head = await readFile(path.join(project, 'images', 'Belt_2_0001.jpg'));
    expect([...head.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(launched.complaints).toEqual([]);
  });

  test('that cannot be played says what to do', async () => {
    launched = await launchApp({ size: { width: 1280, height: 720 } });
    await startProject();
    const broken = { name: 'broken.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no film at all') };
    await byId('video-files').setInputFiles(broken);
    await launched.page.locator('[data-trouble="video"]').waitFor();
    await judge('video-broken');
  });
});
