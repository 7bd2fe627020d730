import { temporal } from 'zundo';
import { create } from 'zustand';
import type { PixelRect } from '../../shared/boxes';
import type { PixelDetection } from '../../shared/contract';
import type { AnnotationFile } from '../../shared/project';

type LabelBox = AnnotationFile['boxes'][number];

export interface LabelsState {
  /** The labels of the picture in Annotate; null while they are read. */
  readonly annotation: AnnotationFile | null;
  /** Which box has the handles. */
  readonly selected: number | null;
  /** The class that the next box gets. */
  readonly label: string | null;
  /** What the trained detector, or before it the base model, would draw here; dashed until accepted. */
  readonly suggestions: readonly PixelDetection[];
}

/** How many steps back one can go in a picture. */
const undoSteps = 100;

/** The labels being drawn. Only the annotation itself can be undone; what is selected is not worth a step. */
export const useLabels = create<LabelsState>()(
  temporal((): LabelsState => ({ annotation: null, selected: null, label: null, suggestions: [] }), {
    partialize: ({ annotation }) => ({ annotation }),
    equality: (past, current) => past.annotation === current.annotation,
    limit: undoSteps,
  }),
);

/** Every change of the boxes goes through here. Having touched a picture counts as having looked at it. */
function edit(change: (boxes: readonly LabelBox[]) => readonly LabelBox[], select?: number | null): void {
  useLabels.setState(({ annotation, selected }) => {
    if (!annotation) return {};
    return {
      annotation: { ...annotation, boxes: [...change(annotation.boxes)], reviewed: true },
      selected: select === undefined ? selected : select,
    };
  });
}

export function addBox(label: string, rect: PixelRect): void {
  const count = useLabels.getState().annotation?.boxes.length ?? 0;
  edit((boxes) => [...boxes, { label, ...rect, difficult: false }], count);
}

export function placeBox(index: number, rect: PixelRect): void {
  edit((boxes) => boxes.map((box, at) => (at === index ? { ...box, ...rect } : box)));
}

export function relabelBox(index: number, label: string): void {
  edit((boxes) => boxes.map((box, at) => (at === index ? { ...box, label } : box)));
}

export function deleteBox(index: number): void {
  edit((boxes) => boxes.filter((_, at) => at !== index), null);
}

/** Says that a person has looked: a picture without boxes then teaches what is nothing. */
export function markReviewed(): void {
  const { annotation } = useLabels.getState();
  if (annotation && !annotation.reviewed) edit((boxes) => boxes);
}

export function acceptSuggestions(accepted: readonly PixelDetection[]): void {
  if (accepted.length === 0) return;
  edit((boxes) => [...boxes, ...accepted.map(({ label, box }) => ({ label, ...box, difficult: false }))], null);
  useLabels.setState(({ suggestions }) => ({ suggestions: suggestions.filter((one) => !accepted.includes(one)) }));
}

export function undo(): void {
  useLabels.temporal.getState().undo();
  useLabels.setState({ selected: null });
}

export function redo(): void {
  useLabels.temporal.getState().redo();
  useLabels.setState({ selected: null });
}
