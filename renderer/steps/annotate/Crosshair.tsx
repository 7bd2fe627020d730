import { useImperativeHandle, useRef, type JSX, type PointerEvent, type Ref } from 'react';
import classes from './Canvas.module.css';

export interface CrosshairHandle {
  readonly move: (event: PointerEvent<HTMLElement>) => void;
  readonly hide: () => void;
}

/** Two lines through the pointer, so that an edge can be aimed at before a box is begun. Moves without a render. */
export function Crosshair({ ref }: { readonly ref: Ref<CrosshairHandle> }): JSX.Element {
  const across = useRef<HTMLDivElement>(null);
  const down = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    move: ({ currentTarget, clientX, clientY, pointerType }) => {
      if (!across.current || !down.current) return;
      const { left, top } = currentTarget.getBoundingClientRect();
      const shown = pointerType === 'touch' ? 'none' : 'block';
      across.current.style.display = shown;
      down.current.style.display = shown;
      across.current.style.transform = `translateY(${clientY - top}px)`;
      down.current.style.transform = `translateX(${clientX - left}px)`;
    },
    hide: () => {
      if (across.current) across.current.style.display = 'none';
      if (down.current) down.current.style.display = 'none';
    },
  }));
  return (
    <div aria-hidden="true">
      <div ref={across} className={classes.across} />
      <div ref={down} className={classes.down} />
    </div>
  );
}
