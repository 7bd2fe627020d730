import type { Finish } from './finishes';
import { pictureHeight, pictureWidth } from './lighting';
import type { Solid } from './solids';

/** Where the camera hangs: above (x, y) of the picture, at `distance` pixels over the bench. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

/** Where a solid lies. `base` and the slopes give the plane it rests on: z = base + slopeX · dx + slopeY · dy. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly base: number;
  readonly slopeX: number;
  readonly slopeY: number;
}

/** Samples a pixel in each direction. */
export const density = 2;

/** A solid as the camera sees it: `width`×`height` pixels at (left, top) of the picture, density² samples in each. */
export interface Layer {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly finishes: readonly Finish[];
  /** Of each sample: height over the bench (negative: nothing there), slopes of the surface, own coordinates, finish. */
  readonly z: Float32Array;
  readonly slopeX: Float32Array;
  readonly slopeY: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly finish: Uint8Array;
  /** Of each pixel: how many of its samples the solid fills, 0 … density². */
  readonly coverage: Uint8Array;
}

/** Steeper than this a slope is taken for a wall. */
const wall = 5;

/** Things are rendered up to this many pixels beyond the picture: all of a part, not all of a cable. */
const offPicture = 150;

/** Side of the blocks of samples that are skipped where the solid is not near. */
const block = 8;

/** Looks at `solid` from the camera: each sample's ray is followed down through its height field. */
export function rasterise(solid: Solid, finishes: readonly Finish[], pose: Pose, view: View): Layer {
  const perHeightX = (view.x - pose.x) / view.distance;
  const perHeightY = (view.y - pose.y) / view.distance;
  const highest = solid.tallest + pose.base + (Math.abs(pose.slopeX) + Math.abs(pose.slopeY)) * solid.reach;
  const margin = 2 + Math.max(Math.abs(perHeightX), Math.abs(perHeightY)) * highest;
  const cosine = Math.cos(pose.angle);
  const sine = Math.sin(pose.angle);
  const halfX = Math.abs(cosine) * solid.reach + Math.abs(sine) * solid.across + margin;
  const halfY = Math.abs(sine) * solid.reach + Math.abs(cosine) * solid.across + margin;
  const left = Math.max(-offPicture, Math.floor(pose.x - halfX));
  const top = Math.max(-offPicture, Math.floor(pose.y - halfY));
  const width = Math.max(1, Math.min(pictureWidth + offPicture, Math.ceil(pose.x + halfX)) - left);
  const height = Math.max(1, Math.min(pictureHeight + offPicture, Math.ceil(pose.y + halfY)) - top);
  const columns = width * density;
  const rows = height * density;

  const heights = new Float32Array(columns * rows).fill(-1);
  const blocks = new Uint8Array(Math.ceil(columns / block) * Math.ceil(rows / block));
  const blockColumns = Math.ceil(columns / block);
  for (let row = 0; row < rows; row++) {
    const dy = top + (row + 0.5) / density - pose.y;
    for (let column = 0; column < columns; column++) {
      const dx = left + (column + 0.5) / density - pose.x;
      if (dx * dx + dy * dy > solid.reach * solid.reach) continue;
      const local = solid.top(dx * cosine + dy * sine, dy * cosine - dx * sine);
      if (local < 0) continue;
      heights[row * columns + column] = local + planeAt(pose, dx, dy);
      blocks[Math.floor(row / block) * blockColumns + Math.floor(column / block)] = 1;
    }
  }

  const layer: Layer = {
    left,
    top,
    width,
    height,
    finishes,
    z: new Float32Array(columns * rows).fill(-1),
    slopeX: new Float32Array(columns * rows),
    slopeY: new Float32Array(columns * rows),
    u: new Float32Array(columns * rows),
    v: new Float32Array(columns * rows),
    finish: new Uint8Array(columns * rows),
    coverage: new Uint8Array(width * height),
  };
  const steps = Math.max(1, Math.ceil(Math.hypot(perHeightX, perHeightY) * highest * density * 1.2));
  const drop = highest / steps;
  const aside = Int32Array.from({ length: steps + 1 }, (_, i) =>
    Math.round(perHeightX * (highest - i * drop) * density),
  );
  const down = Int32Array.from({ length: steps + 1 }, (_, i) =>
    Math.round(perHeightY * (highest - i * drop) * density),
  );
  const isNear = dilated(blocks, blockColumns, Math.ceil((margin * density) / block));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isNear[Math.floor(row / block) * blockColumns + Math.floor(column / block)] === 0) continue;
      for (let step = 0; step <= steps; step++) {
        const z = highest - step * drop;
        const hitColumn = column + (aside[step] as number);
        const hitRow = row + (down[step] as number);
        if (hitColumn < 1 || hitRow < 1 || hitColumn >= columns - 1 || hitRow >= rows - 1) continue;
        const cell = hitRow * columns + hitColumn;
        const surface = heights[cell] as number;
        if (surface < 0 || z > surface) continue;
        const dx = left + (hitColumn + 0.5) / density - pose.x;
        const dy = top + (hitRow + 0.5) / density - pose.y;
        const plane = planeAt(pose, dx, dy);
        // A ray that has only now come below the surface met it from above; else it meets the side or passes under it.
        const fromAbove = z + drop > surface;
        if (!fromAbove && z < plane + solid.under(surface - plane)) continue;
        const sample = row * columns + column;
        layer.z[sample] = fromAbove ? surface : z;
        layer.slopeX[sample] = slope(heights, cell, 1, plane);
        layer.slopeY[sample] = slope(heights, cell, columns, plane);
        const u = dx * cosine + dy * sine;
        const v = dy * cosine - dx * sine;
        layer.u[sample] = u;
        layer.v[sample] = v;
        layer.finish[sample] = solid.finishAt(u, v);
        const pixel = Math.floor(row / density) * width + Math.floor(column / density);
        layer.coverage[pixel] = (layer.coverage[pixel] as number) + 1;
        break;
      }
    }
  }
  return layer;
}

/** Marks the blocks up to `distance` from a marked one. */
function dilated(blocks: Uint8Array, columns: number, distance: number): Uint8Array {
  const result = new Uint8Array(blocks.length);
  const rows = blocks.length / columns;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks[i] === 0) continue;
    const row = Math.floor(i / columns);
    const column = i % columns;
    for (let r = Math.max(0, row - distance); r <= Math.min(rows - 1, row + distance); r++) {
      result.fill(
        1,
        r * columns + Math.max(0, column - distance),
        r * columns + Math.min(columns, column + distance + 1),
      );
    }
  }
  return result;
}

function planeAt(pose: Pose, dx: number, dy: number): number {
  return Math.max(0, pose.base + pose.slopeX * dx + pose.slopeY * dy);
}

/** Central difference over one pixel; beyond the solid's edge there is the plane that it lies on. */
function slope(heights: Float32Array, cell: number, stride: number, plane: number): number {
  const before = heights[cell - stride] as number;
  const after = heights[cell + stride] as number;
  const rise = ((after < 0 ? plane : after) - (before < 0 ? plane : before)) * (density / 2);
  return Math.max(-wall, Math.min(wall, rise));
}

/** Whether the solid fills at least half of the pixel: what its box is drawn around. */
export function isFilled(layer: Layer, pixel: number): boolean {
  return (layer.coverage[pixel] as number) * 2 >= density * density;
}
