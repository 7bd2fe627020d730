import type { Random } from '../random';
import type { Colour } from './finishes';

/** Width and height of every practice picture, pixels. */
export const pictureWidth = 1280;
export const pictureHeight = 960;

/** A bright rectangle overhead (window, tube, lamp panel), placed on the plane of directions (x, y) / (z + 0.3). */
interface Panel {
  readonly x: number;
  readonly y: number;
  readonly cosine: number;
  readonly sine: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly radiance: number;
}

export interface Lighting {
  /** The lamp over the bench: position in picture pixels, angular radius of its shade, colour. */
  readonly lampX: number;
  readonly lampY: number;
  readonly lampZ: number;
  readonly lampRadius: number;
  readonly lampColour: Colour;
  /** Irradiance from all around. */
  readonly ambient: Colour;
  readonly panels: readonly Panel[];
  /** Radiance of the walls and of the ceiling as the parts mirror them, and of the bench. */
  readonly wallRadiance: number;
  readonly ceilingRadiance: number;
  readonly benchRadiance: Colour;
  /** Which way the brighter wall lies. */
  readonly wallX: number;
  readonly wallY: number;
  /** A spot of light or the shade of a bystander: centre, radii, gain (negative darkens). */
  readonly spotX: number;
  readonly spotY: number;
  readonly spotWidth: number;
  readonly spotHeight: number;
  readonly spotGain: number;
  /** A soft-edged darker side. */
  readonly shadeX: number;
  readonly shadeY: number;
  readonly shadeEdge: number;
  readonly shadeDepth: number;
}

export function createLighting(random: Random, benchColour: Colour): Lighting {
  const bearing = random.range(0, 2 * Math.PI);
  const away = random.range(300, 900);
  const warm = random.range(-0.12, 0.2);
  const strength = random.range(0.55, 1.15);
  const ambient = random.range(0.28, 0.5);
  const panels: Panel[] = [];
  const count = 2 + random.int(3);
  const tubes = random.range(0, Math.PI);
  for (let i = 0; i < count; i++) {
    const isTube = random.next() < 0.6;
    const angle = isTube ? tubes : random.range(0, Math.PI);
    panels.push({
      x: random.range(-1.1, 1.1),
      y: random.range(-1.1, 1.1),
      cosine: Math.cos(angle),
      sine: Math.sin(angle),
      halfLength: isTube ? random.range(0.6, 1.5) : random.range(0.2, 0.5),
      halfWidth: isTube ? random.range(0.04, 0.12) : random.range(0.15, 0.4),
      radiance: isTube ? random.range(2, 4) : random.range(1.2, 2.6),
    });
  }
  const wall = random.range(0, 2 * Math.PI);
  const shade = random.range(0, 2 * Math.PI);
  return {
    lampX: pictureWidth / 2 + Math.cos(bearing) * away,
    lampY: pictureHeight / 2 + Math.sin(bearing) * away,
    lampZ: random.range(850, 1500),
    lampRadius: random.range(0.05, 0.2),
    lampColour: [strength * (1 + warm), strength, strength * (1 - warm)],
    ambient: [ambient * (1 - warm * 0.4), ambient, ambient * (1 + warm * 0.4)],
    panels,
    wallRadiance: random.range(0.08, 0.3),
    ceilingRadiance: random.range(0.22, 0.6),
    benchRadiance: [benchColour[0] * 0.7, benchColour[1] * 0.7, benchColour[2] * 0.7],
    wallX: Math.cos(wall),
    wallY: Math.sin(wall),
    spotX: random.range(0.1, 0.9) * pictureWidth,
    spotY: random.range(0.1, 0.9) * pictureHeight,
    spotWidth: random.range(220, 600),
    spotHeight: random.range(220, 600),
    spotGain: random.range(-0.3, 0.8),
    shadeX: Math.cos(shade),
    shadeY: Math.sin(shade),
    shadeEdge: random.range(0.1, 0.6),
    shadeDepth: random.next() < 0.5 ? random.range(0.2, 0.6) : 0.1,
  };
}

/** How strongly the lamp shines at (x, y) compared with an even lamp: the spot and the darker side. */
export function unevenness(light: Lighting, x: number, y: number): number {
  const dx = (x - light.spotX) / light.spotWidth;
  const dy = (y - light.spotY) / light.spotHeight;
  const spot = 1 + light.spotGain * Math.exp(-(dx * dx + dy * dy));
  const across =
    ((x - pictureWidth / 2) * light.shadeX + (y - pictureHeight / 2) * light.shadeY) / (pictureWidth / 2) -
    light.shadeEdge;
  return spot * (1 - light.shadeDepth * smoothstep(-0.35, 0.35, across));
}

/**
 * Luminance of the surroundings seen in the unit direction (x, y, z) by a mirror of the given roughness: walls and
 * ceiling, bright panels, and the dark camera straight above. Below the horizon it is zero (the bench: see shading).
 */
export function surroundings(light: Lighting, x: number, y: number, z: number, roughness: number): number {
  if (z < -0.25) return 0;
  const horizon = smoothstep(-0.25, 0.15, z);
  const scale = 1 / (Math.max(0, z) + 0.3);
  const px = x * scale;
  const py = y * scale;
  const towardsWall = x * light.wallX + y * light.wallY;
  let radiance =
    light.wallRadiance * (1 + 0.6 * towardsWall) +
    (light.ceilingRadiance - light.wallRadiance) * smoothstep(0.1, 0.85, z + 0.25 * towardsWall);
  const blur = 0.05 + roughness * 0.85;
  for (const panel of light.panels) {
    const dx = px - panel.x;
    const dy = py - panel.y;
    const along = Math.abs(dx * panel.cosine + dy * panel.sine);
    if (along > panel.halfLength + blur) continue;
    const across = Math.abs(dy * panel.cosine - dx * panel.sine);
    if (across > panel.halfWidth + blur) continue;
    const thin = panel.halfWidth / (panel.halfWidth + blur * 0.55);
    radiance +=
      panel.radiance *
      thin *
      smoothstep(panel.halfLength + blur, panel.halfLength - blur, along) *
      smoothstep(panel.halfWidth + blur, panel.halfWidth - blur, across);
  }
  const overhead = px * px + py * py;
  if (overhead < 0.12) radiance *= 1 - 0.45 * smoothstep(0.12, 0.01, overhead);
  return radiance * horizon;
}

export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
