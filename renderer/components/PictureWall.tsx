import { UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type JSX } from 'react';
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

/** All pictures as thumbnails; only those in sight are in the page, so that 10,000 scroll like 100. */
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
            {pictures.slice(index * columns, (index + 1) * columns).map(({ file, thumbnail, boxes }) => (
              <UnstyledButton
                key={file}
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

/** images/tray_004.jpg is shown as tray_004.jpg. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
