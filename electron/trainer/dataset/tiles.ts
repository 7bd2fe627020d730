import { box, type PixelRect, type Size } from '../../../shared/boxes';
import type { Tiling } from '../../../shared/contract';
import { smallestVisible } from '../../../shared/layout';
import { area } from '../detector/iou';
import { toView, viewsOf } from '../detector/tiling';
import type { DatasetItem } from './items';

/** A part of which a tile shows less than this teaches nothing; a neighbouring tile shows it whole. */
const leastVisible = 0.5;

/** What a detector that is laid out with `tiling` looks at in a picture: an item for each view. */
export function viewItems(item: DatasetItem, tiling: Tiling | undefined): DatasetItem[] {
  const views = viewsOf(item.size, tiling);
  return views.length === 1 ? [item] : views.map((region) => viewOf(item, region, tiling));
}

/**
 * What is trained on: every view that shows a part, and at most as many that show none, evenly chosen, since on most
 * pictures most tiles are empty.
 */
export function trainingViews(items: readonly DatasetItem[], tiling: Tiling | undefined): DatasetItem[] {
  if (tiling === undefined) return [...items];
  const views = items.flatMap((item) => viewItems(item, tiling));
  const empty = views.filter(({ boxes }) => boxes.length === 0);
  const most = Math.max(1, views.length - empty.length);
  const kept = new Set(empty.filter((_, index) => isChosen(index, empty.length, most)));
  return views.filter((view) => view.boxes.length > 0 || kept.has(view));
}

/** Whether the item at `index` is among `most` of `count`, spread evenly. */
function isChosen(index: number, count: number, most: number): boolean {
  if (most >= count) return true;
  return Math.floor(((index + 1) * most) / count) > Math.floor((index * most) / count);
}

/** Where the whole picture is a view beside its tiles, it leaves out the parts that are too small in it. */
function viewOf(item: DatasetItem, region: PixelRect, tiling: Size | undefined): DatasetItem {
  const size = { width: region.width, height: region.height };
  const scale = Math.min(1, (tiling?.width ?? Infinity) / size.width, (tiling?.height ?? Infinity) / size.height);
  const seen = item.boxes.flatMap((whole, index) => {
    const inView = toView(whole, region, item.size);
    const [y1, x1, y2, x2] = inView.map((value) => Math.min(1, Math.max(0, value))) as [number, number, number, number];
    if (!(y2 > y1 && x2 > x1)) return [];
    const cut = box(y1, x1, y2, x2);
    const short = Math.min((y2 - y1) * size.height, (x2 - x1) * size.width);
    if (scale < 1 && short * scale < smallestVisible) return [];
    return area(cut) >= leastVisible * area(inView) ? [{ index, cut }] : [];
  });
  return {
    ...item,
    region,
    size,
    boxes: seen.map(({ cut }) => cut),
    labels: seen.map(({ index }) => item.labels[index] as number),
    difficult: seen.map(({ index }) => item.difficult[index] as boolean),
  };
}
