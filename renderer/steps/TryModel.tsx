import { ActionIcon, Button, SegmentedControl, Slider } from '@mantine/core';
import { IconCamera, IconChevronLeft, IconChevronRight, IconPlayerStop, IconSparkles2 } from '@tabler/icons-react';
import { useEffect, useState, type JSX, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { JobNotice } from '../components/Notice';
import { Picture, type DrawnBox } from '../components/Picture';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import type { PixelDetection } from '../../shared/contract';
import type { CaptureSource } from '../store/capture';
import { isRunning } from '../store/job';
import { useStore } from '../store/store';
import { countByLabel, tryPictures, useTryModel } from '../store/tryModel';
import imagesClasses from './ImagesStep.module.css';
import classes from './TryModel.module.css';
import { LiveView, type Seen } from './tryModel/LiveView';

/** Detects at once in the operator's own pictures, with the bundled model or the one just trained. */
export function TryModel(): JSX.Element {
  const { t } = useTranslation();
  const busy = useStore((state) => isRunning(state.job));
  const trying = useStore((state) => isRunning(state.job, 'tryModel'));
  const trained = useStore(({ project }) => project !== null && project.stages.training !== 'empty');
  const { model, tried, live } = useTryModel();
  useEffect(() => () => useTryModel.setState({ live: null }), []);
  useEffect(() => useTryModel.setState({ model: trained ? 'own' : 'base' }), [trained]);
  return (
    <Screen
      heading={t('tryModel.heading')}
      aside={
        trained && (
          <SegmentedControl
            value={model}
            onChange={(value) => useTryModel.setState({ model: value === 'own' ? 'own' : 'base', tried: [] })}
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
      others={
        live ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={18} />}
            onClick={() => useTryModel.setState({ live: null })}
            data-testid="live-stop"
          >
            {t('capture.stop')}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconCamera size={18} />}
            disabled={busy}
            onClick={() => useTryModel.setState({ live: { kind: 'camera' } })}
            data-testid="live-camera"
          >
            {t('tryModel.camera')}
          </Button>
        )
      }
    >
      <JobNotice stage="tryModel" />
      {live ? <Live source={live} /> : tried.length === 0 ? <Empty trying={trying} /> : <Tried />}
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

function Live({ source }: { readonly source: CaptureSource }): JSX.Element {
  const [seen, setSeen] = useState<Seen | null>(null);
  const { shown, names } = useShown(seen?.detections ?? []);
  return (
    <div className={classes.work} data-testid="tried-live">
      <LiveView source={source} seen={seen} boxes={shown} classNames={names} onSeen={setSeen} />
      <Under shown={shown} />
    </div>
  );
}

/** The detections that are sure enough, and the order of classes that gives each its colour. */
function useShown(detections: readonly PixelDetection[]): {
  readonly shown: readonly (PixelDetection & DrawnBox)[];
  readonly names: readonly string[];
} {
  const threshold = useTryModel((state) => state.threshold);
  const classNames = useStore(({ project }) => project?.classes) ?? [];
  const shown = detections.filter(({ score }) => score >= threshold);
  const found = [...new Set(shown.map(({ label }) => label))].sort();
  return { shown, names: [...new Set([...classNames, ...found])] };
}

function Tried(): JSX.Element | null {
  const { t } = useTranslation();
  const { tried, at } = useTryModel();
  const picture = tried[at];
  const { shown, names } = useShown(picture?.detections ?? []);
  if (!picture) return null;
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
      <Under shown={shown}>
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
      </Under>
    </div>
  );
}

interface UnderProps {
  readonly shown: readonly PixelDetection[];
  readonly children?: ReactNode;
}

/** How many of each, and how sure it must be. */
function Under({ shown, children }: UnderProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const threshold = useTryModel((state) => state.threshold);
  const counts = countByLabel(shown);
  return (
    <div className={classes.under}>
      {children}
      <div className={classes.counts} data-testid="counts">
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
  );
}
