import type { PixelRect, Size } from '../../../shared/boxes';
import type { AnnotationFile } from '../../../shared/project';
import { type Orientation, turnRectUpright, uprightSize } from '../images/orientation';
import type { Reason, VocAnnotation } from './pascalVoc';

export interface UprightPicture extends Size {
  readonly orientation: Orientation;
}

export interface ConvertedLabels {
  readonly boxes: AnnotationFile['boxes'];
  /** For each box that cannot be used. */
  readonly rejected: readonly Reason[];
  /** One sentence for each thing that was put right without losing a box. */
  readonly notes: readonly string[];
}

/** A box that loses more than this share of its area at the border was drawn for something else. */
const mostCutOff = 0.5;

/**
 * Boxes of a VOC file in pixels of the upright picture, cut to the picture.
 * @param file name of the label file for messages
 */
export function boxesFromVoc(voc: VocAnnotation, picture: UprightPicture, file: string): ConvertedLabels {
  const rejected = [...voc.rejected];
  const notes: string[] = [];
  const boxes: AnnotationFile['boxes'] = [];
  const placed = placement(voc, picture, file);
  if ('reason' in placed) return { boxes, rejected: [...rejected, placed], notes };
  if (placed.note !== undefined) notes.push(placed.note);
  for (const { number, object } of voc.objects) {
    const rect = placed.place(object.rect);
    const cut = intersection(rect, picture);
    const name = `box ${number} (${object.label}) in ${file}`;
    const where = `x ${round(rect.x)} to ${round(rect.x + rect.width)}, y ${round(rect.y)} to ${round(rect.y + rect.height)}`;
    const inside = `the picture is ${picture.width}×${picture.height}`;
    if (area(cut) < area(rect) * (1 - mostCutOff)) {
      rejected.push({
        reason: `${name} lies outside the picture (${where}; ${inside}): redraw or delete it`,
        said: { code: 'vocBoxOutside', values: { number, label: object.label, file } },
      });
      continue;
    }
    if (area(cut) < area(rect))
      notes.push(`${name} reached beyond the picture (${where}; ${inside}) and was cut to it`);
    boxes.push({ label: object.label, ...cut, difficult: object.difficult });
  }
  return { boxes, rejected, notes };
}

interface Placement {
  readonly place: (rect: PixelRect) => PixelRect;
  readonly note?: string;
}

/** How the label file's pixels become the upright picture's, judged by the size that it gives; or why they cannot. */
function placement({ size, objects }: VocAnnotation, picture: UprightPicture, file: string): Placement | Reason {
  const asTheyAre = { place: (rect: PixelRect) => rect };
  if (size === undefined || (size.width === picture.width && size.height === picture.height)) return asTheyAre;
  // uprightSize is its own inverse.
  const stored = uprightSize(picture, picture.orientation);
  const [labelled, now] = [size, picture].map(({ width, height }) => `${width}×${height}`) as [string, string];
  const says = `${file} is for a picture of ${labelled}, this one is ${now}`;
  if (size.width === stored.width && size.height === stored.height) {
    const place = (rect: PixelRect) => turnRectUpright(rect, stored, picture.orientation);
    return { place, note: `${file} was drawn on the picture before it was turned upright: its boxes were turned too` };
  }
  const scale = picture.width / size.width;
  if (Math.abs(scale / (picture.height / size.height) - 1) < 0.01) {
    const place = ({ x, y, width, height }: PixelRect) => ({
      x: x * scale,
      y: y * scale,
      width: width * scale,
      height: height * scale,
    });
    return { place, note: `${says}: its boxes were scaled` };
  }
  const allInside = objects.every(({ object: { rect } }) => area(intersection(rect, picture)) === area(rect));
  if (allInside) return { ...asTheyAre, note: `${says}: its boxes fit and were taken as they are` };
  return {
    reason: `${says}: label this picture again`,
    said: { code: 'labelsOtherSize', values: { file, labelled, now } },
  };
}

function intersection(rect: PixelRect, { width, height }: Size): PixelRect {
  const x = clamp(rect.x, 0, width);
  const y = clamp(rect.y, 0, height);
  return { x, y, width: clamp(rect.x + rect.width, 0, width) - x, height: clamp(rect.y + rect.height, 0, height) - y };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function area({ width, height }: PixelRect): number {
  return width * height;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
