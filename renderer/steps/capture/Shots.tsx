import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../../components/PictureWall';
import { takeBack, useCapture } from '../../store/capture';
import classes from './Capture.module.css';

/** So many of the pictures taken last are shown. */
const shownShots = 4;

/** What has been taken so far, the last one first, and a way to take it back. */
export function Shots(): JSX.Element | null {
  const { t } = useTranslation();
  const taken = useCapture((state) => state.taken);
  if (taken.length === 0) return <p className="soft">{t('capture.together')}</p>;
  return (
    <section className={classes.shots} aria-label={t('capture.last')}>
      <h2>{t('capture.last')}</h2>
      <ul className={classes.sheet} data-testid="shots">
        {taken
          .slice(-shownShots)
          .reverse()
          .map(({ file, thumbnail }) => (
            <li key={file}>
              <img src={thumbnail} alt={nameOf(file)} draggable={false} />
            </li>
          ))}
      </ul>
      <Button
        variant="default"
        leftSection={<IconTrash size={18} />}
        onClick={() => void takeBack()}
        data-testid="take-back"
      >
        {t('capture.takeBack')}
      </Button>
    </section>
  );
}
