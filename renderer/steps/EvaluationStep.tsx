import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationResult } from '../../shared/contract';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { sayOr } from '../i18n/said';
import { go, openReport } from '../store/actions';
import { isRunning } from '../store/job';
import { evaluate } from '../store/jobs';
import { mistakesAt, pointAt, verdictOf } from '../store/resultsView';
import { useStore } from '../store/store';
import { EvaluationDetails } from './evaluation/EvaluationDetails';
import { Gallery } from './evaluation/Gallery';
import { Figures, PerClass } from './evaluation/Figures';
import { SuggestionCard } from './evaluation/SuggestionCard';
import classes from './EvaluationStep.module.css';
import waitClasses from './TrainingStep.module.css';

export function EvaluationStep(): JSX.Element {
  const { t } = useTranslation();
  const result = useStore((state) => state.results?.evaluation ?? null);
  const outOfDate = useStore((state) => state.project?.stages.evaluation === 'outOfDate');
  const running = useStore((state) => isRunning(state.job, 'evaluation'));
  const busy = useStore((state) => isRunning(state.job));
  const [chosen, setChosen] = useState<{ readonly run: string; readonly threshold: number } | null>(null);
  const threshold = result === null ? 0 : chosen?.run === result.run ? chosen.threshold : result.threshold;

  return (
    <Screen
      heading={t('evaluation.heading')}
      finding={<Finding result={running ? null : result} running={running} />}
      primary={
        result && !outOfDate && !running
          ? { label: t('evaluation.goOn'), onPress: () => go('export') }
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
  readonly onThreshold: (threshold: number) => void;
}

function Body({ result, threshold, onThreshold }: BodyProps): JSX.Element {
  const { t } = useTranslation();
  return (
    <>
      {result.advice && verdictOf(result) !== 'good' && <SuggestionCard advice={result.advice} />}
      {result.warnings.length > 0 && (
        <Notice tone="amber" title={t('evaluation.warning')}>
          {result.warnings.map((warning, index) => (
            <div key={warning}>{sayOr(result.warningsSaid[index], warning)}</div>
          ))}
        </Notice>
      )}
      <div className={classes.split}>
        <div className={classes.left} tabIndex={0} role="group" aria-label={t('evaluation.figures')}>
          <Figures
            result={result}
            point={pointAt(result.thresholds, threshold)}
            threshold={threshold}
            onThreshold={onThreshold}
          />
          <PerClass result={result} />
        </div>
        <Gallery mistakes={mistakesAt(result.mistakes, threshold)} />
      </div>
    </>
  );
}

function Finding({
  result,
  running,
}: {
  readonly result: EvaluationResult | null;
  readonly running: boolean;
}): JSX.Element {
  const { t } = useTranslation();
  if (!result) return <>{t(running ? 'evaluation.findingBusy' : 'evaluation.findingBefore')}</>;
  const verdict = verdictOf(result);
  return (
    <>
      <strong>{t(`evaluation.verdict.${verdict}`, { count: result.images })}</strong>{' '}
      {verdict === 'good'
        ? t('evaluation.findingGood')
        : t(result.advice ? 'evaluation.findingAdvice' : 'evaluation.findingNoAdvice')}
    </>
  );
}
