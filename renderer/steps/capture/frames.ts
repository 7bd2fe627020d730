import { type Fingerprint, fingerprint } from '../../../shared/fingerprint';
import type { TakenFrame } from '../../store/capture';

/** Of a JPEG, 0–1: what the compression changes stays below what a camera's own noise does. */
const pictureQuality = 0.96;
/** Long side in pixels of the copy that frames are compared by. */
const printSide = 160;

/** What the video shows now, in full size. Null while it shows nothing. */
export async function takeFrame(video: HTMLVideoElement): Promise<TakenFrame | null> {
  return encode(video, Infinity, pictureQuality);
}

/** What the video shows now, made smaller. @param longSide pixels @param quality of the JPEG, 0–1 */
export async function encode(video: HTMLVideoElement, longSide: number, quality: number): Promise<TakenFrame | null> {
  const canvas = draw(video, longSide);
  if (!canvas) return null;
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
  if (!blob) return null;
  return { bytes: new Uint8Array(await blob.arrayBuffer()), width: canvas.width, height: canvas.height };
}

/** What frames are compared by. */
export function printOf(video: HTMLVideoElement): Fingerprint | null {
  const canvas = draw(video, printSide);
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  return pixels ? fingerprint({ width: pixels.width, height: pixels.height, pixels: pixels.data }, 4) : null;
}

function draw(video: HTMLVideoElement, longSide: number): HTMLCanvasElement | null {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const scale = Math.min(1, longSide / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas
    .getContext('2d', { willReadFrequently: longSide < Infinity })
    ?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** How long one jump in a video may take, in milliseconds. */
const jumpWithin = 8000;

/** Jumps to a place of a video and waits until it is shown. @param seconds from the beginning */
export async function jumpTo(video: HTMLVideoElement, seconds: number): Promise<void> {
  const arrived = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no frame at ${seconds} s`)), jumpWithin);
    video.addEventListener(
      'seeked',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
  video.currentTime = seconds;
  await arrived;
}

/**
 * In seconds. A recording that was streamed does not say how long it is until its end has been looked for: in an element of
 * its own, because Chromium does not come back from beyond the end of such a one.
 */
export async function durationOf(video: HTMLVideoElement): Promise<number> {
  if (Number.isFinite(video.duration)) return video.duration;
  const scout = document.createElement('video');
  scout.muted = true;
  scout.src = video.src;
  await jumpTo(scout, Number.MAX_SAFE_INTEGER);
  const found = scout.currentTime;
  scout.removeAttribute('src');
  scout.load();
  return found;
}

/** 2026-11-25_03-20-11, of now, for names. */
export function timeStamp(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
}
