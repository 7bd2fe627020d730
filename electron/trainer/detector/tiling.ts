import { box, boxFromPixels, boxToPixels, type Box, type PixelRect, type Size } from '../../../shared/boxes';
import type { Tiling } from '../../../shared/contract';
import type { Detection } from './detections';
import { nonMaximumSuppression } from './postprocess';

/** Share of a tile that its neighbour sees too (SEED.md's worked case: 15 tiles of 512 for 1920×1080). */
export const tileOverlap = 0.2;

/** A detection this near to an inner border of its tile, as a share of the tile's side, shows a part that is cut off there. */
const borderShare = 0.01;
/** A picture of many looks may hold more than one look may find. */
const mostMerged = 500;

/**
 * Tiles that cover a picture: the fewest of that size which overlap by `overlap` of their side or more, evenly spread, row
 * by row. A picture that is smaller along a side has one tile of its own length there.
 * @param overlap 0 up to but not including 1
 * @returns whole pixels, inside the picture
 */
export function tileRegions(picture: Size, tile: Size, overlap = tileOverlap): PixelRect[] {
  const rows = starts(picture.height, tile.height, overlap);
  const columns = starts(picture.width, tile.width, overlap);
  const width = Math.min(picture.width, tile.width);
  const height = Math.min(picture.height, tile.height);
  return rows.flatMap((y) => columns.map((x) => ({ x, y, width, height })));
}

function starts(length: number, side: number, overlap: number): number[] {
  if (length <= side) return [0];
  const count = Math.ceil((length - side) / (side * (1 - overlap))) + 1;
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - side)) / (count - 1)));
}

/** What a detector looks at in a picture, one after the other: tiles and perhaps the whole; without tiling the whole alone. */
export function viewsOf(picture: Size, tiling: Tiling | undefined): PixelRect[] {
  const whole = { x: 0, y: 0, ...picture };
  if (tiling === undefined) return [whole];
  const tiles = tileRegions(picture, tiling, tiling.overlap);
  return tiles.length > 1 && tiling.wholePicture ? [...tiles, whole] : tiles;
}

export interface ViewDetections {
  /** The view, in pixels of the picture. */
  readonly region: PixelRect;
  /** Boxes in fractions of the view. */
  readonly detections: readonly Detection[];
}

/**
 * One list of detections from those of all views. What touches a border inside the picture is dropped: the neighbouring
 * tile, or the whole picture, shows that part uncut. Then non-maximum suppression a class over all that is left.
 * @returns boxes in fractions of the picture, best first
 */
export function mergeViews(views: readonly ViewDetections[], picture: Size, nmsThreshold: number): Detection[] {
  const [only] = views;
  if (only !== undefined && views.length === 1) return [...only.detections];
  const whole = views.flatMap(({ region, detections }) =>
    detections
      .filter((detection) => !touchesInnerBorder(detection.box, region, picture))
      .map((detection) => ({ ...detection, box: fromView(detection.box, region, picture) })),
  );
  const sorted = whole.sort((a, b) => b.score - a.score);
  const classes = [...new Set(sorted.map(({ classIndex }) => classIndex))];
  return classes
    .flatMap((wanted) =>
      nonMaximumSuppression(
        sorted.filter(({ classIndex }) => classIndex === wanted),
        nmsThreshold,
      ),
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, mostMerged);
}

function touchesInnerBorder([y1, x1, y2, x2]: Box, { x, y, width, height }: PixelRect, picture: Size): boolean {
  return (
    (y1 < borderShare && y > 0) ||
    (x1 < borderShare && x > 0) ||
    (y2 > 1 - borderShare && y + height < picture.height) ||
    (x2 > 1 - borderShare && x + width < picture.width)
  );
}

function fromView(inView: Box, region: PixelRect, picture: Size): Box {
  const { x, y, width, height } = boxToPixels(inView, region);
  return boxFromPixels({ x: x + region.x, y: y + region.y, width, height }, picture);
}

/** A box of the picture as fractions of a view; reaches below 0 or beyond 1 where the view cuts it. */
export function toView(inPicture: Box, region: PixelRect, picture: Size): Box {
  const { x, y, width, height } = boxToPixels(inPicture, picture);
  const [y1, x1, y2, x2] = boxFromPixels({ x: x - region.x, y: y - region.y, width, height }, region);
  return box(y1, x1, y2, x2);
}
