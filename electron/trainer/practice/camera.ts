import type { Random } from '../random';
import { pictureHeight, pictureWidth } from './lighting';
import { noiseFields } from './noise';

/** How the picture is taken: what happens to the light between the lens and the file. */
export interface Camera {
  /** Standard deviation of the defocus, pixels; 0.55 is a sharp lens. */
  readonly defocus: number;
  /** Length (pixels) and direction of a movement during the exposure; 0 for none. */
  readonly motion: number;
  readonly motionAngle: number;
  /** Gain that the mean of the picture is brought to, before the tone curve. */
  readonly meanTarget: number;
  /** White balance: gains of red and blue. */
  readonly redGain: number;
  readonly blueGain: number;
  /** Darkening in the corners. */
  readonly vignetting: number;
  /** Noise variance: a share of the signal (photons) and a floor (electronics). */
  readonly shotNoise: number;
  readonly readNoise: number;
  readonly glow: number;
  readonly noiseOffset: number;
}

export function createCamera(random: Random): Camera {
  const kind = random.next();
  const noisy = random.next() < 0.3 ? 3 : 1;
  return {
    defocus: kind < 0.15 ? random.range(1.2, 2.4) : random.range(0.5, 0.85),
    motion: kind > 0.85 ? random.range(4, 10) : 0,
    motionAngle: random.range(0, Math.PI),
    meanTarget: random.range(0.16, 0.3),
    redGain: random.range(0.86, 1.18),
    blueGain: random.range(0.82, 1.18),
    vignetting: random.range(0.1, 0.45),
    shotNoise: random.range(0.0002, 0.0006) * noisy,
    readNoise: random.range(0.000002, 0.000012) * noisy,
    glow: random.range(0.02, 0.07),
    noiseOffset: random.int(262144),
  };
}

/** Turns linear light into the 8-bit sRGB pixels of the file. `light` is overwritten. */
export function develop(light: Float32Array, camera: Camera): Uint8Array {
  expose(light, camera);
  addGlow(light, camera.glow);
  if (camera.motion > 0) blurAlong(light, camera.motion, camera.motionAngle);
  blurGaussian(light, camera.defocus);
  return digitise(light, camera);
}

/** Automatic exposure on the mean, highlights limited; white balance and vignetting. */
function expose(light: Float32Array, camera: Camera): void {
  let sum = 0;
  let count = 0;
  for (let i = 1; i < light.length; i += 3 * 37) {
    sum += Math.min(2, light[i] as number);
    count++;
  }
  const gain = camera.meanTarget / Math.max(0.01, sum / count);
  const reach = (pictureWidth * pictureWidth + pictureHeight * pictureHeight) / 4;
  for (let y = 0; y < pictureHeight; y++) {
    for (let x = 0; x < pictureWidth; x++) {
      const distance = ((x - pictureWidth / 2) ** 2 + (y - pictureHeight / 2) ** 2) / reach;
      const here = gain * (1 - camera.vignetting * distance);
      const at = (y * pictureWidth + x) * 3;
      light[at] = Math.min(2.6, (light[at] as number) * here * camera.redGain);
      light[at + 1] = Math.min(2.6, (light[at + 1] as number) * here);
      light[at + 2] = Math.min(2.6, (light[at + 2] as number) * here * camera.blueGain);
    }
  }
}

/** Stray light around what is overexposed, at an eighth of the resolution. */
function addGlow(light: Float32Array, strength: number): void {
  const step = 8;
  const columns = pictureWidth / step;
  const rows = pictureHeight / step;
  let bright = new Float32Array(columns * rows);
  for (let y = 0; y < pictureHeight; y += 2) {
    for (let x = 0; x < pictureWidth; x += 2) {
      const over = (light[(y * pictureWidth + x) * 3 + 1] as number) - 0.85;
      if (over > 0)
        bright[(y >> 3) * columns + (x >> 3)] = (bright[(y >> 3) * columns + (x >> 3)] as number) + over / 16;
    }
  }
  for (let pass = 0; pass < 3; pass++) bright = boxBlurred(bright, columns, rows);
  for (let y = 0; y < pictureHeight; y++) {
    const row = Math.min(rows - 1, y / step - 0.5);
    const r = Math.max(0, Math.floor(row));
    const fy = Math.max(0, row - r);
    for (let x = 0; x < pictureWidth; x++) {
      const column = Math.min(columns - 1, x / step - 0.5);
      const c = Math.max(0, Math.floor(column));
      const fx = Math.max(0, column - c);
      const right = Math.min(columns - 1, c + 1);
      const below = Math.min(rows - 1, r + 1) * columns;
      const upper = (bright[r * columns + c] as number) * (1 - fx) + (bright[r * columns + right] as number) * fx;
      const lower = (bright[below + c] as number) * (1 - fx) + (bright[below + right] as number) * fx;
      const glow = (upper + (lower - upper) * fy) * strength * 4;
      if (glow < 0.0005) continue;
      const at = (y * pictureWidth + x) * 3;
      light[at] = (light[at] as number) + glow;
      light[at + 1] = (light[at + 1] as number) + glow;
      light[at + 2] = (light[at + 2] as number) + glow;
    }
  }
}

function boxBlurred(values: Float32Array, columns: number, rows: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(values.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        const row = Math.min(rows - 1, Math.max(0, y + dy)) * columns;
        for (let dx = -1; dx <= 1; dx++) sum += values[row + Math.min(columns - 1, Math.max(0, x + dx))] as number;
      }
      result[y * columns + x] = sum / 9;
    }
  }
  return result;
}

/** Mean along a line centred on each pixel, so that nothing is displaced. */
function blurAlong(light: Float32Array, length: number, angle: number): void {
  const source = light.slice();
  const taps = Math.ceil(length) | 1;
  const offsets = Array.from({ length: taps }, (_, tap) => {
    const t = (tap / (taps - 1) - 0.5) * length;
    return [Math.round(Math.cos(angle) * t), Math.round(Math.sin(angle) * t)] as const;
  });
  for (let y = 0; y < pictureHeight; y++) {
    for (let x = 0; x < pictureWidth; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (const [dx, dy] of offsets) {
        const column = Math.min(pictureWidth - 1, Math.max(0, x + dx));
        const row = Math.min(pictureHeight - 1, Math.max(0, y + dy));
        const at = (row * pictureWidth + column) * 3;
        red += source[at] as number;
        green += source[at + 1] as number;
        blue += source[at + 2] as number;
      }
      const at = (y * pictureWidth + x) * 3;
      light[at] = red / taps;
      light[at + 1] = green / taps;
      light[at + 2] = blue / taps;
    }
  }
}

function blurGaussian(light: Float32Array, sigma: number): void {
  const radius = Math.ceil(sigma * 2.2);
  const kernel = Array.from({ length: radius + 1 }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)));
  const total = kernel.reduce((sum, weight, i) => sum + weight * (i === 0 ? 1 : 2), 0);
  const weights = Float64Array.from(kernel, (weight) => weight / total);
  const longest = Math.max(pictureWidth, pictureHeight) * 3;
  const line = new Float32Array(longest + radius * 6);
  const blurLine = (start: number, count: number, stride: number): void => {
    for (let i = -radius; i < count + radius; i++) {
      const from = start + Math.min(count - 1, Math.max(0, i)) * stride;
      const to = (i + radius) * 3;
      line[to] = light[from] as number;
      line[to + 1] = light[from + 1] as number;
      line[to + 2] = light[from + 2] as number;
    }
    for (let i = 0; i < count; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const centre = (i + radius) * 3 + channel;
        let sum = (line[centre] as number) * (weights[0] as number);
        for (let tap = 1; tap <= radius; tap++) {
          sum += ((line[centre - tap * 3] as number) + (line[centre + tap * 3] as number)) * (weights[tap] as number);
        }
        light[start + i * stride + channel] = sum;
      }
    }
  };
  for (let y = 0; y < pictureHeight; y++) blurLine(y * pictureWidth * 3, pictureWidth, 3);
  for (let x = 0; x < pictureWidth; x++) blurLine(x * 3, pictureHeight, pictureWidth * 3);
}

const curveSteps = 8192;
const curveTop = 2.5;

/** Shoulder for the highlights (after Reinhard, white at 2.5), then the sRGB transfer function, in 0 … 255. */
const toneCurve = Float32Array.from({ length: curveSteps + 1 }, (_, i) => {
  const value = (i / curveSteps) ** 2 * curveTop;
  const exposed = value * 1.25;
  const white = curveTop * 1.25;
  const mapped = (exposed * (1 + exposed / (white * white))) / (1 + exposed * 0.55);
  const scaled = mapped / ((white * (1 + 1 / white)) / (1 + white * 0.55));
  const contrast = Math.min(1, scaled * 1.45);
  return 255 * (contrast <= 0.0031308 ? contrast * 12.92 : 1.055 * contrast ** (1 / 2.4) - 0.055);
});

/** Sensor noise, tone curve, rounding. */
function digitise(light: Float32Array, camera: Camera): Uint8Array {
  const { white, grain } = noiseFields();
  const pixels = new Uint8Array(light.length);
  const mask = white.length - 1;
  for (let i = 0, at = camera.noiseOffset; i < light.length; i++, at += 1) {
    const value = Math.max(0, light[i] as number);
    // Demosaicing correlates part of the noise over neighbouring pixels.
    const noise = (white[at & mask] as number) * 0.75 + (grain[(at * 3 + 7919) & mask] as number) * 0.65;
    const noisy = value + noise * Math.sqrt(camera.shotNoise * value + camera.readNoise);
    const step = Math.sqrt(Math.min(1, Math.max(0, noisy / curveTop))) * curveSteps;
    pixels[i] = Math.min(255, (toneCurve[Math.round(step)] as number) + 0.5);
  }
  return pixels;
}
