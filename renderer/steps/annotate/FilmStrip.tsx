import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../../components/PictureWall';
import { openPicture } from '../../store/actions';
import { useStore } from '../../store/store';
import classes from '../AnnotationsStep.module.css';

const pitch = 84;

/** All pictures in a row, with a tick on what is done. One stop for the keyboard: N and P go through them (useDrawingKeys). */
export function FilmStrip({ current }: { readonly current: string }): JSX.Element {
  const { t } = useTranslation();
  const pictures = useStore((state) => state.pictures);
  const scroller = useRef<HTMLDivElement>(null);
  const at = pictures.findIndex(({ file }) => file === current);
  const strip = useVirtualizer({
    horizontal: true,
    count: pictures.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => pitch,
    overscan: 6,
  });
  useEffect(() => {
    if (at >= 0) strip.scrollToIndex(at, { align: 'center' });
  }, [at, strip]);
  return (
    <div
      ref={scroller}
      className={classes.strip}
      role="group"
      aria-label={t('annotate.strip')}
      tabIndex={0}
      data-testid="strip"
    >
      <div style={{ width: strip.getTotalSize(), height: '100%', position: 'relative' }}>
        {strip.getVirtualItems().map(({ index, start }) => {
          const picture = pictures[index];
          if (!picture) return null;
          const { file, thumbnail, reviewed } = picture;
          return (
            <UnstyledButton
              key={file}
              tabIndex={file === current ? 0 : -1}
              className={classes.frame}
              style={{ left: start + 3 }}
              aria-current={file === current ? 'true' : undefined}
              aria-label={t(reviewed ? 'annotate.pictureDone' : 'annotate.pictureOpen', { name: nameOf(file) })}
              onClick={() => openPicture(file)}
            >
              <img src={thumbnail} alt="" draggable={false} />
              {reviewed && (
                <span className={classes.tick}>
                  <IconCheck size={14} stroke={3} />
                </span>
              )}
            </UnstyledButton>
          );
        })}
      </div>
    </div>
  );
}
