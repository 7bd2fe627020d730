import type { Random } from '../random';
import type { Solid } from './solids';

/** A corner of a wire's centre line: position and height of the centre, in pixels. */
export interface WirePoint {
  readonly u: number;
  readonly v: number;
  readonly z: number;
}

/** A round wire of the given radius along a centre line; `finishAt` tells coated places apart. */
export function wire(
  points: readonly WirePoint[],
  radius: number,
  finishAt: (u: number, v: number) => number = () => 0,
): Solid {
  // Samples a pixel of the grid that the wire is stamped into.
  const density = radius > 7 ? 1 : 2;
  const pad = radius + 2;
  const left = Math.min(...points.map((point) => point.u)) - pad;
  const right = Math.max(...points.map((point) => point.u)) + pad;
  const upper = Math.min(...points.map((point) => point.v)) - pad;
  const lower = Math.max(...points.map((point) => point.v)) + pad;
  const columns = Math.ceil((right - left) * density) + 1;
  const rows = Math.ceil((lower - upper) * density) + 1;
  const heights = new Float32Array(columns * rows).fill(-1);

  for (let i = 0; i + 1 < points.length; i++) stampSegment(points[i] as WirePoint, points[i + 1] as WirePoint);

  function stampSegment(from: WirePoint, to: WirePoint): void {
    const du = to.u - from.u;
    const dv = to.v - from.v;
    const lengthSquared = Math.max(1e-6, du * du + dv * dv);
    const firstColumn = Math.max(0, Math.floor((Math.min(from.u, to.u) - radius - left) * density));
    const lastColumn = Math.min(columns - 1, Math.ceil((Math.max(from.u, to.u) + radius - left) * density));
    const firstRow = Math.max(0, Math.floor((Math.min(from.v, to.v) - radius - upper) * density));
    const lastRow = Math.min(rows - 1, Math.ceil((Math.max(from.v, to.v) + radius - upper) * density));
    for (let row = firstRow; row <= lastRow; row++) {
      const pv = upper + row / density - from.v;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const pu = left + column / density - from.u;
        const t = Math.min(1, Math.max(0, (pu * du + pv * dv) / lengthSquared));
        const eu = pu - t * du;
        const ev = pv - t * dv;
        const inside = radius * radius - eu * eu - ev * ev;
        if (inside < 0) continue;
        const height = from.z + (to.z - from.z) * t + Math.sqrt(inside);
        const cell = row * columns + column;
        if (height > (heights[cell] as number)) heights[cell] = height;
      }
    }
  }

  const top = (u: number, v: number): number => {
    const x = (u - left) * density;
    const y = (v - upper) * density;
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (column < 0 || row < 0 || column + 1 >= columns || row + 1 >= rows) return -1;
    const cell = row * columns + column;
    const a = heights[cell] as number;
    const b = heights[cell + 1] as number;
    const c = heights[cell + columns] as number;
    const d = heights[cell + columns + 1] as number;
    const fx = x - column;
    const fy = y - row;
    if (a < 0 || b < 0 || c < 0 || d < 0) return fy < 0.5 ? (fx < 0.5 ? a : b) : fx < 0.5 ? c : d;
    return a * (1 - fx) * (1 - fy) + b * fx * (1 - fy) + c * (1 - fx) * fy + d * fx * fy;
  };
  const highest = Math.max(...points.map((point) => point.z));
  return {
    reach: Math.max(...points.map((point) => Math.hypot(point.u, point.v))) + radius,
    across: Math.max(...points.map((point) => Math.abs(point.v))) + radius,
    tallest: highest + radius,
    top,
    under: (height) => Math.max(0, height - 2 * radius),
    finishAt,
  };
}

/** A hairpin cotter ("R clip"): a loop, a straight leg and a wavy leg, about `length` × 0.4 `length`. */
export function hairpinClip(length: number, random: Random): Solid {
  const radius = length * random.range(0.031, 0.038);
  const loop = length * random.range(0.15, 0.175);
  const z = radius;
  const points: WirePoint[] = [];
  const half = length / 2;
  points.push({ u: half, v: -loop * 0.95, z });
  const centreU = -half + loop;
  for (let i = 0; i <= 22; i++) {
    const angle = -Math.PI / 2 - (i / 22) * Math.PI * 1.12;
    points.push({ u: centreU + Math.cos(angle) * loop, v: Math.sin(angle) * loop, z: z + i * 0.02 * radius });
  }
  const from = points[points.length - 1] as WirePoint;
  const waist = random.range(-0.5, -0.3) * loop;
  const bulge = random.range(0.5, 0.75) * loop;
  const nodes = [from.v, waist + loop * 0.1, bulge, waist, loop * random.range(0.9, 1.35)];
  const span = half * 0.94 - from.u;
  for (let i = 1; i <= 40; i++) {
    const t = (i / 40) * (nodes.length - 1);
    const node = Math.min(nodes.length - 2, Math.floor(t));
    const f = t - node;
    const eased = (1 - Math.cos(f * Math.PI)) / 2;
    const v = (nodes[node] as number) * (1 - eased) + (nodes[node + 1] as number) * eased;
    points.push({ u: from.u + (span * i) / 40, v, z });
  }
  return wire(points, radius);
}

/** A bent-wire spring clip: two nested rounded loops like a paper clip's, about `length` × 0.38 `length`. */
export function loopClip(length: number, random: Random): Solid {
  const radius = length * random.range(0.03, 0.036);
  const outer = length * random.range(0.17, 0.19);
  const inner = outer * 0.68;
  const half = length / 2;
  const points: WirePoint[] = [];
  const arc = (u: number, v: number, r: number, start: number, turn: number, low: number, high: number): void => {
    for (let i = 0; i <= 14; i++) {
      const angle = start + (turn * i) / 14;
      points.push({ u: u + Math.cos(angle) * r, v: v + Math.sin(angle) * r, z: low + ((high - low) * i) / 14 });
    }
  };
  const offset = outer - inner;
  points.push({ u: -half * random.range(0.25, 0.45), v: outer, z: radius });
  arc(half - outer, 0, outer, Math.PI / 2, -Math.PI, radius, radius * 1.3);
  arc(-half + inner * 1.05, -offset, inner, -Math.PI / 2, -Math.PI, radius * 1.5, radius * 1.9);
  arc(half - outer - offset * 1.1, -offset * 0.4, inner - offset * 0.6, Math.PI / 2, -Math.PI, radius * 1.4, radius);
  points.push({ u: -half * 0.1, v: -offset * 0.4 - inner + offset * 0.6, z: radius });
  return wire(points, radius);
}
