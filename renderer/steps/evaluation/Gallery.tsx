import { SegmentedControl, UnstyledButton } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mistake } from '../../../shared/contract';
import { Crop } from '../../components/Picture';
import { nameOf } from '../../components/PictureWall';
import { useFormat } from '../../i18n/format';
import { openPicture } from '../../store/actions';
import { useStore } from '../../store/store';
import classes from '../EvaluationStep.module.css';

const kinds = ['missed', 'falseAlarm', 'wrongClass', 'poorlyPlaced'] as const satisfies readonly Mistake['kind'][];

/** More than this nobody looks through. */
const mostShown = 80;

interface GalleryProps {
  readonly mistakes: readonly Mistake[];
  /** On how many test pictures it made them: the figures beside are of a hundred. */
  readonly pictures: number;
}

/** The mistakes, worst first. Each opens its picture in Annotate at the spot: there the label is put right. */
export function Gallery({ mistakes, pictures }: GalleryProps): JSX.Element {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Mistake['kind'] | 'all'>('all');
  const shown = mistakes.filter((one) => kind === 'all' || one.kind === kind);
  const count = (wanted: Mistake['kind']): number => mistakes.filter((one) => one.kind === wanted).length;
  return (
    <section className={classes.right} aria-label={t('evaluation.mistakes')}>
      <div className={classes.rightHead}>
        <h2>{t('evaluation.mistakesIn', { count: pictures })}</h2>
        <SegmentedControl
          value={kind}
          onChange={(value) => setKind(value)}
          aria-label={t('evaluation.filter')}
          data={[
            { value: 'all', label: t('evaluation.kind.all', { count: mistakes.length }) },
            ...kinds
              .filter((one) => count(one) > 0)
              .map((value) => ({ value, label: t(`evaluation.kind.${value}`, { count: count(value) }) })),
          ]}
        />
      </div>
      <div
        className={classes.gallery}
        data-testid="mistakes"
        tabIndex={0}
        role="group"
        aria-label={t('evaluation.mistakes')}
      >
        {shown.slice(0, mostShown).map((mistake, index) => (
          <MistakeCard key={index} mistake={mistake} />
        ))}
        {shown.length === 0 && <p className="soft">{t('evaluation.noMistakes')}</p>}
      </div>
    </section>
  );
}

function MistakeCard({ mistake }: { readonly mistake: Mistake }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind, file, label, detected, box } = mistake;
  const picture = useStore((state) => state.pictures.find((one) => one.file === file));
  const values = {
    label: label ?? '',
    detected: detected?.label ?? '',
    percent: detected ? format.percent(detected.score) : '',
  };
  return (
    <UnstyledButton
      className={classes.mistake}
      onClick={() => openPicture(file, box)}
      data-testid="mistake"
      data-kind={kind}
    >
      <span className={classes.shot}>
        {picture && picture.width !== null && picture.height !== null && (
          <Crop
            url={picture.url}
            alt={nameOf(file)}
            box={box}
            picture={{ width: picture.width, height: picture.height }}
            width={220}
            height={132}
            room={2.6}
          />
        )}
      </span>
      <span className={classes.about} style={{ display: 'block' }}>
        <span className={classes.kind}>{t(`evaluation.mistake.${kind}`)}</span>
        <br />
        <span className={classes.what}>{t(`evaluation.what.${kind}`, values)}</span>
        <br />
        <span className={classes.open}>{t('evaluation.correct')}</span>
      </span>
    </UnstyledButton>
  );
}
