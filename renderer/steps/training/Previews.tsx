import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { Picture } from '../../components/Picture';
import { nameOf } from '../../components/PictureWall';
import { isRunning } from '../../store/job';
import { useStore } from '../../store/store';
import classes from '../TrainingStep.module.css';

/** The same four pictures after each round: one sees it learn, and in the end what was kept. */
export function Previews(): JSX.Element {
  const { t } = useTranslation();
  const live = useStore((state) => state.live.previews.at(-1));
  const running = useStore((state) => isRunning(state.job, 'training'));
  const saved = useStore((state) => (running ? null : state.results?.training));
  const hasEnded = saved?.stoppedBy === 'finished' || saved?.stoppedBy === 'earlyStopping';
  const latest = saved?.preview ?? live;
  const pictures = useStore((state) => state.pictures);
  const classNames = useStore((state) => state.project?.classes) ?? [];
  if (!latest)
    return <div className={classes.wait}>{t(running ? 'training.previewsWait' : 'training.previewsNone')}</div>;
  return (
    <div className={classes.left}>
      <div className={classes.previews} data-testid="previews">
        {latest.pictures.slice(0, 4).map(({ file, detections }) => {
          const picture = pictures.find((one) => one.file === file);
          if (!picture) return null;
          const { width, height, url } = picture;
          return (
            <Picture
              key={file}
              url={url}
              alt={t('training.previewAlt', { name: nameOf(file), count: detections.length })}
              boxes={detections}
              classNames={classNames}
              size={width !== null && height !== null ? { width, height } : undefined}
            />
          );
        })}
      </div>
      <span className={classes.caption}>
        {hasEnded
          ? t('training.previewKept', { round: latest.epoch })
          : t('training.previewCaption', { count: latest.epoch })}
      </span>
    </div>
  );
}
