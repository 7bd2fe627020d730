import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconPlayerPause } from '@tabler/icons-react';
import type { JSX, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaidCode } from '../../shared/said';
import { sayError } from '../i18n/said';
import type { JobStage } from '../store/job';
import { useStore } from '../store/store';
import classes from './JobNotice.module.css';

/** red: this will not work until…; amber: look at this; good: it is settled; calm: for your information. */
export type Tone = 'red' | 'amber' | 'good' | 'calm';

const icons = { red: IconAlertTriangle, amber: IconAlertTriangle, good: IconCircleCheck, calm: IconInfoCircle };

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly testId?: string;
}

export function Notice({ tone, title, children, actions, testId }: NoticeProps): JSX.Element {
  const Icon = icons[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'red' ? 'alert' : 'note'} data-testid={testId}>
      <Icon className={classes.icon} data-tone={tone} size={22} stroke={1.9} aria-hidden="true" />
      <div className={classes.body}>
        <div className={classes.title}>{title}</div>
        {children !== undefined && <div className="selectable">{children}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

/** Sentences that say what to do themselves, and after which there is nothing to go on with. */
const saysWhatNext: ReadonlySet<string | undefined> = new Set([
  'nothingFits',
  'nothingLearned',
  'nothingLearnedAt',
] satisfies SaidCode[]);

/** How the last job of a stage ended, if it did not end well: what happened, what was kept, what to press. */
export function JobNotice({ stage }: { readonly stage: JobStage }): JSX.Element | null {
  const { t } = useTranslation();
  const job = useStore((state) => state.job);
  if (job.kind === 'failed' && job.stage === stage) {
    return (
      <Notice tone="red" title={t(`error.${job.error.code}`)} testId="job-failed">
        {sayError(job.error)} {!saysWhatNext.has(job.error.said?.code) && t(`kept.${stage}`)}
      </Notice>
    );
  }
  if (job.kind === 'cancelled' && job.stage === stage) {
    return (
      <div className={classes.notice} role="note" data-testid="job-cancelled">
        <IconPlayerPause className={classes.icon} data-tone="calm" size={22} stroke={1.9} aria-hidden="true" />
        <div className={classes.body}>
          <span className={classes.title}>{t('status.cancelled')}</span> {t(`kept.${stage}`)}
        </div>
      </div>
    );
  }
  return null;
}
