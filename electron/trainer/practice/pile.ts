import type { PixelRect } from '../../../shared/boxes';
import type { Bench } from './bench';
import { isFilled, type Layer, type View } from './layer';
import { pictureHeight, pictureWidth } from './lighting';
import type { PartName } from './parts';
import type { Solid } from './solids';

/** A labelled part, its layer, and the smallest box around the pixels it fills (covered by others or not). */
export interface PlacedPart extends PixelRect {
  readonly label: PartName;
  readonly layer: Layer;
}

/** A part stays visible at least this much: inside the picture and not under other things. */
const visibleShare = 0.62;
/** What lies on the bench so far. */
export class Pile {
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
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    let all = 0;
    let inside = 0;
    for (let dy = -solid.reach; dy <= solid.reach; dy += step) {
      for (let dx = -solid.reach; dx <= solid.reach; dx += step) {
        if (solid.top(dx * cosine + dy * sine, dy * cosine - dx * sine) < 0) continue;
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

function inPicture(x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < pictureWidth && y < pictureHeight;
}
