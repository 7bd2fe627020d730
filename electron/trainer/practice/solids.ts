import type { Random } from '../random';

/**
 * Things on the bench as height fields in their own frame: u along the length, v across, the origin in the middle, all in
 * picture pixels. Every solid lies on the plane z = 0.
 */
export interface Solid {
  /** Nothing of it is further than this from the origin. */
  readonly reach: number;
  /** Nothing of it has |v| greater than this. */
  readonly across: number;
  /** Greatest height. */
  readonly tallest: number;
  /** Height of the upper surface at (u, v); negative where there is nothing. */
  readonly top: (u: number, v: number) => number;
  /** Height of the lower surface under a point whose upper surface is at `top`. */
  readonly under: (top: number) => number;
  /** Which of its finishes covers (u, v), as an index. */
  readonly finishAt: (u: number, v: number) => number;
}

const nothing = -1;
const flat = (): number => 0;

/** Distance from the centre to the nearest of the six flats' lines; equals the apothem on the hexagon's outline. */
function hexagonRadius(u: number, v: number): number {
  const x = Math.abs(u);
  const y = Math.abs(v);
  return Math.max(y, 0.8660254 * x + 0.5 * y);
}

/** A hex nut lying flat, chamfered above and in the bore; with a nylon ring (finish 1) when `locking`. */
export function hexNut(acrossFlats: number, random: Random, locking: boolean): Solid {
  const apothem = acrossFlats / 2;
  const bore = apothem * random.range(0.5, 0.57);
  const height = acrossFlats * random.range(0.42, 0.5);
  const collar = locking ? apothem * 0.84 : 0;
  const pitch = acrossFlats * 0.07;
  const tallest = locking ? height * 1.32 : height;
  const top = (u: number, v: number): number => {
    const hex = hexagonRadius(u, v);
    if (hex > apothem) return nothing;
    const radius = Math.sqrt(u * u + v * v);
    const opening = locking ? bore * 0.93 : bore;
    if (radius < opening) return nothing;
    const outer = height - Math.max(0, radius - apothem * 0.97) * 0.6 - rounding(apothem - hex, apothem * 0.05);
    if (locking && radius < collar) {
      const dome = tallest - rounding(collar - radius, apothem * 0.16) * 1.4;
      return radius < bore * 1.22 ? Math.min(dome, tallest - apothem * 0.1) : Math.max(outer, dome);
    }
    const countersink = radius < bore * 1.16 ? (bore * 1.16 - radius) * 1.15 : 0;
    const thread = radius < bore * 1.07 ? (0.5 + 0.5 * Math.sin((radius * 40) / pitch)) * pitch : 0;
    return outer - countersink - thread;
  };
  return {
    reach: apothem * 1.16,
    across: apothem * 1.16,
    tallest,
    top,
    under: flat,
    finishAt: (u, v) => (locking && u * u + v * v < (bore * 1.22) ** 2 ? 1 : 0),
  };
}

/** A flat washer, or a split spring washer when `split`. */
export function washer(diameter: number, random: Random, split: boolean): Solid {
  const outer = diameter / 2;
  const inner = outer * (split ? random.range(0.58, 0.64) : random.range(0.42, 0.55));
  const thickness = diameter * (split ? 0.11 : random.range(0.05, 0.08));
  const edge = thickness * 0.5;
  const gap = diameter * 0.02;
  const top = (u: number, v: number): number => {
    const radius = Math.sqrt(u * u + v * v);
    if (radius > outer || radius < inner) return nothing;
    if (split && u > 0 && Math.abs(v - (u - outer) * 0.35) < gap) return nothing;
    const lift = split ? (Math.atan2(v, u) / Math.PI) * thickness * 0.3 + thickness * 0.3 : 0;
    return thickness + lift - rounding(outer - radius, edge) - rounding(radius - inner, edge);
  };
  return { reach: outer, across: outer, tallest: thickness * (split ? 1.6 : 1), top, under: flat, finishAt: flat };
}

export type ScrewHead = 'hex' | 'pan' | 'cap';

/** A screw lying on its side, head at negative u; thread over most of the shank. */
export function screw(length: number, headWidth: number, head: ScrewHead, random: Random): Solid {
  const headLength = headWidth * (head === 'hex' ? 0.42 : head === 'pan' ? 0.46 : 0.62);
  const shank = headWidth * (head === 'cap' ? 0.33 : random.range(0.27, 0.31));
  const half = length / 2;
  const headEnd = -half + headLength;
  const pitch = shank * random.range(0.36, 0.46);
  const depth = pitch * 0.42;
  const threadStart = headEnd + (length - headLength) * random.range(0, 0.4);
  const point = random.next() < 0.35 ? shank * 1.6 : shank * 0.45;
  const axis = headWidth / 2;
  const headRadius = headWidth / 2;
  const top = (u: number, v: number): number => {
    if (u < -half || u > half) return nothing;
    if (u < headEnd) return axis + headProfile(u + half, v);
    // The tip sinks until the thread touches the bench.
    const sag = (axis - shank) * ((u - headEnd) / (half - headEnd)) * 0.9;
    let radius = shank;
    if (u > threadStart) {
      const phase = (u / pitch + v / (shank * 4)) % 1;
      const saw = Math.abs((phase < 0 ? phase + 1 : phase) * 2 - 1);
      radius -= depth * (1 - saw) * Math.min(1, (u - threadStart) / pitch);
    } else {
      radius -= depth * 0.25;
    }
    const toTip = half - u;
    if (toTip < point) radius *= 0.35 + 0.65 * (toTip / point);
    const inside = radius * radius - v * v;
    return inside < 0 ? nothing : axis - sag + Math.sqrt(inside);
  };
  function headProfile(fromTop: number, v: number): number {
    const toEdge = Math.min(fromTop, headLength - fromTop);
    if (head === 'hex') {
      // A hexagonal prism with a flat up: across corners 2/√3 of across flats, narrowed here to keep the head compact.
      const corner = headRadius * 1.1547;
      const chamfer = Math.max(0, headLength * 0.3 - fromTop);
      const side = Math.abs(v);
      if (side > corner - chamfer * 0.9) return -axis - 1;
      const facet = side < corner / 2 ? headRadius : headRadius - (side - corner / 2) * 1.732;
      const bevel = chamfer * (0.2 + (0.8 * side) / corner);
      return Math.max(0, facet - bevel) - rounding(toEdge, headLength * 0.06);
    }
    const t = fromTop / headLength;
    let radius = headRadius;
    if (head === 'pan') radius *= Math.sqrt(Math.max(0, 1 - (1 - t) ** 2.4)) * 0.98 + 0.02;
    else
      radius -=
        rounding(toEdge, headLength * 0.12) +
        (t < 0.75 ? 0.012 * headWidth * Math.abs(Math.sin((v / headWidth) * 70)) : 0);
    const inside = radius * radius - v * v;
    return inside < 0 ? -axis - 1 : Math.sqrt(inside) - rounding(headLength - fromTop, headLength * 0.08);
  }
  return {
    reach: Math.sqrt(half * half + headRadius * headRadius * 1.35),
    across: headRadius * 1.16,
    tallest: headWidth,
    top,
    under: (height) => Math.max(0, headWidth - height),
    finishAt: flat,
  };
}

/** A solid of revolution lying along u: `radiusAt(u)` is its radius, negative where it ends. */
export function turned(
  length: number,
  widest: number,
  radiusAt: (u: number) => number,
  finishAt: (u: number, v: number) => number,
): Solid {
  return {
    reach: length / 2 + widest,
    across: widest,
    tallest: widest * 2,
    top: (u, v) => {
      if (Math.abs(v) > widest) return nothing;
      const radius = radiusAt(u);
      const inside = radius * radius - v * v;
      return radius <= 0 || inside < 0 ? nothing : widest + Math.sqrt(inside);
    },
    under: (height) => Math.max(0, widest * 2 - height),
    finishAt,
  };
}

/** A thin sheet whose outline has the distance `signedDistance` (negative inside). */
export function sheet(
  reach: number,
  thickness: number,
  signedDistance: (u: number, v: number) => number,
  relief: (u: number, v: number) => number,
  finishAt: (u: number, v: number) => number,
): Solid {
  return {
    reach,
    across: reach,
    tallest: thickness + 6,
    top: (u, v) => (signedDistance(u, v) > 0 ? nothing : thickness + Math.max(0, relief(u, v))),
    under: flat,
    finishAt,
  };
}

/** How much an edge rounded with `radius` has sunk at `distance` from it. */
export function rounding(distance: number, radius: number): number {
  if (distance >= radius) return 0;
  const t = 1 - Math.max(0, distance) / radius;
  return radius * (1 - Math.sqrt(Math.max(0, 1 - t * t)));
}
