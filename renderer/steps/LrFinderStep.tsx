import { Button } from '@mantine/core';
import { useMemo, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { LrFinderResult } from '../../shared/contract';
import { Dial } from '../components/Dial';
import { Facts } from '../components/Facts';
import { JobNotice, Notice } from '../components/Notice';
import { Plot } from '../components/Plot';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { go } from '../store/actions';
import { isRunning } from '../store/job';
import { findLearningRate } from '../store/jobs';
import { dialPosition, lossRange, lrCurves, rateZone } from '../store/lrView';
import { useStore } from '../store/store';
import classes from './LrFinderStep.module.css';

/** The range of the sweep while it runs, so that the axis stands still: 1e-6 to 1 (SEED: exponential range test). */
const sweepRange = [1e-6, 1] as const;

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
      details={<Details result={result} busy={busy} />}
    >
      <JobNotice stage="lrFinder" />
      {outOfDate && !sweeping && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.lrFinder')}
        </Notice>
      )}
      {shown?.confidence === 'notReliable' && (
        <Notice tone="amber" title={t('lrFinder.notReliable')} testId="not-reliable">
          {shown.reason}
        </Notice>
      )}
      {points.length === 0 && !sweeping ? <Before /> : <Curves result={shown} points={points} />}
    </Screen>
  );
}

interface CurvesProps {
  readonly result: LrFinderResult | null;
  readonly points: Readonly<LrFinderResult['curve']>;
}

function Curves({ result, points }: CurvesProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const curves = useMemo(() => lrCurves(points), [points]);
  const { rates, total, regression, classification } = curves;
  const zone = result ? rateZone(result) : undefined;
  return (
    <div className={classes.split}>
      <Plot
        title={t('lrFinder.plot')}
        x={rates}
        series={[
          { name: t('loss.total'), tone: 1, values: total },
          { name: t('loss.regression'), tone: 2, values: regression },
          { name: t('loss.classification'), tone: 3, values: classification },
        ]}
        xLabel={t('lrFinder.axisRate')}
        yLabel={t('loss.axis')}
        logX
        range={result ? undefined : sweepRange}
        yRange={lossRange(curves)}
        zone={zone}
        pick={
          result
            ? { x: result.learningRate, text: t('lrFinder.flag', { rate: format.rate(result.learningRate) }) }
            : undefined
        }
        description={
          result
            ? t('lrFinder.plotSays', { rate: format.rate(result.learningRate) })
            : t('lrFinder.plotBusy', { count: points.length })
        }
        testId="lr-plot"
      />
      <div className={classes.side}>
        <Dial
          position={result && zone ? dialPosition(result.learningRate, zone) : null}
          word={result ? format.rate(result.learningRate) : t('lrFinder.dialBusy')}
          sub={result ? t(`lrFinder.confidence.${result.confidence}`) : t('lrFinder.dialWait')}
        />
        <p className="soft" style={{ fontSize: 13.5 }}>
          {t('lrFinder.explain')}
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
  if (!result) return <>{t('lrFinder.findingBefore')}</>;
  const values = { rate: format.rate(result.learningRate) };
  return <>{t(`lrFinder.finding.${result.confidence}`, values)}</>;
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

function Details({ result, busy }: { readonly result: LrFinderResult | null; readonly busy: boolean }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const linear = (
    <Button
      variant="default"
      mt={12}
      disabled={busy}
      onClick={() => void findLearningRate('linear')}
      data-testid="linear"
    >
      {t('lrFinder.linear')}
    </Button>
  );
  if (!result)
    return (
      <>
        {t('lrFinder.detailsBefore')} <div>{linear}</div>
      </>
    );
  const { correlation, divergence, suggestions } = result;
  const turn = (rate: number | undefined): string => (rate === undefined ? t('lrFinder.never') : format.rate(rate));
  return (
    <>
      <Facts
        facts={[
          { name: t('lrFinder.fact.rate'), value: format.rate(result.learningRate) },
          { name: t('lrFinder.fact.confidence'), value: t(`lrFinder.confidence.${result.confidence}`) },
          { name: t('lrFinder.fact.sweep'), value: t(`lrFinder.sweep.${result.sweep}`) },
          { name: t('lrFinder.fact.batch'), value: format.number(result.batchSize) },
          { name: t('lrFinder.fact.time'), value: format.duration(result.seconds) },
          { name: t('lrFinder.fact.turnTotal'), value: turn(divergence.total) },
          { name: t('lrFinder.fact.turnRegression'), value: turn(divergence.regression) },
          { name: t('lrFinder.fact.turnClassification'), value: turn(divergence.classification) },
          { name: t('lrFinder.fact.correlationRegression'), value: format.number(correlation.regression, 2) },
          { name: t('lrFinder.fact.correlationClassification'), value: format.number(correlation.classification, 2) },
        ]}
      />
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('lrFinder.rule')}</th>
            <th>{t('lrFinder.fact.rate')}</th>
            <th>{t('lrFinder.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {suggestions.map(({ rule, learningRate, reason }) => (
            <tr key={rule}>
              <td>{t(`lrFinder.rules.${rule}`)}</td>
              <td>{format.rate(learningRate)}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{result.reason}</p>
      {linear}
    </>
  );
}
