/**
 * The one box format used inside Lineside. Every other order (Pascal VOC, COCO, YOLO) exists only in the importers and
 * exporters, so that a wrong order does not compile.
 */

/** Corners in the order y1, x1, y2, x2, each a fraction (0–1) of the upright picture's height or width. */
export type Box = readonly [y1: number, x1: number, y2: number, x2: number] & { readonly __format: 'y1x1y2x2' };

/** A rectangle in pixels of the upright picture: the form that people, project files and `--json` see. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Brands four fractions as a Box. Values are not clamped. */
export function box(y1: number, x1: number, y2: number, x2: number): Box {
  return [y1, x1, y2, x2] as unknown as Box;
}

export function boxFromPixels(rect: PixelRect, picture: Size): Box {
  return box(
    rect.y / picture.height,
    rect.x / picture.width,
    (rect.y + rect.height) / picture.height,
    (rect.x + rect.width) / picture.width,
  );
}

export function boxToPixels([y1, x1, y2, x2]: Box, picture: Size): PixelRect {
  return {
    x: x1 * picture.width,
    y: y1 * picture.height,
    width: (x2 - x1) * picture.width,
    height: (y2 - y1) * picture.height,
  };
}
