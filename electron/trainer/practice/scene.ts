import { createRandom, type Random } from '../random';
import { createBench, type Bench } from './bench';
import { cable, finger, paperScrap, pen, shaving, type Thing } from './clutter';
import { rasterise, type Layer, type Pose, type View } from './layer';
import { createLighting, pictureHeight, pictureWidth, type Lighting } from './lighting';
import { Pile, type PlacedPart } from './pile';
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
  const scale = random.range(1.1, 1.45);
  for (const label of plannedParts(index, seed)) {
    place(pile, createPart(label, random, scale), random, random.next() < 0.3 ? 0.25 : 0.02, label, 45);
  }
  if (random.next() < 0.25) hangIn(pile, cable(random), random);
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

/** A cable whose bow hangs in over a side of the picture, both ends beyond it. */
function hangIn(pile: Pile, thing: Thing, random: Random): void {
  for (let attempt = 0; attempt < 4; attempt++) {
    const side = random.int(4);
    const along = random.range(0.25, 0.75);
    const x = side === 1 ? pictureWidth : side === 3 ? 0 : pictureWidth * along;
    const y = side === 2 ? pictureHeight : side === 0 ? 0 : pictureHeight * along;
    // Turned so that positive v points out of the picture.
    const angle = (side * Math.PI) / 2 + Math.PI + random.range(-0.1, 0.1);
    const pose: Pose = { x, y, angle, base: 3, slopeX: 0, slopeY: 0 };
    if (pile.add(rasterise(thing.solid, thing.finishes, pose, pile.view), 0.3, undefined)) return;
  }
}
