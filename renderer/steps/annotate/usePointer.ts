import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import type { PixelRect, Size } from '../../../shared/boxes';
import { acceptSuggestions, addBox, placeBox, useLabels } from '../../store/labels';
import {
  boxAt,
  clampRect,
  contains,
  handleAt,
  leastSide,
  moveRect,
  rectBetween,
  resizeRect,
  toPicture,
  zoomView,
  type Handle,
  type Point,
  type View,
} from './geometry';

/** What the pointer is doing to the picture at this moment. */
type Gesture =
  | { readonly kind: 'draw'; readonly from: Point; readonly to: Point }
  | { readonly kind: 'move'; readonly index: number; readonly from: Point; readonly to: Point }
  | {
      readonly kind: 'resize';
      readonly index: number;
      readonly handle: Handle;
      readonly from: Point;
      readonly to: Point;
    }
  | { readonly kind: 'pan'; readonly screen: Point; readonly view: View };

interface PointerWork {
  /** The box being drawn, moved or resized, as it would be if one let go now. */
  readonly ghost: { readonly index: number | null; readonly rect: PixelRect } | null;
  readonly onPointerDown: (event: ReactPointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: ReactPointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: ReactPointerEvent<HTMLElement>) => void;
  readonly cursor: string;
}

interface PointerSettings {
  readonly host: RefObject<HTMLElement | null>;
  readonly view: View;
  readonly setView: (view: View) => void;
  readonly picture: Size;
  readonly leastScale: number;
  readonly label: string | null;
  readonly spaceHeld: boolean;
}

/** How near to a handle counts as on it, in screen pixels: with it a handle is 44 wide, enough for a glove. */
const reach = 22;
/** A drag shorter than this in screen pixels is a click with an unsteady hand. */
const leastDrag = 4;

/**
 * Drag on free ground draws; inside the selected box moves it; on its handles resizes it. A click selects the smallest
 * box under it. With the space bar, the middle or the right button the picture itself is moved. The wheel zooms.
 */
export function usePointer(settings: PointerSettings): PointerWork {
  const { host, view, setView, picture, leastScale, label, spaceHeld } = settings;
  const [gesture, setGesture] = useState<Gesture | null>(null);
  const current = useRef(settings);
  current.current = settings;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const at = screenPoint(element, event);
      const factor = Math.exp(-event.deltaY * 0.0016);
      current.current.setView(zoomView(current.current.view, factor, at, current.current.leastScale));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [host, leastScale]);

  const boxes = useLabels((state) => state.annotation?.boxes) ?? [];
  const selected = useLabels((state) => state.selected);

  const start = (at: Point): Gesture => {
    const chosen = selected === null ? undefined : boxes[selected];
    if (selected !== null && chosen) {
      const handle = handleAt(chosen, at, reach / view.scale);
      if (handle) return { kind: 'resize', index: selected, handle, from: at, to: at };
      if (contains(chosen, at)) return { kind: 'move', index: selected, from: at, to: at };
    }
    return { kind: 'draw', from: at, to: at };
  };

  const ghostOf = (now: Gesture | null): PointerWork['ghost'] => {
    if (!now || now.kind === 'pan') return null;
    const dx = now.to.x - now.from.x;
    const dy = now.to.y - now.from.y;
    if (now.kind === 'draw') {
      const rect = clampRect(rectBetween(now.from, now.to), picture);
      return isSlip(rect, view.scale) ? null : { index: null, rect };
    }
    const box = boxes[now.index];
    if (!box || (dx === 0 && dy === 0)) return null;
    const rect = now.kind === 'move' ? moveRect(box, dx, dy, picture) : resizeRect(box, now.handle, dx, dy, picture);
    return { index: now.index, rect: { x: rect.x, y: rect.y, width: rect.width, height: rect.height } };
  };

  const click = (at: Point): void => {
    const suggestion = useLabels.getState().suggestions.find(({ box }) => contains(box, at));
    const under = boxAt(boxes, at);
    if (suggestion && under === null) acceptSuggestions([suggestion]);
    else useLabels.setState({ selected: under });
  };

  return {
    ghost: ghostOf(gesture),
    cursor: spaceHeld || gesture?.kind === 'pan' ? 'grab' : gesture?.kind === 'move' ? 'move' : 'crosshair',
    onPointerDown: (event) => {
      const element = event.currentTarget;
      element.setPointerCapture(event.pointerId);
      const screen = screenPoint(element, event);
      if (event.button !== 0 || spaceHeld) setGesture({ kind: 'pan', screen, view });
      else setGesture(start(toPicture(view, screen)));
    },
    onPointerMove: (event) => {
      if (!gesture) return;
      const screen = screenPoint(event.currentTarget, event);
      if (gesture.kind === 'pan') {
        const { view: from, screen: at } = gesture;
        setView({ ...from, x: from.x + screen.x - at.x, y: from.y + screen.y - at.y });
      } else setGesture({ ...gesture, to: toPicture(view, screen) });
    },
    onPointerUp: (event) => {
      if (!gesture) return;
      const ghost = ghostOf(gesture);
      setGesture(null);
      if (gesture.kind === 'pan') return;
      if (!ghost) click(toPicture(view, screenPoint(event.currentTarget, event)));
      else if (ghost.index !== null && !isSlip(ghost.rect, view.scale)) placeBox(ghost.index, ghost.rect);
      else if (ghost.index === null && label !== null) addBox(label, ghost.rect);
    },
  };
}

function isSlip({ width, height }: PixelRect, scale: number): boolean {
  const least = Math.max(leastSide, leastDrag / scale);
  return width < least || height < least;
}

function screenPoint(element: Element, event: { readonly clientX: number; readonly clientY: number }): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
