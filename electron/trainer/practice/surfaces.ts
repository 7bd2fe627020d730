import type { Random } from '../random';
import type { Colour } from './finishes';
import { noiseFields, sampleNoise } from './noise';

/** What a bench or tray shows at one point; filled in by a surface, so that no object is made per pixel. */
export interface SurfacePoint {
  red: number;
  green: number;
  blue: number;
  /** Slopes of the relief. */
  slopeX: number;
  slopeY: number;
  /** 0 mirror … 1 chalk. */
  roughness: number;
  /** Reflectance: 0.04 for plastics and lacquer, 0 for fibres. */
  gloss: number;
}

export interface Surface {
  /** Typical albedo, which the parts mirror. */
  readonly colour: Colour;
  readonly paint: (x: number, y: number, point: SurfacePoint) => void;
}

export const surfaceNames = ['brushed metal', 'rubber mat', 'wood', 'cardboard', 'plastic'] as const;
export type SurfaceName = (typeof surfaceNames)[number];

export function createSurface(name: SurfaceName, random: Random): Surface {
  switch (name) {
    case 'brushed metal':
      return brushedMetal(random);
    case 'rubber mat':
      return rubberMat(random);
    case 'wood':
      return wood(random);
    case 'cardboard':
      return cardboard(random);
    case 'plastic':
      return plastic(random);
    default:
      return name satisfies never;
  }
}

/** A frame turned by a random angle, with a random origin in the noise. */
interface Frame {
  readonly cosine: number;
  readonly sine: number;
  readonly x: number;
  readonly y: number;
}

function createFrame(random: Random, spread = Math.PI): Frame {
  const angle = random.range(-spread, spread) / 2 + (random.next() < 0.5 ? 0 : Math.PI / 2);
  return { cosine: Math.cos(angle), sine: Math.sin(angle), x: random.range(0, 512), y: random.range(0, 512) };
}

function brushedMetal(random: Random): Surface {
  const { grain, white, cloud } = noiseFields();
  const frame = createFrame(random, 0.2);
  const tone = random.range(0.36, 0.52);
  const colour: Colour = [tone, tone * 1.01, tone * random.range(1, 1.06)];
  return {
    colour,
    paint: (x, y, point) => {
      const along = x * frame.cosine + y * frame.sine + frame.x;
      const across = y * frame.cosine - x * frame.sine + frame.y;
      const streak =
        sampleNoise(grain, along * 0.011, across * 0.83) * 0.6 + sampleNoise(white, along * 0.004, across * 0.37) * 0.5;
      const patch = sampleNoise(cloud, x * 0.21 + frame.x, y * 0.21);
      const bright = 1 + 0.05 * streak + 0.06 * patch;
      point.red = colour[0] * bright;
      point.green = colour[1] * bright;
      point.blue = colour[2] * bright;
      point.slopeX = -frame.sine * streak * 0.075 + patch * 0.012;
      point.slopeY = frame.cosine * streak * 0.075;
      point.roughness = 0.5 + 0.04 * patch;
      point.gloss = 0.5;
    },
  };
}

function rubberMat(random: Random): Surface {
  const { grain, white, cloud } = noiseFields();
  const frame = createFrame(random);
  const tones: readonly Colour[] = [
    [0.035, 0.036, 0.038],
    [0.05, 0.052, 0.054],
    [0.03, 0.075, 0.06],
    [0.045, 0.075, 0.12],
    [0.11, 0.115, 0.12],
  ];
  const colour = tones[random.int(tones.length)] as Colour;
  const ribbed = random.next() < 0.3;
  const pitch = random.range(9, 16);
  const scale = random.range(0.4, 0.7);
  return {
    colour,
    paint: (x, y, point) => {
      const u = (x * frame.cosine + y * frame.sine) * scale + frame.x;
      const v = (y * frame.cosine - x * frame.sine) * scale + frame.y;
      const here = sampleNoise(grain, u, v);
      const patch = sampleNoise(cloud, x * 0.31 + frame.x, y * 0.31 + frame.y);
      const speck = sampleNoise(white, x * 0.71 + frame.y, y * 0.71 + frame.x);
      const dust = Math.max(0, 0.012 + 0.012 * patch) + (speck > 1.9 ? (speck - 1.9) * 0.12 : 0);
      const bright = 1 + 0.12 * here + 0.08 * patch;
      point.red = colour[0] * bright + dust;
      point.green = colour[1] * bright + dust * 0.97;
      point.blue = colour[2] * bright + dust * 0.9;
      point.slopeX = (sampleNoise(grain, u + 0.8, v) - here) * 0.16;
      point.slopeY = (sampleNoise(grain, u, v + 0.8) - here) * 0.16;
      if (ribbed) {
        const rib = Math.sin((v / scale / pitch) * 2 * Math.PI) * 0.35;
        point.slopeX -= rib * frame.sine;
        point.slopeY += rib * frame.cosine;
      }
      point.roughness = 0.62;
      point.gloss = 0.03;
    },
  };
}

function wood(random: Random): Surface {
  const { grain, cloud } = noiseFields();
  const frame = createFrame(random, 0.5);
  const light: Colour = [random.range(0.42, 0.56), random.range(0.27, 0.35), random.range(0.14, 0.2)];
  const depth = random.range(0.5, 0.7);
  const plank = random.range(190, 420);
  const rings = random.range(0.035, 0.075);
  return {
    colour: [light[0] * 0.85, light[1] * 0.8, light[2] * 0.75],
    paint: (x, y, point) => {
      const along = x * frame.cosine + y * frame.sine;
      const across = y * frame.cosine - x * frame.sine + 2000;
      const board = Math.floor(across / plank);
      const seam = Math.abs(across - (board + 0.5) * plank) - plank / 2;
      const a = along + frame.x + board * 137;
      const b = across + frame.y + board * 71;
      const warp = sampleNoise(cloud, a * 0.09, b * 0.33);
      const phase = (b * rings + warp * 2.6) * 1.7;
      const ring = 0.5 + 0.5 * Math.sin(phase + Math.sin(phase) * 0.7);
      const fibre = sampleNoise(grain, a * 0.035, b * 0.8);
      const pore = Math.min(0, sampleNoise(grain, a * 0.06 + 100, b * 1.1 + 50) + 1.25);
      const tone =
        1 - (1 - depth) * ring * 0.75 + 0.05 * fibre + 0.22 * pore + 0.09 * warp + 0.05 * Math.sin(board * 2.3);
      const cut = seam > -1.6 ? 0.25 : 1;
      const value = Math.max(0.08, tone) * cut;
      point.red = light[0] * value;
      point.green = light[1] * value * (0.9 + 0.1 * tone);
      point.blue = light[2] * value * (0.8 + 0.2 * tone);
      const slope = fibre * 0.03 - pore * 0.08;
      point.slopeX = -frame.sine * slope;
      point.slopeY = frame.cosine * slope;
      point.roughness = 0.5 + 0.05 * fibre;
      point.gloss = 0.02;
    },
  };
}

function cardboard(random: Random): Surface {
  const { grain, cloud } = noiseFields();
  const frame = createFrame(random, 0.3);
  const tone = random.range(0.85, 1.1);
  const colour: Colour = [0.4 * tone, 0.275 * tone, 0.165 * tone];
  const pitch = random.range(19, 30);
  return {
    colour,
    paint: (x, y, point) => {
      const u = x * frame.cosine + y * frame.sine + frame.x;
      const v = y * frame.cosine - x * frame.sine + frame.y;
      const fibre =
        sampleNoise(grain, u * 0.17 + v * 0.1, v * 0.42 - u * 0.06) * 0.5 +
        sampleNoise(grain, u * 0.31 - v * 0.22 + 77, v * 0.2 + u * 0.13) * 0.5 +
        sampleNoise(grain, u * 0.83 + 31, v * 0.83) * 0.6;
      const patch = sampleNoise(cloud, x * 0.17 + frame.y, y * 0.17 + frame.x);
      const flute = Math.sin((v / pitch) * 2 * Math.PI);
      const bright = 1 + 0.045 * fibre + 0.022 * flute * (0.6 + 0.4 * patch) + 0.06 * patch;
      point.red = colour[0] * bright;
      point.green = colour[1] * bright * (1 + 0.012 * fibre);
      point.blue = colour[2] * bright * (1 + 0.03 * fibre);
      point.slopeX = fibre * 0.02 - frame.sine * flute * 0.02;
      point.slopeY = fibre * 0.015 + frame.cosine * flute * 0.02;
      point.roughness = 0.9;
      point.gloss = 0.008;
    },
  };
}

function plastic(random: Random): Surface {
  const { grain, cloud } = noiseFields();
  const frame = createFrame(random, 0.15);
  const tones: readonly Colour[] = [
    [0.02, 0.09, 0.3],
    [0.025, 0.13, 0.36],
    [0.03, 0.17, 0.4],
    [0.3, 0.31, 0.31],
  ];
  const colour = tones[random.int(tones.length)] as Colour;
  const peel = random.range(0.12, 0.3);
  return {
    colour,
    paint: (x, y, point) => {
      const u = x * peel + frame.x;
      const v = y * peel + frame.y;
      const here = sampleNoise(grain, u, v);
      const patch = sampleNoise(cloud, x * 0.23 + frame.y, y * 0.23 + frame.x);
      const rub = sampleNoise(grain, x * 0.9 + frame.y, y * 0.9 + frame.x);
      const scuff = Math.max(0, 0.008 + 0.01 * patch + 0.004 * rub);
      const bright = 1 + 0.05 * patch + 0.025 * rub;
      point.red = colour[0] * bright + scuff;
      point.green = colour[1] * bright + scuff;
      point.blue = colour[2] * bright + scuff;
      point.slopeX = (sampleNoise(grain, u + 0.5, v) - here) * 0.045 + rub * 0.012;
      point.slopeY = (sampleNoise(grain, u, v + 0.5) - here) * 0.045 - rub * 0.009;
      point.roughness = 0.3 + 0.05 * patch;
      point.gloss = 0.045;
    },
  };
}
