import { Button } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../shared/contract';
import { Crop } from '../../components/Picture';
import { nameOf } from '../../components/PictureWall';
import { sayOr } from '../../i18n/said';
import { openPicture } from '../../store/actions';
import { fix } from '../../store/jobs';
import { isRunning } from '../../store/job';
import { useStore } from '../../store/store';
import classes from '../DatasetStep.module.css';

/** One problem: the spot, one sentence, one button that mends it. */
export function ProblemCard({ problem }: { readonly problem: Problem }): JSX.Element {
  const { t, i18n } = useTranslation();
  const { code, severity, file, message, remedy, said, box, fixable } = problem;
  const busy = useStore((state) => isRunning(state.job));
  const picture = useStore((state) => state.pictures.find((one) => one.file === file));
  const titleKey = `problem.${code}`;
  return (
    <article className={classes.card} data-severity={severity} data-testid="problem" data-code={code}>
      {picture && box && picture.width !== null && picture.height !== null ? (
        <Crop
          url={picture.url}
          alt={nameOf(file)}
          box={box}
          picture={{ width: picture.width, height: picture.height }}
          width={96}
          height={72}
        />
      ) : picture ? (
        <img className={classes.noCrop} src={picture.thumbnail} alt={nameOf(file)} style={{ objectFit: 'cover' }} />
      ) : (
        <span className={classes.noCrop}>
          <IconPhoto size={28} stroke={1.4} />
        </span>
      )}
      <div className={classes.text}>
        <div className={classes.kind} data-severity={severity}>
          {t(`severity.${severity}`)}
        </div>
        <div className={`${classes.message} selectable`}>
          {i18n.exists(titleKey) ? t(titleKey) : t('problem.other')}
        </div>
        <div className={`${classes.remedy} selectable`}>{sayOr(said, `${message}. ${remedy}`)}</div>
      </div>
      {fixable ? (
        <Button variant="default" disabled={busy} onClick={() => void fix()} data-testid="mend">
          {t('dataset.mend')}
        </Button>
      ) : (
        picture && (
          <Button variant="default" onClick={() => openPicture(file, box ?? null)} data-testid="show-problem">
            {t('dataset.show')}
          </Button>
        )
      )}
    </article>
  );
}
