import type { PixelRect } from '../../../shared/boxes';
import { createRandom, type Random } from '../random';
import { createBench, type Bench } from './bench';
import { cable, finger, paperScrap, pen, shaving, type Thing } from './clutter';
import { isFilled, rasterise, type Layer, type Pose, type View } from './layer';
import { createLighting, pictureHeight, pictureWidth, type Lighting } from './lighting';
import type { Solid } from './solids';
import { createPart, partNames, type PartName } from './parts';

export interface Scene {
  readonly bench: Bench;
  readonly light: Lighting;
  readonly view: View;
  /** Bottom to top. */
  readonly layers: readonly Layer[];
  /** Height of the topmost surface in each pixel. */
  readonly heights: Float32Array;
  readonly parts: readonly PlacedPart[];
}

/** A labelled part, its layer, and the smallest box around the pixels it fills (covered by others or not). */
export interface PlacedPart extends PixelRect {
  readonly label: PartName;
  readonly layer: Layer;
}

/** A part stays visible at least this much: inside the picture and not under other things. */
const visibleShare = 0.62;
const placementTries = 60;

/** Lays out the picture with this index: bench, clutter under the parts, parts, clutter over them. */
export function createScene(index: number, seed: number): Scene {
  const random = createRandom('practice', seed, index);
  const bench = createBench(random);
  const light = createLighting(random, bench.tray.colour);
  const view: View = {
    x: pictureWidth / 2 + random.range(-140, 140),
    y: pictureHeight / 2 + random.range(-140, 140),
    distance: random.range(2300, 3600),
  };
  const pile = new Pile(bench, view);
  const anywhere = (thing: Thing, crowding: number): void => void place(pile, thing, random, crowding);

  if (random.next() < 0.35) anywhere(paperScrap(random), 1);
  for (let count = random.int(9); count > 0; count--) anywhere(shaving(random), 1);
  const scale = random.range(0.84, 1.16);
  for (const label of plannedParts(index, seed)) {
    place(pile, createPart(label, random, scale), random, random.next() < 0.4 ? 0.35 : 0.02, label, 45);
  }
  if (random.next() < 0.22) place(pile, cable(random), random, 0.3, undefined, 420);
  if (random.next() < 0.3) anywhere(pen(random), 0.3);
  for (let count = random.int(6); count > 0; count--) anywhere(shaving(random), 0.2);
  if (random.next() < 0.2) reachIn(pile, finger(random), random);
  return { bench, light, view, layers: pile.layers, heights: pile.heights, parts: pile.parts };
}

/** What to put into the picture with this index, 4 to 12 parts; one that finds no room is left out. */
export function plannedParts(index: number, seed: number): PartName[] {
  const random = createRandom('practice parts', seed, index);
  const first = random.int(partNames.length);
  return Array.from({ length: Math.min(12, 4 + random.int(10)) }, (_, i) => {
    const choice = random.next() < 0.75 ? first + i : random.int(partNames.length);
    return partNames[choice % partNames.length] ?? 'washer';
  });
}

/** What lies on the bench so far. */
class Pile {
  readonly layers: Layer[] = [];
  readonly parts: PlacedPart[] = [];
  readonly heights: Float32Array;
  private readonly ground: Float32Array;
  /** Number of the part seen in each pixel, from 1; 0 elsewhere. */
  private readonly seen = new Uint8Array(pictureWidth * pictureHeight);
  private readonly visible: number[] = [];
  private readonly filled: number[] = [];

  constructor(
    bench: Bench,
    readonly view: View,
  ) {
    this.ground = bench.heights;
    this.heights = bench.heights.slice();
  }

  /** Height of what lies under a circle: greatest, and where it lies from the centre. */
  support(x: number, y: number, radius: number): { height: number; towardsX: number; towardsY: number } {
    let height = 0;
    let towardsX = 0;
    let towardsY = 0;
    const step = Math.max(3, radius / 10);
    for (let dy = -radius; dy <= radius; dy += step) {
      for (let dx = -radius; dx <= radius; dx += step) {
        const column = Math.round(x + dx);
        const row = Math.round(y + dy);
        if (dx * dx + dy * dy > radius * radius || !inPicture(column, row)) continue;
        const here = this.heights[row * pictureWidth + column] as number;
        if (here > height) {
          height = here;
          towardsX = dx / radius;
          towardsY = dy / radius;
        }
      }
    }
    return { height, towardsX, towardsY };
  }

  /**
   * Puts the layer on top, unless it or something under it would show too little of itself.
   * @param crowding greatest share of a part that it may cover.
   */
  add(layer: Layer, crowding: number, label: PartName | undefined): boolean {
    let all = 0;
    let inside = 0;
    const covered = new Array<number>(this.parts.length + 1).fill(0);
    let [left, top, right, bottom] = [pictureWidth, pictureHeight, 0, 0];
    for (let pixel = 0; pixel < layer.coverage.length; pixel++) {
      if (!isFilled(layer, pixel)) continue;
      all++;
      const x = layer.left + (pixel % layer.width);
      const y = layer.top + Math.floor(pixel / layer.width);
      if (!inPicture(x, y)) continue;
      inside++;
      const under = this.seen[y * pictureWidth + x] as number;
      covered[under] = (covered[under] ?? 0) + 1;
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + 1);
      bottom = Math.max(bottom, y + 1);
    }
    if (inside === 0 || (label !== undefined && inside < visibleShare * all)) return false;
    for (let part = 1; part <= this.parts.length; part++) {
      const share = (covered[part] ?? 0) / (this.filled[part] ?? 1);
      const left = (this.visible[part] ?? 0) - (covered[part] ?? 0);
      if (share > 0 && (share > crowding || left < visibleShare * (this.filled[part] ?? 0))) return false;
    }
    for (let part = 1; part <= this.parts.length; part++) {
      this.visible[part] = (this.visible[part] ?? 0) - (covered[part] ?? 0);
    }
    const number = label === undefined ? 0 : this.parts.length + 1;
    if (label !== undefined) {
      this.parts.push({ label, layer, x: left, y: top, width: right - left, height: bottom - top });
      this.visible[number] = inside;
      this.filled[number] = all;
    }
    this.layers.push(layer);
    this.stamp(layer, number);
    return true;
  }

  /** Whether `add` may accept the solid here, from a coarse footprint without perspective; parts keep off the rim. */
  suits(solid: Solid, x: number, y: number, angle: number, crowding: number, isPart: boolean): boolean {
    const step = Math.max(4, solid.reach / 40);
    const covered = new Array<number>(this.parts.length + 1).fill(0);
    let all = 0;
    let inside = 0;
    for (let dy = -solid.reach; dy <= solid.reach; dy += step) {
      for (let dx = -solid.reach; dx <= solid.reach; dx += step) {
        if (solid.top(dx * Math.cos(angle) + dy * Math.sin(angle), dy * Math.cos(angle) - dx * Math.sin(angle)) < 0)
          continue;
        all++;
        const column = Math.round(x + dx);
        const row = Math.round(y + dy);
        if (!inPicture(column, row)) continue;
        inside++;
        if (isPart && (this.ground[row * pictureWidth + column] as number) > 4) return false;
        const under = this.seen[row * pictureWidth + column] as number;
        covered[under] = (covered[under] ?? 0) + step * step;
      }
    }
    if (inside === 0 || (isPart && inside < visibleShare * all)) return false;
    for (let part = 1; part <= this.parts.length; part++) {
      if ((covered[part] ?? 0) > (crowding + 0.05) * (this.filled[part] ?? 1)) return false;
    }
    return true;
  }

  private stamp(layer: Layer, number: number): void {
    for (let pixel = 0; pixel < layer.coverage.length; pixel++) {
      if (!isFilled(layer, pixel)) continue;
      const column = pixel % layer.width;
      const row = Math.floor(pixel / layer.width);
      const x = layer.left + column;
      const y = layer.top + row;
      if (!inPicture(x, y)) continue;
      this.seen[y * pictureWidth + x] = number;
      const sample = row * 2 * layer.width * 2 + column * 2;
      const below = sample + layer.width * 2;
      const samples = [sample, sample + 1, below, below + 1].map((at) => layer.z[at] as number);
      this.heights[y * pictureWidth + x] = Math.max(...samples);
    }
  }
}

/** Tries random places until one suits. */
function place(pile: Pile, thing: Thing, random: Random, crowding: number, label?: PartName, inset = 0): boolean {
  const { solid } = thing;
  for (let attempt = 0; attempt < placementTries; attempt++) {
    const x = random.range(inset, pictureWidth - inset);
    const y = random.range(inset, pictureHeight - inset);
    const angle = random.range(0, 2 * Math.PI);
    if (label !== undefined && crowding < 0.1 && crowded(pile, x, y, solid.reach)) continue;
    if (!pile.suits(solid, x, y, angle, crowding, label !== undefined)) continue;
    const layer = rasterise(solid, thing.finishes, restingPose(pile, x, y, angle, thing, random), pile.view);
    if (pile.add(layer, crowding, label)) return true;
  }
  return false;
}

function crowded(pile: Pile, x: number, y: number, reach: number): boolean {
  return pile.parts.some((part) => {
    const halfLength = Math.max(part.width, part.height) / 2;
    return Math.hypot(part.x + part.width / 2 - x, part.y + part.height / 2 - y) < (halfLength + reach) * 0.85;
  });
}

/** Leans the thing on what lies under it; on the bare bench it is a little uneven. */
function restingPose(pile: Pile, x: number, y: number, angle: number, thing: Thing, random: Random): Pose {
  const reach = Math.min(thing.solid.reach, 110);
  const { height, towardsX, towardsY } = pile.support(x, y, reach * 0.8);
  const lean = Math.min(height, 45) * 0.5;
  return {
    x,
    y,
    angle,
    base: lean,
    slopeX: (lean * towardsX) / reach + random.normal() * 0.008,
    slopeY: (lean * towardsY) / reach + random.normal() * 0.008,
  };
}

/** A finger from beyond a side of the picture, pointing inwards. */
function reachIn(pile: Pile, thing: Thing, random: Random): void {
  for (let attempt = 0; attempt < 4; attempt++) {
    const side = random.range(0, 2 * Math.PI);
    const x = pictureWidth / 2 + Math.cos(side) * (pictureWidth / 2 + random.range(60, 150));
    const y = pictureHeight / 2 + Math.sin(side) * (pictureHeight / 2 + random.range(60, 150));
    const pose: Pose = { x, y, angle: side + Math.PI + random.range(-0.4, 0.4), base: 4, slopeX: 0, slopeY: 0 };
    if (pile.add(rasterise(thing.solid, thing.finishes, pose, pile.view), 0.3, undefined)) return;
  }
}

function inPicture(x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < pictureWidth && y < pictureHeight;
}
