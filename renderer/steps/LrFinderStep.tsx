import { Button } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { LrFinderResult } from '../../shared/contract';
import { firstTurn, rateZone } from '../../shared/divergence';
import { Dial } from '../components/Dial';
import { LessMemory } from '../components/LessMemory';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { UntilMeasured } from '../components/UntilMeasured';
import { useFormat } from '../i18n/format';
import { inOneGo } from '../i18n/said';
import { go } from '../store/actions';
import { isRunning } from '../store/job';
import { findLearningRate } from '../store/jobs';
import { dialPosition, type SweepPoint } from '../store/lrView';
import { useStore } from '../store/store';
import { LrFinderDetails } from './lrFinder/LrFinderDetails';
import { SweepPlot } from './lrFinder/SweepPlot';
import classes from './LrFinderStep.module.css';

export function LrFinderStep(): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const result = useStore((state) => state.results?.lrFinder ?? null);
  const outOfDate = useStore((state) => state.project?.stages.lrFinder === 'outOfDate');
  const sweeping = useStore((state) => isRunning(state.job, 'lrFinder'));
  const busy = useStore((state) => isRunning(state.job));
  const live = useStore((state) => state.live.lrPoints);
  const shown = sweeping ? null : result;
  const points = shown?.curve ?? live;
  const settled = shown !== null && !outOfDate;

  return (
    <Screen
      heading={t('lrFinder.heading')}
      finding={<Finding result={shown} sweeping={sweeping} points={points.length} />}
      primary={
        settled
          ? { label: t('lrFinder.use', { rate: format.rate(shown.learningRate) }), onPress: () => go('batchSize') }
          : { label: t('lrFinder.find'), onPress: () => void findLearningRate(), disabled: busy }
      }
      others={
        settled && (
          <Button variant="default" disabled={busy} onClick={() => void findLearningRate()} data-testid="again">
            {t('lrFinder.again')}
          </Button>
        )
      }
      details={<LrFinderDetails result={result} busy={busy} />}
    >
      <JobNotice stage="lrFinder" />
      <LessMemory stage="lrFinder" again={() => findLearningRate()} />
      {!result && !sweeping && <UntilMeasured stage="lrFinder" />}
      {outOfDate && !sweeping && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.lrFinder')}
        </Notice>
      )}
      {shown?.confidence === 'notReliable' && (
        <Notice tone="amber" title={t('lrFinder.notReliable')} testId="not-reliable">
          {t(`lrFinder.doubt.${shown.doubt ?? 'rulesDisagree'}`)}
        </Notice>
      )}
      {shown?.leftOut !== undefined && (
        <Notice tone="amber" title={t('lrFinder.leftOut', { count: shown.leftOut.length })} testId="left-out">
          {t('lrFinder.leftOutText', { files: shown.leftOut.join(', ') })}
        </Notice>
      )}
      {points.length === 0 && !sweeping ? <Before /> : <Curves result={shown} live={live} sweeping={sweeping} />}
    </Screen>
  );
}

interface CurvesProps {
  readonly result: LrFinderResult | null;
  readonly live: readonly SweepPoint[];
  readonly sweeping: boolean;
}

function Curves({ result, live, sweeping }: CurvesProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const isReliable = result !== null && result.confidence !== 'notReliable';
  const [word, sub] = result
    ? [format.rate(result.learningRate), t(`lrFinder.confidence.${result.confidence}`)]
    : sweeping
      ? [t('lrFinder.dialBusy'), t('lrFinder.dialWait')]
      : [t('lrFinder.dialStopped'), t('lrFinder.dialStoppedWhy')];
  return (
    <div className={classes.split}>
      <SweepPlot result={result} live={live} sweeping={sweeping} />
      <div className={classes.side} tabIndex={0} role="group" aria-label={t('lrFinder.heading')}>
        <Dial
          position={isReliable ? dialPosition(result.learningRate, rateZone(result)) : null}
          word={word}
          sub={sub}
        />
        {result && result.repeats.length > 1 && (
          <div className={classes.tries} data-testid="tries">
            {t('lrFinder.tries')}
            <ul>
              {result.repeats.map((rate, index) => (
                <li key={index}>{format.rate(rate)}</li>
              ))}
            </ul>
          </div>
        )}
        <p className="soft" style={{ fontSize: 13.5 }}>
          {inOneGo([t('lrFinder.explain'), ...(isReliable ? [t('lrFinder.explainZone')] : [])])}
        </p>
      </div>
    </div>
  );
}

interface FindingProps {
  readonly result: LrFinderResult | null;
  readonly sweeping: boolean;
  readonly points: number;
}

function Finding({ result, sweeping, points }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (sweeping) return <>{t('lrFinder.findingBusy', { count: points })}</>;
  if (!result) return <>{points > 0 ? t('lrFinder.findingStopped', { count: points }) : t('lrFinder.findingBefore')}</>;
  const turn = firstTurn(result);
  const rate = format.rate(result.learningRate);
  if (result.confidence === 'notReliable') return <>{t('lrFinder.finding.notReliable', { rate })}</>;
  // A linear sweep shows where the errors are lowest, not where they begin to fall.
  if (result.takeOff === undefined)
    return <>{t('lrFinder.finding.linear', { rate, lowest: format.rate(result.lowest ?? result.learningRate) })}</>;
  const values = { rate, takeOff: format.rate(result.takeOff) };
  if (turn === undefined) return <>{t('lrFinder.finding.noTurn', values)}</>;
  const why = t(`lrFinder.doubt.${result.doubt ?? 'rough'}`);
  return <>{t(`lrFinder.finding.${result.confidence}`, { ...values, turn: format.rate(turn), why })}</>;
}

/** What is going to happen, as a sketch: too slow, right, too fast. */
function Before(): JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={classes.before} data-testid="lr-before">
      <svg viewBox="0 0 560 190" aria-hidden="true">
        <rect x="230" y="10" width="120" height="150" rx="8" fill="var(--good-soft)" />
        <path
          d="M20 40 C150 44 190 60 240 100 S330 140 370 128 S450 60 530 14"
          fill="none"
          stroke="var(--accent)"
          strokeWidth="4"
          strokeLinecap="round"
        />
        <line x1="20" y1="164" x2="540" y2="164" stroke="var(--line-strong)" strokeWidth="1.5" />
        <text x="110" y="184" textAnchor="middle" fontSize="15" fill="var(--ink-soft)">
          {t('lrFinder.dialSlow')}
        </text>
        <text x="290" y="184" textAnchor="middle" fontSize="15" fontWeight="640" fill="var(--good)">
          {t('lrFinder.dialRight')}
        </text>
        <text x="460" y="184" textAnchor="middle" fontSize="15" fill="var(--ink-soft)">
          {t('lrFinder.dialFast')}
        </text>
      </svg>
      <div className={classes.beforeTitle}>{t('lrFinder.beforeTitle')}</div>
      <p className="soft" style={{ maxWidth: '62ch' }}>
        {t('lrFinder.beforeText')}
      </p>
    </div>
  );
}
