import type { PixelRect, Size } from '../../../shared/boxes';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which sides of a box follow the pointer: west/east −1, 0, 1 and north/south −1, 0, 1. */
export interface Handle {
  readonly across: -1 | 0 | 1;
  readonly down: -1 | 0 | 1;
}

export const handles: readonly Handle[] = [
  { across: -1, down: -1 },
  { across: 0, down: -1 },
  { across: 1, down: -1 },
  { across: 1, down: 0 },
  { across: 1, down: 1 },
  { across: 0, down: 1 },
  { across: -1, down: 1 },
  { across: -1, down: 0 },
];

/** A box smaller than this many picture pixels on a side is a slip of the hand, not a box. */
export const leastSide = 3;

export function rectBetween(a: Point, b: Point): PixelRect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/** Cuts a box to the picture and rounds it to tenths of a pixel. */
export function clampRect(rect: PixelRect, picture: Size): PixelRect {
  const left = clamp(rect.x, 0, picture.width);
  const top = clamp(rect.y, 0, picture.height);
  const right = clamp(rect.x + rect.width, 0, picture.width);
  const bottom = clamp(rect.y + rect.height, 0, picture.height);
  return { x: tenth(left), y: tenth(top), width: tenth(right - left), height: tenth(bottom - top) };
}

/** Moves a box and keeps it whole inside the picture. */
export function moveRect(rect: PixelRect, dx: number, dy: number, picture: Size): PixelRect {
  return {
    ...rect,
    x: tenth(clamp(rect.x + dx, 0, Math.max(0, picture.width - rect.width))),
    y: tenth(clamp(rect.y + dy, 0, Math.max(0, picture.height - rect.height))),
  };
}

/** Drags the sides named by the handle by (dx, dy); a side dragged past its opposite turns the box over. */
export function resizeRect(rect: PixelRect, handle: Handle, dx: number, dy: number, picture: Size): PixelRect {
  const left = rect.x + (handle.across < 0 ? dx : 0);
  const right = rect.x + rect.width + (handle.across > 0 ? dx : 0);
  const top = rect.y + (handle.down < 0 ? dy : 0);
  const bottom = rect.y + rect.height + (handle.down > 0 ? dy : 0);
  return clampRect(rectBetween({ x: left, y: top }, { x: right, y: bottom }), picture);
}

export function handlePoint(rect: PixelRect, { across, down }: Handle): Point {
  return { x: rect.x + (rect.width * (across + 1)) / 2, y: rect.y + (rect.height * (down + 1)) / 2 };
}

/**
 * The nearest handle within reach of the point, if any. Towards the inside the reach ends after a third of the box, so that
 * the middle of a small one can still be taken hold of.
 * @param reach in the pixels of the box
 */
export function handleAt(rect: PixelRect, point: Point, reach: number): Handle | null {
  const inside = contains(rect, point);
  const across = inside ? Math.min(reach, rect.width / 3) : reach;
  const down = inside ? Math.min(reach, rect.height / 3) : reach;
  let best: Handle | null = null;
  let nearest = Infinity;
  for (const handle of handles) {
    const at = handlePoint(rect, handle);
    const [dx, dy] = [Math.abs(at.x - point.x), Math.abs(at.y - point.y)];
    const distance = Math.hypot(dx, dy);
    if (dx > across || dy > down || distance >= nearest) continue;
    best = handle;
    nearest = distance;
  }
  return best;
}

export function contains(rect: PixelRect, { x, y }: Point): boolean {
  return x >= rect.x && y >= rect.y && x <= rect.x + rect.width && y <= rect.y + rect.height;
}

/** Index of the smallest box under the point, so that a part inside another can be reached; null for none. */
export function boxAt(boxes: readonly PixelRect[], point: Point): number | null {
  let best: number | null = null;
  let bestArea = Infinity;
  boxes.forEach((rect, index) => {
    const area = rect.width * rect.height;
    if (contains(rect, point) && area < bestArea) {
      best = index;
      bestArea = area;
    }
  });
  return best;
}

/** Intersection over union of two boxes: 0–1. */
export function overlap(a: PixelRect, b: PixelRect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** How the picture lies on the screen: screen = picture × scale + (x, y). */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export function fitView(picture: Size, screen: Size): View {
  const scale = Math.min(screen.width / picture.width, screen.height / picture.height);
  return {
    scale,
    x: (screen.width - picture.width * scale) / 2,
    y: (screen.height - picture.height * scale) / 2,
  };
}

/** Shows a spot of the picture with as much room around it again on each side. */
export function viewOf(spot: PixelRect, picture: Size, screen: Size): View {
  const fit = fitView(picture, screen);
  const scale = clamp(
    Math.min(screen.width / (spot.width * 3), screen.height / (spot.height * 3)),
    fit.scale,
    mostZoom,
  );
  return {
    scale,
    x: screen.width / 2 - (spot.x + spot.width / 2) * scale,
    y: screen.height / 2 - (spot.y + spot.height / 2) * scale,
  };
}

const mostZoom = 24;

/** Zooms by a factor and keeps what lies under `at` (screen pixels) where it is. */
export function zoomView(view: View, factor: number, at: Point, least: number): View {
  const scale = clamp(view.scale * factor, least, mostZoom);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export function toPicture(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
