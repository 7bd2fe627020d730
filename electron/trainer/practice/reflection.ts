import type { View } from './layer';
import { pictureHeight, pictureWidth, surroundings, unevenness, type Lighting } from './lighting';

/** Linear red, green, blue of one point. */
export type Radiance = Float64Array;

/** What one point of the scene is lit by, and how it answers. */
export interface Point {
  x: number;
  y: number;
  z: number;
  slopeX: number;
  slopeY: number;
  red: number;
  green: number;
  blue: number;
  /** Share of the colour that is scattered; the rest of it mirrors (metals), or `gloss` mirrors in white. */
  scatter: number;
  gloss: number;
  isMetal: boolean;
  roughness: number;
  lamp: number;
  open: number;
}

export function createPoint(): Point {
  return {
    x: 0,
    y: 0,
    z: 0,
    slopeX: 0,
    slopeY: 0,
    red: 0,
    green: 0,
    blue: 0,
    scatter: 1,
    gloss: 0,
    isMetal: false,
    roughness: 0.5,
    lamp: 1,
    open: 1,
  };
}

/** Lambert scattering and a mirror lobe for the lamp (Blinn–Phong, normalised) and for the surroundings. */
export function lightPoint(point: Point, light: Lighting, view: View, out: Radiance): void {
  const normal = 1 / Math.sqrt(1 + point.slopeX * point.slopeX + point.slopeY * point.slopeY);
  const nx = -point.slopeX * normal;
  const ny = -point.slopeY * normal;
  const nz = normal;

  let vx = view.x - point.x;
  let vy = view.y - point.y;
  let vz = view.distance - point.z;
  const toCamera = 1 / Math.sqrt(vx * vx + vy * vy + vz * vz);
  vx *= toCamera;
  vy *= toCamera;
  vz *= toCamera;

  let lx = light.lampX - point.x;
  let ly = light.lampY - point.y;
  let lz = light.lampZ - point.z;
  const distanceSquared = lx * lx + ly * ly + lz * lz;
  const toLamp = 1 / Math.sqrt(distanceSquared);
  lx *= toLamp;
  ly *= toLamp;
  lz *= toLamp;

  const centreX = light.lampX - pictureWidth / 2;
  const centreY = light.lampY - pictureHeight / 2;
  const reference = centreX * centreX + centreY * centreY + light.lampZ * light.lampZ;
  const lamp = point.lamp * (reference / distanceSquared) * unevenness(light, point.x, point.y);
  const facing = Math.max(0, nx * lx + ny * ly + nz * lz);
  const direct = lamp * facing;
  const sky = point.open * (0.55 + 0.45 * nz);

  if (point.gloss < 0.01) {
    out[0] = point.red * (direct * light.lampColour[0] + sky * light.ambient[0]);
    out[1] = point.green * (direct * light.lampColour[1] + sky * light.ambient[1]);
    out[2] = point.blue * (direct * light.lampColour[2] + sky * light.ambient[2]);
    return;
  }

  const nv = Math.max(0.02, nx * vx + ny * vy + nz * vz);
  const rx = 2 * nv * nx - vx;
  const ry = 2 * nv * ny - vy;
  const rz = 2 * nv * nz - vz;
  const off = 1 - nv;
  const grazing = off * off * off * off * off;

  let highlight = 0;
  if (facing > 0) {
    const hx = lx + vx;
    const hy = ly + vy;
    const hz = lz + vz;
    const half = (nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
    const alpha = point.roughness * point.roughness + light.lampRadius * 0.25;
    const power = 2 / (alpha * alpha) - 2;
    // Below e^-9 the lobe is dark.
    if (half > 0 && (1 - half) * power < 9) {
      highlight = ((power + 2) / 8) * Math.exp(power * Math.log(half)) * facing * lamp;
    }
  }
  const mirrored = surroundings(light, rx, ry, rz, point.roughness) * (0.25 + 0.75 * point.open);
  const benchShare = rz < 0.15 ? Math.min(1, (0.15 - rz) / 0.4) * point.open * 0.8 : 0;

  const base = point.isMetal ? 0 : point.gloss + (1 - point.gloss) * grazing * 0.4;
  const tint = point.isMetal ? 1 - grazing * 0.5 : 0;
  const rim = point.isMetal ? grazing * 0.5 : 0;
  const lit = point.scatter * direct;
  const shaded = point.scatter * sky;
  const [lampRed, lampGreen, lampBlue] = light.lampColour;
  const [skyRed, skyGreen, skyBlue] = light.ambient;
  const [benchRed, benchGreen, benchBlue] = light.benchRadiance;
  out[0] =
    point.red * (lit * lampRed + shaded * skyRed) +
    (base + rim + tint * point.red) * (mirrored + benchShare * benchRed + highlight * lampRed);
  out[1] =
    point.green * (lit * lampGreen + shaded * skyGreen) +
    (base + rim + tint * point.green) * (mirrored + benchShare * benchGreen + highlight * lampGreen);
  out[2] =
    point.blue * (lit * lampBlue + shaded * skyBlue) +
    (base + rim + tint * point.blue) * (mirrored + benchShare * benchBlue + highlight * lampBlue);
}
