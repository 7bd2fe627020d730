import { UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Picture } from '../../shared/mainContract';
import classes from './PictureWall.module.css';

interface PictureWallProps {
  readonly pictures: readonly Picture[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (file: string) => void;
  readonly onOpen: (file: string) => void;
}

const cellWidth = 150;
const gap = 8;

/**
 * All pictures as thumbnails; only those in sight are in the page, so that 10,000 scroll like 100. For the keyboard the
 * wall is one stop, and the arrows move in it.
 */
export function PictureWall({ pictures, selected, onSelect, onOpen }: PictureWallProps): JSX.Element {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const columns = Math.max(2, Math.floor((width + gap) / (cellWidth + gap)));
  const rowHeight = Math.round(((width - gap * (columns - 1)) / columns) * 0.75);
  const rows = useVirtualizer({
    count: Math.ceil(pictures.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => Math.max(60, rowHeight) + gap,
    overscan: 3,
  });
  const [at, setAt] = useState(0);
  const moved = useRef(false);
  const reachable = Math.min(at, pictures.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = stepOf(event.key, columns);
    if (by === 0) return;
    event.preventDefault();
    const to = reachable + by;
    if (to < 0 || to >= pictures.length) return;
    rows.scrollToIndex(Math.floor(to / columns));
    moved.current = true;
    setAt(to);
  };
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [at]);
  const measured = useRef(0);
  if (measured.current !== rowHeight) {
    measured.current = rowHeight;
    queueMicrotask(() => rows.measure());
  }
  return (
    <div
      ref={scroller}
      className={classes.wall}
      data-testid="wall"
      tabIndex={0}
      role="group"
      aria-label={t('images.wall')}
      onKeyDown={onKeyDown}
    >
      <div ref={ref} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            className={classes.row}
            style={{
              top: start,
              height: Math.max(60, rowHeight),
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {pictures.slice(index * columns, (index + 1) * columns).map(({ file, thumbnail, boxes }, column) => (
              <UnstyledButton
                key={file}
                tabIndex={index * columns + column === reachable ? 0 : -1}
                onFocus={() => setAt(index * columns + column)}
                className={classes.cell}
                data-selected={selected.has(file) || undefined}
                aria-pressed={selected.has(file)}
                aria-label={nameOf(file)}
                onClick={() => onSelect(file)}
                onDoubleClick={() => onOpen(file)}
              >
                <img src={thumbnail} alt="" loading="lazy" draggable={false} />
                {boxes > 0 && <span className={classes.count}>{t('images.boxes', { count: boxes })}</span>}
              </UnstyledButton>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** How many pictures on an arrow goes; 0 for other keys. */
function stepOf(key: string, columns: number): number {
  switch (key) {
    case 'ArrowLeft':
      return -1;
    case 'ArrowRight':
      return 1;
    case 'ArrowUp':
      return -columns;
    case 'ArrowDown':
      return columns;
    default:
      return 0;
  }
}

/** images/tray_004.jpg is shown as tray_004.jpg. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
