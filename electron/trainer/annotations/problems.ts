import type { PixelRect, Size } from '../../../shared/boxes';
import type { Problem } from '../../../shared/contract';
import type { AnnotationFile } from '../../../shared/project';
import type { Said } from '../../../shared/said';

/** What can be wrong with the labels themselves: pure functions of their values. */

type LabelledBox = AnnotationFile['boxes'][number];

/** Two boxes with more overlap than this are one thing drawn twice. */
const sameThingIou = 0.9;
/** Shorter side as a share of the picture's; at an input of 300 pixels this is one and a half. */
const tinyShare = 0.005;
/** Fewer pictures of a class than this, and a test on some of them says little. */
const fewPictures = 20;
/** So many times more boxes of one class than of another, and the rare one is learned late. */
const imbalance = 10;

/** Problems of the boxes of one picture. @param file the label file */
export function boxProblems(annotation: AnnotationFile, classes: readonly string[], file: string): Problem[] {
  return annotation.boxes.flatMap((box, index) => {
    const name = `box ${index + 1} (${box.label}) in ${file}`;
    const at = { file, boxIndex: index, box: { x: box.x, y: box.y, width: box.width, height: box.height } };
    const problems: Problem[] = [];
    if (!classes.includes(box.label)) {
      problems.push({
        ...{ code: 'unknownClass', severity: 'mustFix', ...at, fixable: true },
        message: `${name} has a class that the project does not have`,
        remedy: 'Add the class to the project, or correct the label.',
        said: { code: 'unknownClass', values: { number: index + 1, label: box.label } } satisfies Said,
      });
    }
    const placement = placementProblem(box, annotation, { name, number: index + 1 });
    if (placement !== undefined) return [...problems, { ...placement, ...at }];
    const earlier = annotation.boxes.slice(0, index);
    const twin = earlier.findIndex((other) => iou(other, box) > sameThingIou);
    if (twin >= 0) {
      const other = { box: earlier[twin] as LabelledBox, number: twin + 1 };
      problems.push({ ...twinProblem(box, other, { name, number: index + 1 }), ...at });
    }
    return problems;
  });
}

type Placed = Pick<Problem, 'code' | 'severity' | 'message' | 'remedy' | 'fixable'> & { readonly said: Said };

/** A box as messages call it: "box 3 (nut) in …", and its number alone. */
interface Called {
  readonly name: string;
  readonly number: number;
}

function placementProblem(box: LabelledBox, picture: Size, { name, number }: Called): Placed | undefined {
  const { x, y, width, height, label } = box;
  const which = { number, label };
  if (width <= 0 || height <= 0) {
    const axis = width <= 0 ? `x ${x} to ${x + width}` : `y ${y} to ${y + height}`;
    const message = `${name} is flat (${axis})`;
    const said: Said = { code: 'flatBox', values: which };
    return { code: 'flatBox', severity: 'mustFix', message, remedy: 'Redraw or delete it.', said, fixable: true };
  }
  const cut = cutToPicture(box, picture);
  if (cut.width <= 0 || cut.height <= 0) {
    const message = `${name} lies outside the picture (x ${x} to ${x + width}, y ${y} to ${y + height}; the picture is ${picture.width}×${picture.height})`;
    const said: Said = { code: 'boxOutside', values: which };
    return { code: 'boxOutside', severity: 'mustFix', message, remedy: 'Redraw or delete it.', said, fixable: true };
  }
  if (cut.width < width || cut.height < height) {
    const message = `${name} reaches beyond the picture`;
    const said: Said = { code: 'boxBeyond', values: which };
    return { code: 'boxBeyond', severity: 'mayFix', message, remedy: 'Cut it to the picture.', said, fixable: true };
  }
  if (width < tinyShare * picture.width || height < tinyShare * picture.height) {
    const message = `${name} is only ${round(width)}×${round(height)} pixels`;
    const said: Said = { code: 'tinyBox', values: { ...which, width: round(width), height: round(height) } };
    return { code: 'tinyBox', severity: 'mayFix', message, remedy: 'Delete it if it is a slip.', said, fixable: false };
  }
  return undefined;
}

function twinProblem(
  { label }: LabelledBox,
  other: { readonly box: LabelledBox; readonly number: number },
  { name, number }: Called,
): Placed {
  const values = { number, label, other: other.number };
  if (label === other.box.label) {
    const message = `${name} is drawn twice: box ${other.number} is the same`;
    const said: Said = { code: 'duplicateBox', values };
    return { code: 'duplicateBox', severity: 'mayFix', message, remedy: 'Delete one of them.', said, fixable: true };
  }
  const message = `${name} lies on box ${other.number}, which is called ${other.box.label}`;
  const said: Said = { code: 'twoClasses', values: { ...values, otherLabel: other.box.label } };
  return { code: 'twoClasses', severity: 'mayFix', message, remedy: 'Keep the right one.', said, fixable: false };
}

/** Problems of the project as a whole. */
export function projectProblems(annotations: readonly AnnotationFile[], classes: readonly string[]): Problem[] {
  const whole = { file: '', fixable: false } as const;
  const boxes = new Map(classes.map((label) => [label, 0]));
  const pictures = new Map(classes.map((label) => [label, 0]));
  for (const annotation of annotations) {
    for (const { label } of annotation.boxes) boxes.set(label, (boxes.get(label) ?? 0) + 1);
    for (const label of new Set(annotation.boxes.map((box) => box.label))) {
      pictures.set(label, (pictures.get(label) ?? 0) + 1);
    }
  }
  const problems: Problem[] = [];
  const used = [...boxes].filter(([, count]) => count > 0);
  if (used.length === 0) {
    const remedy = 'Draw a box around every part in some pictures.';
    const said: Said = { code: 'noBoxes', values: {} };
    problems.push({
      code: 'noBoxes',
      severity: 'mustFix',
      ...whole,
      message: 'No picture has a box yet',
      remedy,
      said,
    });
  }
  for (const [label, count] of pictures) {
    if (count === 0) {
      const remedy = 'Label some, or remove the class.';
      const message = `No picture shows ${label}`;
      const said: Said = { code: 'emptyClass', values: { label } };
      problems.push({ code: 'emptyClass', severity: 'mayFix', ...whole, message, remedy, said });
    } else if (count < fewPictures) {
      const message = `Only ${count} ${count === 1 ? 'picture shows' : 'pictures show'} ${label}`;
      const remedy = `Take and label more pictures of it: ${fewPictures} or more.`;
      const said: Said = { code: 'fewPictures', values: { label, count, goal: fewPictures } };
      problems.push({ code: 'fewPictures', severity: 'mayFix', ...whole, message, remedy, said });
    }
  }
  for (const [name, twin] of similarNames(classes)) {
    const message = `The classes "${name}" and "${twin}" differ in capitals or spaces only`;
    const remedy = 'Use one name for both.';
    const said: Said = { code: 'similarClasses', values: { label: name, other: twin } };
    problems.push({ code: 'similarClasses', severity: 'mayFix', ...whole, message, remedy, said, fixable: true });
  }
  const [rarest, commonest] = [used.toSorted(byCount)[0], used.toSorted(byCount).at(-1)];
  if (rarest !== undefined && commonest !== undefined && commonest[1] > imbalance * rarest[1]) {
    const message = `There are ${commonest[1]} boxes of ${commonest[0]} but only ${rarest[1]} of ${rarest[0]}`;
    const remedy = `If ${rarest[0]} is found badly later, add pictures of it first.`;
    const values = { most: commonest[1], mostLabel: commonest[0], least: rarest[1], leastLabel: rarest[0] };
    const said: Said = { code: 'imbalance', values };
    problems.push({ code: 'imbalance', severity: 'note', ...whole, message, remedy, said });
  }
  return problems;
}

function byCount([, first]: readonly [string, number], [, second]: readonly [string, number]): number {
  return first - second;
}

/** Pairs of class names, first the one to keep, that a person would read as the same. */
export function similarNames(classes: readonly string[]): (readonly [string, string])[] {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]+/g, '');
  const first = new Map<string, string>();
  const pairs: (readonly [string, string])[] = [];
  for (const name of classes) {
    const kept = first.get(plain(name));
    if (kept === undefined) first.set(plain(name), name);
    else pairs.push([kept, name]);
  }
  return pairs;
}

export function cutToPicture(rect: PixelRect, picture: Size): PixelRect {
  const x = Math.min(picture.width, Math.max(0, rect.x));
  const y = Math.min(picture.height, Math.max(0, rect.y));
  return {
    x,
    y,
    width: Math.min(picture.width, rect.x + rect.width) - x,
    height: Math.min(picture.height, rect.y + rect.height) - y,
  };
}

export function iou(first: PixelRect, second: PixelRect): number {
  const width = Math.min(first.x + first.width, second.x + second.width) - Math.max(first.x, second.x);
  const height = Math.min(first.y + first.height, second.y + second.height) - Math.max(first.y, second.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (first.width * first.height + second.width * second.height - shared);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
