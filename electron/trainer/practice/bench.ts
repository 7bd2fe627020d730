import type { Random } from '../random';
import { pictureHeight, pictureWidth, smoothstep } from './lighting';
import { noiseFields, sampleNoise } from './noise';
import { createSurface, surfaceNames, type Surface } from './surfaces';

/** The bench without anything on it: the tray's surface, its rim, what is beyond it, scratches and oil. */
export interface Bench {
  readonly tray: Surface;
  readonly around: Surface;
  /** Height of the ground, pixels over the tray's floor, and how much of each pixel is tray, 0 … 1. */
  readonly heights: Float32Array;
  readonly trayShare: Float32Array;
  /** Brightness added by scratches (negative: dents of dark). */
  readonly scratches: Float32Array;
  /** 0 dry … 1 wet with oil. */
  readonly oil: Float32Array;
}

export function createBench(random: Random): Bench {
  const trayIndex = random.int(surfaceNames.length);
  const aroundIndex = (trayIndex + 1 + random.int(surfaceNames.length - 1)) % surfaceNames.length;
  const bench: Bench = {
    tray: createSurface(surfaceNames[trayIndex] ?? 'wood', random),
    around: createSurface(surfaceNames[aroundIndex] ?? 'wood', random),
    heights: new Float32Array(pictureWidth * pictureHeight),
    trayShare: new Float32Array(pictureWidth * pictureHeight).fill(1),
    scratches: new Float32Array(pictureWidth * pictureHeight),
    oil: new Float32Array(pictureWidth * pictureHeight),
  };
  if (random.next() < 0.6) raiseRim(bench, random);
  drawScratches(bench.scratches, random);
  for (let smear = random.int(4); smear > 0; smear--) spillOil(bench.oil, random);
  return bench;
}

/** A rounded rectangular tray, slightly turned, whose rim shows along some sides of the picture. */
function raiseRim(bench: Bench, random: Random): void {
  const angle = random.range(-0.09, 0.09);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const centreX = pictureWidth / 2 + random.range(-90, 90);
  const centreY = pictureHeight / 2 + random.range(-80, 80);
  const halfWidth = random.range(560, 720);
  const halfHeight = random.range(410, 560);
  const corner = random.range(40, 110);
  const rim = random.range(14, 30);
  const rise = random.range(22, 46);
  const wallWidth = random.range(14, 36);
  for (let y = 0; y < pictureHeight; y++) {
    for (let x = 0; x < pictureWidth; x++) {
      const dx = x - centreX;
      const dy = y - centreY;
      const qx = Math.abs(dx * cosine + dy * sine) - halfWidth + corner;
      const qy = Math.abs(dy * cosine - dx * sine) - halfHeight + corner;
      const outside = Math.sqrt(Math.max(qx, 0) ** 2 + Math.max(qy, 0) ** 2) + Math.min(Math.max(qx, qy), 0) - corner;
      if (outside < -wallWidth) continue;
      const pixel = y * pictureWidth + x;
      if (outside > rim - 1) bench.trayShare[pixel] = Math.min(1, Math.max(0, (rim + 1 - outside) / 2));
      if (outside < rim) {
        const top = rise - (Math.abs(outside - rim / 2) / rim) ** 4 * 40;
        bench.heights[pixel] = outside < 0 ? top * smoothstep(-wallWidth, 0, outside) : top;
      } else {
        bench.heights[pixel] = -6;
      }
    }
  }
}

function drawScratches(scratches: Float32Array, random: Random): void {
  for (let count = 20 + random.int(90); count > 0; count--) {
    let x = random.range(0, pictureWidth);
    let y = random.range(0, pictureHeight);
    let angle = random.range(0, Math.PI * 2);
    const bend = random.range(-0.002, 0.002);
    const length = random.next() < 0.15 ? random.range(200, 600) : random.range(15, 130);
    const strength = random.range(0.03, 0.16) * (random.next() < 0.7 ? 1 : -1);
    for (let step = 0; step < length; step += 0.5) {
      x += Math.cos(angle) * 0.5;
      y += Math.sin(angle) * 0.5;
      angle += bend;
      const column = Math.round(x);
      const row = Math.round(y);
      if (column < 0 || row < 0 || column >= pictureWidth || row >= pictureHeight) break;
      const fade = Math.min(1, (4 * Math.min(step, length - step)) / length);
      scratches[row * pictureWidth + column] = strength * fade;
    }
  }
}

function spillOil(oil: Float32Array, random: Random): void {
  const { cloud } = noiseFields();
  const centreX = random.range(0, pictureWidth);
  const centreY = random.range(0, pictureHeight);
  const radius = random.range(40, 190);
  const stretch = random.range(0.35, 1);
  const angle = random.range(0, Math.PI);
  const strength = random.range(0.25, 0.9);
  const offset = random.range(0, 512);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const left = Math.max(0, Math.floor(centreX - radius * 1.9));
  const right = Math.min(pictureWidth, Math.ceil(centreX + radius * 1.9));
  const bottom = Math.min(pictureHeight, Math.ceil(centreY + radius * 1.9));
  for (let y = Math.max(0, Math.floor(centreY - radius * 1.9)); y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const u = (x - centreX) * cosine + (y - centreY) * sine;
      const v = ((y - centreY) * cosine - (x - centreX) * sine) / stretch;
      const ragged = Math.max(-0.8, 0.28 * sampleNoise(cloud, x * 0.4 + offset, y * 0.4));
      const distance = Math.sqrt(u * u + v * v) / radius + ragged;
      const pixel = y * pictureWidth + x;
      oil[pixel] = Math.max(oil[pixel] as number, strength * smoothstep(1, 0.75, distance));
    }
  }
}
