import { Button, Progress } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useClock } from '../hooks/useClock';
import { stopJob, worthTelling } from '../store/jobs';
import type { Job, JobStage } from '../store/job';
import { useStore, type Screen } from '../store/store';
import { useFormat } from '../i18n/format';
import classes from './StatusBar.module.css';

/** What the machine is doing, on every screen, with Stop. */
export function StatusBar(): JSX.Element {
  const { t } = useTranslation();
  const job = useStore((state) => state.job);
  const trainer = useStore((state) => state.trainer);
  const running = job.kind === 'running';
  const ranAway = useRanAway(job);
  const failed = trainer === 'ready' && (job.kind === 'failed' || ranAway);
  const share = running && job.progress && job.progress.total > 0 ? job.progress.done / job.progress.total : null;
  return (
    <footer className={classes.bar} data-testid="status">
      <span className={classes.dot} data-state={failed ? 'failed' : trainer} aria-hidden="true" />
      <StatusText job={job} />
      {running && (
        <Progress
          className={classes.track}
          value={share === null ? 100 : 100 * share}
          animated={share === null}
          color="var(--accent)"
          aria-label={t('status.progress')}
        />
      )}
      <Engine />
      {running && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={18} />}
          disabled={job.stopping}
          onClick={stopJob}
          data-testid="stop"
        >
          {job.stopping ? t('status.stopping') : t('status.stop')}
        </Button>
      )}
    </footer>
  );
}

/** Whether the job that ended last is a training that gave up. */
function useRanAway(job: Job): boolean {
  const ranAway = useStore(({ project }) => project?.ranAway ?? false);
  return ranAway && job.kind === 'done' && job.stage === 'training';
}

function StatusText({ job }: { readonly job: Job }): JSX.Element {
  const { t } = useTranslation();
  const trainer = useStore((state) => state.trainer);
  return (
    <span className={classes.text} role="status" data-testid="status-text">
      {job.kind === 'running' ? (
        <Running job={job} />
      ) : trainer === 'ready' ? (
        <Ended job={job} />
      ) : (
        t(`trainer.${trainer}`)
      )}
    </span>
  );
}

function Running({ job }: { readonly job: Extract<Job, { kind: 'running' }> }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useClock(1000);
  const { progress } = job;
  const parts = [t(`doing.${job.stage}`)];
  // A single thing to do is no count: it is there or not.
  if (progress && progress.total > 1) {
    parts.push(
      t(`status.counts.${job.stage}`, { done: format.number(progress.done), total: format.number(progress.total) }),
    );
  }
  if (progress?.secondsLeft !== undefined) parts.push(format.timeLeft(progress.secondsLeft));
  else if (now - job.startedAt >= 1000) {
    parts.push(t('status.since', { time: format.duration((now - job.startedAt) / 1000) }));
  }
  return <>{parts.join(t('common.comma'))}</>;
}

/** Where the end of a short job is news; elsewhere it is none. */
function screenOf(stage: JobStage): Screen {
  return stage === 'suggest' ? 'annotations' : stage;
}

function Ended({ job }: { readonly job: Job }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const ranAway = useRanAway(job);
  const screen = useStore((state) => state.screen);
  switch (job.kind) {
    case 'done':
      if (ranAway) return <>{t('status.ranAway')}</>;
      if (job.seconds < worthTelling && screenOf(job.stage) !== screen) return <>{t('status.idle')}</>;
      if (job.seconds < 1) return <>{t(`did.${job.stage}`)}</>;
      return <>{t('status.done', { what: t(`did.${job.stage}`), time: format.duration(job.seconds) })}</>;
    case 'failed':
      return <>{t('status.failed')}</>;
    case 'cancelled':
      return <>{t('status.cancelled')}</>;
    default:
      return <>{t('status.idle')}</>;
  }
}

function Engine(): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const engine = useStore((state) => state.engine);
  if (!engine) return null;
  const free = t('status.memory', { free: format.bytes(engine.freeBytes), total: format.bytes(engine.totalBytes) });
  return (
    <span className={classes.engine} title={engine.name === 'wasm' ? t('engine.slow') : undefined} data-testid="engine">
      {t(`engine.${engine.name}`, { count: engine.threads })} · {free}
    </span>
  );
}
