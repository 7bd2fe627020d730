import { useCallback } from 'react';
import { useKeys } from '../../hooks/useShortcuts';
import { suggestBoxes } from '../../store/labelFiles';
import { acceptSuggestions, addBox, deleteBox, placeBox, redo, undo, useLabels } from '../../store/labels';
import { moveRect, resizeRect } from './geometry';
import { chooseLabel } from './Side';

interface Moves {
  readonly next: () => void;
  readonly previous: () => void;
  readonly nothing: () => void;
  readonly classNames: readonly string[];
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Share of the picture that a box put down with the B key takes: it is then moved and resized with the arrows. */
const newBoxShare = 0.2;

/** Everything in Annotate from the keyboard; the help screen lists the keys. */
export function useDrawingKeys({ next, previous, nothing, classNames }: Moves): void {
  useKeys(
    useCallback(
      (event) => {
        if (event.ctrlKey || event.metaKey) return withControl(event);
        const digit = Number(event.key);
        const label = digit >= 1 ? classNames[digit - 1] : undefined;
        if (label !== undefined) {
          chooseLabel(label);
          return true;
        }
        if (event.key in arrows) return nudge(event.key, event.shiftKey ? 10 : 1, 'move');
        switch (event.key) {
          case 'n':
          case 'PageDown':
            next();
            return true;
          case 'p':
          case 'PageUp':
            previous();
            return true;
          case 'e':
            nothing();
            return true;
          case 'b':
            return putDown();
          case 's':
            void suggestBoxes();
            return true;
          case 'a':
            acceptSuggestions(useLabels.getState().suggestions);
            return true;
          case ',':
            return cycle(-1);
          case '.':
            return cycle(1);
          case 'Delete':
          case 'Backspace':
            return remove();
          case 'Escape':
            useLabels.setState({ selected: null, suggestions: [] });
            return true;
          default:
            return false;
        }
      },
      [next, previous, nothing, classNames],
    ),
  );
}

function withControl(event: KeyboardEvent): boolean {
  if (event.key in arrows) return nudge(event.key, event.shiftKey ? 10 : 1, 'resize');
  const key = event.key.toLowerCase();
  if (key === 'z' && !event.shiftKey) undo();
  else if (key === 'y' || key === 'z') redo();
  else return false;
  return true;
}

function nudge(key: string, step: number, how: 'move' | 'resize'): boolean {
  const { annotation, selected } = useLabels.getState();
  const box = selected === null ? undefined : annotation?.boxes[selected];
  const [across, down] = arrows[key] ?? [0, 0];
  if (!annotation || selected === null || !box) return false;
  const moved =
    how === 'move'
      ? moveRect(box, across * step, down * step, annotation)
      : resizeRect(box, { across: 1, down: 1 }, across * step, down * step, annotation);
  if (moved.width < 1 || moved.height < 1) return true;
  placeBox(selected, { x: moved.x, y: moved.y, width: moved.width, height: moved.height });
  return true;
}

function putDown(): boolean {
  const { annotation, label } = useLabels.getState();
  if (!annotation || label === null) return false;
  const width = Math.round(annotation.width * newBoxShare);
  const height = Math.round(annotation.height * newBoxShare);
  const x = Math.round((annotation.width - width) / 2);
  const y = Math.round((annotation.height - height) / 2);
  addBox(label, { x, y, width, height });
  return true;
}

function cycle(by: 1 | -1): boolean {
  const { annotation, selected } = useLabels.getState();
  const count = annotation?.boxes.length ?? 0;
  if (count === 0) return false;
  useLabels.setState({ selected: ((selected ?? (by > 0 ? -1 : 0)) + by + count) % count });
  return true;
}

function remove(): boolean {
  const { selected } = useLabels.getState();
  if (selected === null) return false;
  deleteBox(selected);
  return true;
}
