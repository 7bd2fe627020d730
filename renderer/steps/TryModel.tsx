import { ActionIcon, SegmentedControl, Slider } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconSparkles2 } from '@tabler/icons-react';
import { useEffect, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { JobNotice } from '../components/Notice';
import { Picture } from '../components/Picture';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { isRunning } from '../store/job';
import { useStore } from '../store/store';
import { countByLabel, tryPictures, useTryModel } from '../store/tryModel';
import imagesClasses from './ImagesStep.module.css';
import classes from './TryModel.module.css';

/** Detects at once in the operator's own pictures, with the bundled model or the one just trained. */
export function TryModel(): JSX.Element {
  const { t } = useTranslation();
  const busy = useStore((state) => isRunning(state.job));
  const trying = useStore((state) => isRunning(state.job, 'tryModel'));
  const trained = useStore(({ project }) => project !== null && project.stages.training !== 'empty');
  const { model, tried } = useTryModel();
  useEffect(() => useTryModel.setState({ model: trained ? 'own' : 'base' }), [trained]);
  return (
    <Screen
      heading={t('tryModel.heading')}
      aside={
        trained && (
          <SegmentedControl
            value={model}
            onChange={(value) => useTryModel.setState({ model: value === 'own' ? 'own' : 'base', tried: [] })}
            styles={{ label: { minHeight: 36, display: 'flex', alignItems: 'center' } }}
            aria-label={t('tryModel.which')}
            data={[
              { value: 'own', label: t('tryModel.own') },
              { value: 'base', label: t('tryModel.base') },
            ]}
          />
        )
      }
      finding={t(trying ? 'tryModel.findingBusy' : model === 'own' ? 'tryModel.findingOwn' : 'tryModel.finding')}
      primary={{ label: t('tryModel.choose'), onPress: () => void tryPictures(), disabled: busy }}
    >
      <JobNotice stage="tryModel" />
      {tried.length === 0 ? <Empty trying={trying} /> : <Tried />}
    </Screen>
  );
}

function Empty({ trying }: { readonly trying: boolean }): JSX.Element {
  const { t } = useTranslation();
  const { model } = useTryModel();
  return (
    <div className={imagesClasses.empty} data-testid="try-empty">
      <IconSparkles2 size={56} stroke={1.3} />
      <div className={imagesClasses.emptyTitle}>{t(trying ? 'tryModel.busy' : 'tryModel.drop')}</div>
      <p className="soft" style={{ maxWidth: '54ch' }}>
        {t(model === 'own' ? 'tryModel.knowsOwn' : 'tryModel.knows')}
      </p>
    </div>
  );
}

function Tried(): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const { tried, at, threshold } = useTryModel();
  const classNames = useStore(({ project }) => project?.classes) ?? [];
  const picture = tried[at];
  if (!picture) return null;
  const shown = picture.detections.filter(({ score }) => score >= threshold);
  const counts = countByLabel(shown);
  const names = [...new Set([...classNames, ...counts.map(([label]) => label).sort()])];
  const move = (by: number): void => useTryModel.setState({ at: (at + by + tried.length) % tried.length });
  return (
    <div className={classes.work} data-testid="tried">
      <Picture
        className={classes.large}
        url={picture.url}
        alt={t('training.previewAlt', { name: picture.name, count: shown.length })}
        boxes={shown}
        classNames={names}
        labels
      />
      <div className={classes.under}>
        {tried.length > 1 && (
          <>
            <ActionIcon variant="default" aria-label={t('annotate.previous')} onClick={() => move(-1)}>
              <IconChevronLeft size={22} />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t('annotate.next')} onClick={() => move(1)}>
              <IconChevronRight size={22} />
            </ActionIcon>
          </>
        )}
        <div className={classes.counts} role="status" data-testid="counts">
          {counts.map(([label, count]) => (
            <span key={label} className={classes.count}>
              {t('tryModel.count', { count, label })}
            </span>
          ))}
          {counts.length === 0 && <span className="soft">{t('tryModel.nothing')}</span>}
        </div>
        <div className={classes.slider}>
          <span className="soft">{t('tryModel.slider', { percent: format.percent(threshold) })}</span>
          <Slider
            min={0.1}
            max={0.95}
            step={0.01}
            size="lg"
            thumbSize={26}
            color="var(--accent)"
            value={threshold}
            onChange={(value) => useTryModel.setState({ threshold: value })}
            thumbLabel={t('evaluation.slider')}
            label={null}
          />
        </div>
      </div>
    </div>
  );
}
