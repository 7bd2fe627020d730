import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { PixelRect, Size } from '../../../shared/boxes';
import type { Complaint } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import type { Said } from '../../../shared/said';

/** The name of the source in the label files that Lineside writes: their corners count from 1. */
export const ownDatabase = 'Lineside';

/** Why something in a label file cannot be used. */
export type Reason = Pick<Complaint, 'reason'> & { readonly said: Said };

/** One object of a Pascal VOC file, as it stands there. */
export interface VocObject {
  readonly label: string;
  readonly rect: PixelRect;
  readonly difficult: boolean;
}

export interface VocAnnotation {
  /** The picture's file name as the label file gives it; often wrong in practice, so only a second hint. */
  readonly filename: string | undefined;
  /** The picture's size as the label file gives it; undefined where it says nothing or 0. */
  readonly size: Size | undefined;
  /** Numbered as in the file, from 1, so that messages name the right box. */
  readonly objects: readonly { readonly number: number; readonly object: VocObject }[];
  /** For each object that cannot be used. */
  readonly rejected: readonly Reason[];
}

const text = z.union([z.string(), z.number()]).transform(String);
const number = z.union([z.string(), z.number()]).transform((value) => (value === '' ? Number.NaN : Number(value)));
const sizeShape = z.object({ width: number, height: number });
const boxShape = z.object({ xmin: number, ymin: number, xmax: number, ymax: number });
const objectShape = z.object({ name: text, difficult: text.optional(), bndbox: boxShape });
const sourceShape = z.object({ database: text });
const fileShape = z.object({
  annotation: z.union([
    z.literal('').transform(() => ({ filename: undefined, size: undefined, source: undefined, object: [] })),
    z.object({
      filename: text.optional().catch(undefined),
      size: sizeShape.optional().catch(undefined),
      source: sourceShape.optional().catch(undefined),
      object: z.array(z.unknown()).default([]),
    }),
  ]),
});

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (_name, path) => path === 'annotation.object',
});

/**
 * Reads a Pascal VOC label file.
 *
 * VOC's own development kit counts pixels from 1 and includes the last one; nearly every tool that writes the format
 * today counts from 0. The two cannot be told apart, and half a pixel does not matter to a detector, so corners are
 * taken as they stand, as distances in pixels from the picture's upper left corner, and 0 never becomes −1. Files of our
 * own (vocFolder.ts) say that they are, and count from 1: there 1 is taken off, and boxes come back as they were.
 *
 * @param file name for messages
 * @throws LinesideError 'badInput' where the file is not XML or not a VOC label file
 */
export function parsePascalVoc(xml: string, file: string): VocAnnotation {
  // Its successor is a package of its own that wants a newer Node.js than ours; this one is pinned.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const validity = XMLValidator.validate(xml);
  if (validity !== true) {
    const { line, msg } = validity.err;
    throw new LinesideError('badInput', `${file} is not XML (line ${line}: ${msg}): export the labels again`, {
      said: { code: 'labelsNotXml', values: { file, line } } satisfies Said,
    });
  }
  const parsed = fileShape.safeParse(parser.parse(xml));
  if (!parsed.success) {
    throw new LinesideError(
      'badInput',
      `${file} is not a Pascal VOC label file (no <annotation> with objects): export the labels as Pascal VOC`,
      { said: { code: 'labelsNotVoc', values: { file } } satisfies Said },
    );
  }
  const { filename, size, source, object } = parsed.data.annotation;
  const first = source?.database === ownDatabase ? 1 : 0;
  const objects: { number: number; object: VocObject }[] = [];
  const rejected: Reason[] = [];
  for (const [index, value] of object.entries()) {
    const result = readObject(value, { number: index + 1, file }, first);
    if ('reason' in result) rejected.push(result);
    else objects.push({ number: index + 1, object: result });
  }
  const known = size !== undefined && size.width > 0 && size.height > 0;
  return { filename, size: known ? size : undefined, objects, rejected };
}

/**
 * @param first what the file calls the picture's left and upper border
 * @returns the object, or why it cannot be used
 */
function readObject(
  value: unknown,
  which: { readonly number: number; readonly file: string },
  first: number,
): VocObject | Reason {
  const name = `box ${which.number} in ${which.file}`;
  const parsed = objectShape.safeParse(value);
  if (!parsed.success) {
    const part = parsed.error.issues[0]?.path.join('/') ?? 'its contents';
    const said: Said = { code: 'vocBoxLacks', values: { ...which, part } };
    return { reason: `${name} lacks ${part}: draw it again`, said };
  }
  const { name: label, difficult, bndbox } = parsed.data;
  if (label.trim() === '') {
    const said: Said = { code: 'vocBoxNameless', values: which };
    return { reason: `${name} has an empty class name: give it a name or delete it`, said };
  }
  const { xmin, ymin, xmax, ymax } = bndbox;
  for (const [corner, position] of Object.entries(bndbox)) {
    if (Number.isFinite(position)) continue;
    const said: Said = { code: 'vocBoxNoNumber', values: { ...which, corner } };
    return { reason: `${name} has ${corner} ${position}, which is not a number: draw it again`, said };
  }
  if (xmax === xmin || ymax === ymin) {
    const axis = xmax === xmin ? `x ${xmin} to ${xmax}` : `y ${ymin} to ${ymax}`;
    const said: Said = { code: 'vocBoxFlat', values: which };
    return { reason: `${name} is flat (${axis}): redraw or delete it`, said };
  }
  if (xmax < xmin || ymax < ymin) {
    const axis = xmax < xmin ? `width (x ${xmin} to ${xmax})` : `height (y ${ymin} to ${ymax})`;
    const said: Said = { code: 'vocBoxNegative', values: which };
    return { reason: `${name} has a negative ${axis}: redraw or delete it`, said };
  }
  return {
    label: label.trim(),
    rect: { x: xmin - first, y: ymin - first, width: xmax - xmin, height: ymax - ymin },
    difficult: difficult === '1' || difficult?.toLowerCase() === 'true',
  };
}
