import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationResult } from '../../shared/contract';
import { pointAt } from '../../shared/score';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { sayOr } from '../i18n/said';
import { go, openReport } from '../store/actions';
import { isRunning } from '../store/job';
import { evaluate } from '../store/jobs';
import { mistakesAt, verdictOf, type Verdict } from '../store/resultsView';
import { useStore } from '../store/store';
import { EvaluationDetails } from './evaluation/EvaluationDetails';
import { Gallery } from './evaluation/Gallery';
import { Figures, PerClass } from './evaluation/Figures';
import { suggestedAction, SuggestionCard } from './evaluation/SuggestionCard';
import classes from './EvaluationStep.module.css';
import waitClasses from './TrainingStep.module.css';

export function EvaluationStep(): JSX.Element {
  const { t } = useTranslation();
  const result = useStore((state) => state.results?.evaluation ?? null);
  const outOfDate = useStore((state) => state.project?.stages.evaluation === 'outOfDate');
  const running = useStore((state) => isRunning(state.job, 'evaluation'));
  const busy = useStore((state) => isRunning(state.job));
  const [chosen, setChosen] = useState<{ readonly run: string; readonly threshold: number } | null>(null);
  const isDone = result !== null && !outOfDate && !running;
  const better =
    result?.advice && verdictOf(result, result.threshold) === 'notGoodEnough'
      ? suggestedAction(result.advice)
      : undefined;
  const toExport = (): void => go('export');
  const threshold = result === null ? 0 : chosen?.run === result.run ? chosen.threshold : result.threshold;

  return (
    <Screen
      heading={t('evaluation.heading')}
      finding={<Finding result={running ? null : result} threshold={threshold} running={running} />}
      primary={
        isDone
          ? better
            ? { label: t(`advice.press.${better.label}`), onPress: better.press, disabled: busy }
            : { label: t('evaluation.goOn'), onPress: toExport }
          : { label: t('evaluation.run'), onPress: () => void evaluate(), disabled: busy }
      }
      others={
        result &&
        !running && (
          <>
            <Button
              variant="default"
              leftSection={<IconFileText size={18} />}
              onClick={() => void openReport(result.report)}
              data-testid="report"
            >
              {t('evaluation.report')}
            </Button>
            <Button variant="default" onClick={() => go('tryModel')} data-testid="try-it">
              {t('evaluation.tryIt')}
            </Button>
            {isDone && better && (
              <Button variant="default" onClick={toExport} data-testid="to-export">
                {t('evaluation.goOn')}
              </Button>
            )}
          </>
        )
      }
      details={<EvaluationDetails result={result} />}
    >
      <JobNotice stage="evaluation" />
      {outOfDate && !running && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.evaluation')}
        </Notice>
      )}
      {result && !running ? (
        <Body
          result={result}
          threshold={threshold}
          isSuggestionPrimary={isDone && better !== undefined}
          onThreshold={(value) => setChosen({ run: result.run, threshold: value })}
        />
      ) : (
        <div className={waitClasses.wait} data-testid="evaluation-before">
          <p style={{ maxWidth: '58ch' }}>{t(running ? 'evaluation.busyText' : 'evaluation.beforeText')}</p>
        </div>
      )}
    </Screen>
  );
}

interface BodyProps {
  readonly result: EvaluationResult;
  readonly threshold: number;
  /** Whether the screen's large button does what is suggested. */
  readonly isSuggestionPrimary: boolean;
  readonly onThreshold: (threshold: number) => void;
}

function Body({ result, threshold, isSuggestionPrimary, onThreshold }: BodyProps): JSX.Element {
  const { t } = useTranslation();
  const point = pointAt(result.thresholds, threshold);
  return (
    <>
      {result.advice && verdictOf(result, result.threshold) !== 'good' && (
        <SuggestionCard advice={result.advice} isPrimary={isSuggestionPrimary} />
      )}
      {result.warnings.length > 0 && (
        <Notice tone="amber" title={t('evaluation.warning')}>
          {result.warnings.map((warning, index) => (
            <div key={warning}>{sayOr(result.warningsSaid[index], warning)}</div>
          ))}
        </Notice>
      )}
      <div className={classes.split}>
        <div className={classes.left} tabIndex={0} role="group" aria-label={t('evaluation.figures')}>
          <Figures result={result} point={point} threshold={threshold} onThreshold={onThreshold} />
          <PerClass result={result} point={point} />
        </div>
        <Gallery mistakes={mistakesAt(result.mistakes, threshold)} pictures={result.images} />
      </div>
    </>
  );
}

interface FindingProps {
  readonly result: EvaluationResult | null;
  /** Of the slider. */
  readonly threshold: number;
  readonly running: boolean;
}

function Finding({ result, threshold, running }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (!result) return <>{t(running ? 'evaluation.findingBusy' : 'evaluation.findingBefore')}</>;
  const verdict = verdictOf(result, threshold);
  const values = { count: result.images, percent: format.percent(result.threshold) };
  return (
    <>
      <strong>{t(`evaluation.verdict.${verdict}`, values)}</strong>{' '}
      {t(`evaluation.${furtherOf(result, verdict)}`, values)}
    </>
  );
}

/** What follows from the verdict at the slider. */
function furtherOf(result: EvaluationResult, verdict: Verdict): string {
  if (verdict === 'good') return 'findingGood';
  if (verdictOf(result, result.threshold) === 'good') return 'findingSlider';
  return result.advice ? 'findingAdvice' : 'findingNoAdvice';
}
